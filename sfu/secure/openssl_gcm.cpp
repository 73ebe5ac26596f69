#include "sfu/secure/openssl_gcm.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "base/check.h"

namespace parlance::sfu {

namespace {

constexpr std::size_t kTagSize = 16;             // RFC 7714 13.1
constexpr std::size_t kFixedHeaderSize = 12;     // RFC 3550 5.1
constexpr std::size_t kExtensionHeaderSize = 4;  // RFC 3550 5.3.1
constexpr std::size_t kWord = 4;

// RFC 3711 4.3.2: what a key is derived for.
constexpr std::uint8_t kLabelEncryption = 0x00;
constexpr std::uint8_t kLabelSalt = 0x02;

// RFC 3711 4.3.1 and 4.3.3: the label stands above 48 bits of zero, and two bytes are the counter.
constexpr std::size_t kAesBlock = 16;
constexpr std::size_t kLabelOffset = 7;

void check(int openssl_result) {
  CHECK(openssl_result == 1);
}

const EVP_CIPHER* gcm_of(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes256Gcm ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
}

const EVP_CIPHER* ctr_of(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes256Gcm ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
}

// RFC 3711 4.3.3 with RFC 7714 11: the master salt is used as if it had two zero bytes behind it.
void derive(const SrtpKeys& keys, std::uint8_t label, std::span<std::uint8_t> out) {
  const auto sizes = key_sizes(keys.profile);
  std::array<std::uint8_t, kAesBlock> block{};
  std::copy_n(
      keys.outbound.begin() + static_cast<std::ptrdiff_t>(sizes.key), sizes.salt, block.begin());
  block[kLabelOffset] ^= label;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                               EVP_CIPHER_CTX_free);
  check(EVP_EncryptInit_ex(
      cipher.get(), ctr_of(keys.profile), nullptr, keys.outbound.data(), block.data()));
  std::ranges::fill(out, std::uint8_t{0});
  int written = 0;
  check(EVP_EncryptUpdate(
      cipher.get(), out.data(), &written, out.data(), static_cast<int>(out.size())));
}

// Header, contributing sources and extension: what is authenticated but not encrypted.
std::optional<std::size_t> header_size(std::span<const std::uint8_t> packet) {
  if (packet.size() < kFixedHeaderSize) {
    return std::nullopt;
  }
  std::size_t size = kFixedHeaderSize + kWord * (packet[0] & 0x0FU);
  const bool has_extension = (packet[0] & 0x10U) != 0;
  if (has_extension) {
    if (packet.size() < size + kExtensionHeaderSize) {
      return std::nullopt;
    }
    const std::size_t words = (std::size_t{packet[size + 2]} << 8U) | packet[size + 3];
    size += kExtensionHeaderSize + kWord * words;
  }
  return size <= packet.size() ? std::optional(size) : std::nullopt;
}

// RFC 3711 appendix A. In the first half of the first cycle there is nothing to roll over from.
std::uint64_t index_of(std::uint64_t highest, std::uint16_t sequence) {
  constexpr std::uint32_t kHalf = 0x8000;
  const auto newest = static_cast<std::uint16_t>(highest);
  std::uint64_t cycle = highest >> 16U;
  if (highest <= kHalf) {
    cycle = 0;
  } else if (newest < kHalf && sequence > newest + kHalf) {
    --cycle;
  } else if (newest >= kHalf && sequence < newest - kHalf) {
    ++cycle;
  }
  return (cycle << 16U) | sequence;
}

}  // namespace

OpensslGcmOutbound::OpensslGcmOutbound(const SrtpKeys& keys)
    : rtcp_(keys), cipher_(EVP_CIPHER_CTX_new()) {
  CHECK(keys.profile != SrtpProfile::kAes128CmSha1_80);
  std::vector<std::uint8_t> key(key_sizes(keys.profile).key);
  derive(keys, kLabelEncryption, key);
  derive(keys, kLabelSalt, salt_);
  check(EVP_EncryptInit_ex(cipher_.get(), gcm_of(keys.profile), nullptr, key.data(), nullptr));
}

OpensslGcmOutbound::Stream& OpensslGcmOutbound::stream_of(std::uint32_t ssrc) {
  if (last_ < streams_.size() && streams_[last_].ssrc == ssrc) {
    return streams_[last_];
  }
  const auto found = std::ranges::find(streams_, ssrc, &Stream::ssrc);
  last_ = static_cast<std::size_t>(found - streams_.begin());
  if (found == streams_.end()) {
    streams_.push_back({.ssrc = ssrc});
  }
  return streams_[last_];
}

std::array<std::uint8_t, OpensslGcmOutbound::kIvSize> OpensslGcmOutbound::make_iv(
    std::uint32_t ssrc, std::uint64_t index) const {
  // RFC 7714 8.1: two zero bytes, the SSRC, the rollover counter, the sequence number.
  std::array<std::uint8_t, kIvSize> iv = salt_;
  for (unsigned i = 0; i < 4; ++i) {
    iv[2 + i] ^= static_cast<std::uint8_t>(ssrc >> (24U - 8U * i));
  }
  for (unsigned i = 0; i < 6; ++i) {
    iv[6 + i] ^= static_cast<std::uint8_t>(index >> (40U - 8U * i));
  }
  return iv;
}

std::expected<std::size_t, SrtpError> OpensslGcmOutbound::protect_rtp(
    std::span<std::uint8_t> buffer, std::size_t size) {
  const auto header = size <= buffer.size() ? header_size(buffer.first(size)) : std::nullopt;
  if (!header) {
    return std::unexpected(SrtpError::kMalformed);
  }
  if (buffer.size() < size + kSrtpMaxOverhead) {
    return std::unexpected(SrtpError::kNoRoom);
  }
  ByteReader reader(buffer.subspan(2));
  const std::uint16_t sequence = reader.u16();
  reader.u32();  // timestamp
  const std::uint32_t ssrc = reader.u32();
  Stream& stream = stream_of(ssrc);
  const std::uint64_t index = index_of(stream.highest, sequence);
  if (index + SrtpInbound::kReplayWindow <= stream.highest) {
    return std::unexpected(SrtpError::kReplayed);
  }
  stream.highest = std::max(stream.highest, index);
  const auto iv = make_iv(ssrc, index);
  std::uint8_t* const payload = buffer.data() + *header;
  const int payload_size = static_cast<int>(size - *header);
  int written = 0;
  EVP_CIPHER_CTX* const cipher = cipher_.get();
  const bool done =
      EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data()) == 1 &&
      EVP_EncryptUpdate(cipher, nullptr, &written, buffer.data(), static_cast<int>(*header)) == 1 &&
      EVP_EncryptUpdate(cipher, payload, &written, payload, payload_size) == 1 &&
      EVP_EncryptFinal_ex(cipher, payload + written, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, buffer.data() + size) == 1;
  if (!done) {
    return std::unexpected(SrtpError::kInternal);
  }
  return size + kTagSize;
}

std::expected<std::size_t, SrtpError> OpensslGcmOutbound::protect_rtcp(
    std::span<std::uint8_t> buffer, std::size_t size) {
  return rtcp_.protect_rtcp(buffer, size);
}

void OpensslGcmOutbound::forget(std::uint32_t ssrc) {
  rtcp_.forget(ssrc);
  std::erase_if(streams_, [ssrc](const Stream& stream) { return stream.ssrc == ssrc; });
}

}  // namespace parlance::sfu
