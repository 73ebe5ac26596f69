#include "bench/load/gcm_srtp.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "bench/load/rtp_header.h"

namespace parlance::load {

namespace {

constexpr std::size_t kKeySize = 16;
constexpr std::size_t kTagSize = 16;  // RFC 7714, section 13.1
constexpr std::size_t kWord = 4;
constexpr std::size_t kRtcpHeader = 8;           // in the clear: RFC 7714, section 9.2
constexpr std::uint32_t kEncrypted = 1U << 31U;  // RFC 3711, section 3.4

void check(int openssl_result) {
  if (openssl_result != 1) {
    throw std::runtime_error("OpenSSL refuses AES");
  }
}

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return ByteReader(bytes.subspan(at, kWord)).u32();
}

// RFC 7714, sections 8.1 and 9.1.
std::array<std::uint8_t, 12> iv_of(std::array<std::uint8_t, 12> salt,
                                   std::uint32_t ssrc,
                                   std::uint64_t index) {
  std::array<std::uint8_t, 12> bytes{};
  ByteWriter out(bytes);
  out.u16(0);
  out.u32(ssrc);
  out.u16(static_cast<std::uint16_t>(index >> 32U));
  out.u32(static_cast<std::uint32_t>(index));
  std::ranges::transform(salt, bytes, salt.begin(), std::bit_xor<>());
  return salt;
}

int length(std::span<const std::uint8_t> bytes) {
  return static_cast<int>(bytes.size());
}

bool seal(EVP_CIPHER_CTX* cipher,
          std::span<const std::uint8_t> iv,
          std::span<const std::uint8_t> clear,
          std::span<std::uint8_t> data,
          std::span<std::uint8_t, kTagSize> tag) {
  int written = 0;
  return EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data()) == 1 &&
         EVP_EncryptUpdate(cipher, nullptr, &written, clear.data(), length(clear)) == 1 &&
         EVP_EncryptUpdate(cipher, data.data(), &written, data.data(), length(data)) == 1 &&
         EVP_EncryptFinal_ex(cipher, tag.data(), &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()) == 1;
}

bool open(EVP_CIPHER_CTX* cipher,
          std::span<const std::uint8_t> iv,
          std::span<const std::uint8_t> clear,
          std::span<std::uint8_t> data,
          std::span<std::uint8_t, kTagSize> tag) {
  int written = 0;
  return EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data()) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
         EVP_DecryptUpdate(cipher, nullptr, &written, clear.data(), length(clear)) == 1 &&
         EVP_DecryptUpdate(cipher, data.data(), &written, data.data(), length(data)) == 1 &&
         EVP_DecryptFinal_ex(cipher, tag.data(), &written) == 1;
}

std::array<std::uint8_t, kRtcpHeader + kWord> clear_part(std::span<const std::uint8_t> packet,
                                                         std::uint32_t index_word) {
  std::array<std::uint8_t, kRtcpHeader + kWord> bytes{};
  std::ranges::copy(packet.first(kRtcpHeader), bytes.begin());
  ByteWriter(std::span(bytes).subspan(kRtcpHeader)).u32(index_word);
  return bytes;
}

}  // namespace

GcmSrtp::GcmSrtp(const SrtpKeys& keys)
    // The labels of RFC 3711, section 4.3.2.
    : sending_rtp_(derive(keys.sending, 0, 2, 1)),
      sending_rtcp_(derive(keys.sending, 3, 5, 1)),
      receiving_rtp_(derive(keys.receiving, 0, 2, 0)),
      receiving_rtcp_(derive(keys.receiving, 3, 5, 0)) {}

// RFC 3711, section 4.3.3, with the salt of 12 bytes as if two zeros followed (RFC 7714, section
// 11).
GcmSrtp::Key GcmSrtp::derive(const std::vector<std::uint8_t>& master,
                             std::uint8_t key_label,
                             std::uint8_t salt_label,
                             int encrypts) {
  const auto keystream = [&](std::uint8_t label, std::span<std::uint8_t> out) {
    constexpr std::size_t kLabelAt = 7;
    std::array<std::uint8_t, 16> block{};
    std::ranges::copy(std::span(master).subspan(kKeySize), block.begin());
    block[kLabelAt] ^= label;
    const Cipher counter(EVP_CIPHER_CTX_new());
    check(
        EVP_EncryptInit_ex(counter.get(), EVP_aes_128_ctr(), nullptr, master.data(), block.data()));
    int written = 0;
    check(EVP_EncryptUpdate(counter.get(), out.data(), &written, out.data(), length(out)));
  };
  Key key;
  std::array<std::uint8_t, kKeySize> bytes{};
  keystream(key_label, bytes);
  keystream(salt_label, key.salt);
  key.cipher.reset(EVP_CIPHER_CTX_new());
  check(EVP_CipherInit_ex(
      key.cipher.get(), EVP_aes_128_gcm(), nullptr, bytes.data(), nullptr, encrypts));
  return key;
}

// RFC 3711, appendix A.
std::uint64_t GcmSrtp::next_index(std::vector<Stream>& streams,
                                  std::uint32_t ssrc,
                                  std::uint16_t sequence) {
  auto stream = std::ranges::find(streams, ssrc, &Stream::ssrc);
  if (stream == streams.end()) {
    stream = streams.insert(stream, {ssrc, sequence});
  }
  const auto ahead = static_cast<std::int16_t>(
      static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(stream->highest)));
  const bool before_first = ahead < 0 && stream->highest < static_cast<std::uint64_t>(-ahead);
  const std::uint64_t index =
      before_first ? sequence : stream->highest + static_cast<std::uint64_t>(std::int64_t{ahead});
  stream->highest = std::max(stream->highest, index);
  return index;
}

std::optional<std::size_t> GcmSrtp::protect_rtp(std::span<std::uint8_t> buffer, std::size_t size) {
  const auto header = read_rtp_header(buffer.first(size), 0);
  if (!header || buffer.size() < size + kTagSize) {
    return std::nullopt;
  }
  const auto index = next_index(sent_, header->ssrc, header->sequence);
  const bool done = seal(sending_rtp_.cipher.get(),
                         iv_of(sending_rtp_.salt, header->ssrc, index),
                         buffer.first(header->size),
                         buffer.subspan(header->size, size - header->size),
                         buffer.subspan(size).first<kTagSize>());
  return done ? std::optional(size + kTagSize) : std::nullopt;
}

std::optional<std::size_t> GcmSrtp::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size) {
  if (size < kRtcpHeader || buffer.size() < size + kTagSize + kWord) {
    return std::nullopt;
  }
  const std::uint32_t index = ++rtcp_index_;
  const auto clear = clear_part(buffer, kEncrypted | index);
  if (!seal(sending_rtcp_.cipher.get(),
            iv_of(sending_rtcp_.salt, word_at(buffer, kWord), index),
            clear,
            buffer.subspan(kRtcpHeader, size - kRtcpHeader),
            buffer.subspan(size).first<kTagSize>())) {
    return std::nullopt;
  }
  ByteWriter(buffer.subspan(size + kTagSize, kWord)).u32(kEncrypted | index);
  return size + kTagSize + kWord;
}

std::optional<std::size_t> GcmSrtp::unprotect_rtp(std::span<std::uint8_t> packet) {
  const auto header = read_rtp_header(packet, 0);
  if (!header || packet.size() < header->size + kTagSize) {
    return std::nullopt;
  }
  const std::size_t size = packet.size() - kTagSize;
  const auto index = next_index(received_, header->ssrc, header->sequence);
  const bool done = open(receiving_rtp_.cipher.get(),
                         iv_of(receiving_rtp_.salt, header->ssrc, index),
                         packet.first(header->size),
                         packet.subspan(header->size, size - header->size),
                         packet.last<kTagSize>());
  return done ? std::optional(size) : std::nullopt;
}

std::optional<std::size_t> GcmSrtp::unprotect_rtcp(std::span<std::uint8_t> packet) {
  if (packet.size() < kRtcpHeader + kTagSize + kWord) {
    return std::nullopt;
  }
  const std::size_t size = packet.size() - kTagSize - kWord;
  const std::uint32_t word = word_at(packet, packet.size() - kWord);
  const bool done = open(receiving_rtcp_.cipher.get(),
                         iv_of(receiving_rtcp_.salt, word_at(packet, kWord), word & ~kEncrypted),
                         clear_part(packet, word),
                         packet.subspan(kRtcpHeader, size - kRtcpHeader),
                         packet.subspan(size).first<kTagSize>());
  return done ? std::optional(size) : std::nullopt;
}

}  // namespace parlance::load
