#include "sfu/secure/openssl_gcm.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace parlance::sfu {

namespace {

constexpr std::size_t kWord = 4;
constexpr std::size_t kRtpFixedHeader = 12;      // RFC 3550 5.1
constexpr std::size_t kRtpExtensionHeader = 4;   // RFC 3550 5.3.1
constexpr std::size_t kRtcpHeader = 8;           // RFC 3550 6.1: header and sender's SSRC
constexpr std::uint32_t kEncrypted = 1U << 31U;  // RFC 3711 3.4: the E flag before the index
constexpr std::uint32_t kMaxRtcpIndex = kEncrypted - 1;

struct RtpHeader {
  std::size_t size = 0;  // with contributing sources and extension: authenticated, not encrypted
  std::uint16_t sequence = 0;
  std::uint32_t ssrc = 0;
};

std::optional<RtpHeader> read_rtp_header(std::span<const std::uint8_t> packet) {
  if (packet.size() < kRtpFixedHeader) {
    return std::nullopt;
  }
  ByteReader reader(packet);
  const std::uint8_t first = reader.u8();
  reader.u8();
  RtpHeader header;
  header.sequence = reader.u16();
  reader.u32();
  header.ssrc = reader.u32();
  header.size = kRtpFixedHeader + kWord * (first & 0x0FU);
  const bool has_extension = (first & 0x10U) != 0;
  if (has_extension) {
    if (packet.size() < header.size + kRtpExtensionHeader) {
      return std::nullopt;
    }
    const std::uint16_t words = ByteReader(packet.subspan(header.size + 2)).u16();
    header.size += kRtpExtensionHeader + kWord * words;
  }
  return header.size <= packet.size() ? std::optional(header) : std::nullopt;
}

// RFC 3711 appendix A. In the first half of the first cycle there is nothing to roll back to.
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

// RFC 7714 9.2: header and index word are authenticated together.
std::array<std::uint8_t, kRtcpHeader + kWord> rtcp_authenticated(
    std::span<const std::uint8_t> packet, std::uint32_t word) {
  std::array<std::uint8_t, kRtcpHeader + kWord> bytes{};
  std::ranges::copy(packet.first(kRtcpHeader), bytes.begin());
  ByteWriter(std::span(bytes).subspan(kRtcpHeader)).u32(word);
  return bytes;
}

std::uint32_t rtcp_ssrc(std::span<const std::uint8_t> packet) {
  return ByteReader(packet.subspan(kWord)).u32();
}

}  // namespace

OpensslGcmOutbound::OpensslGcmOutbound(const SrtpKeys& keys)
    : rtp_(keys.profile, keys.outbound, GcmKey::Use::kRtp, GcmKey::Direction::kSeal),
      rtcp_(keys.profile, keys.outbound, GcmKey::Use::kRtcp, GcmKey::Direction::kSeal) {}

OpensslGcmOutbound::Stream& OpensslGcmOutbound::stream_of(std::uint32_t ssrc) {
  if (current_ && current_->ssrc == ssrc) {
    return *current_;
  }
  Stream wanted{.ssrc = ssrc};
  const auto found = std::ranges::find(others_, ssrc, &Stream::ssrc);
  if (found != others_.end()) {
    wanted = *found;
    others_.erase(found);
  }
  if (current_) {
    others_.push_back(*current_);
  }
  return current_.emplace(wanted);
}

std::expected<std::size_t, SrtpError> OpensslGcmOutbound::protect_rtp(
    std::span<std::uint8_t> buffer, std::size_t size) {
  const auto header = size <= buffer.size() ? read_rtp_header(buffer.first(size)) : std::nullopt;
  if (!header) {
    return std::unexpected(SrtpError::kMalformed);
  }
  if (buffer.size() < size + kSrtpMaxOverhead) {
    return std::unexpected(SrtpError::kNoRoom);
  }
  Stream& stream = stream_of(header->ssrc);
  const std::uint64_t index = index_of(stream.highest, header->sequence);
  if (index + SrtpInbound::kReplayWindow <= stream.highest) {
    return std::unexpected(SrtpError::kReplayed);
  }
  stream.highest = std::max(stream.highest, index);
  if (!rtp_.seal(header->ssrc,
                 index,
                 buffer.first(header->size),
                 buffer.subspan(header->size, size - header->size),
                 buffer.data() + size)) {
    return std::unexpected(SrtpError::kInternal);
  }
  return size + kGcmTagSize;
}

std::expected<std::size_t, SrtpError> OpensslGcmOutbound::protect_rtcp(
    std::span<std::uint8_t> buffer, std::size_t size) {
  if (size < kRtcpHeader || size > buffer.size()) {
    return std::unexpected(SrtpError::kMalformed);
  }
  if (buffer.size() < size + kSrtpMaxOverhead) {
    return std::unexpected(SrtpError::kNoRoom);
  }
  if (rtcp_index_ == kMaxRtcpIndex) {
    return std::unexpected(SrtpError::kInternal);
  }
  const std::uint32_t word = kEncrypted | ++rtcp_index_;
  const auto authenticated = rtcp_authenticated(buffer, word);
  if (!rtcp_.seal(rtcp_ssrc(buffer),
                  rtcp_index_,
                  authenticated,
                  buffer.subspan(kRtcpHeader, size - kRtcpHeader),
                  buffer.data() + size)) {
    return std::unexpected(SrtpError::kInternal);
  }
  ByteWriter(buffer.subspan(size + kGcmTagSize, kWord)).u32(word);
  return size + kGcmTagSize + kWord;
}

void OpensslGcmOutbound::forget(std::uint32_t ssrc) {
  if (current_ && current_->ssrc == ssrc) {
    current_.reset();
  }
  std::erase_if(others_, [ssrc](const Stream& stream) { return stream.ssrc == ssrc; });
}

OpensslGcmInbound::OpensslGcmInbound(const SrtpKeys& keys)
    : rtp_(keys.profile, keys.inbound, GcmKey::Use::kRtp, GcmKey::Direction::kOpen),
      rtcp_(keys.profile, keys.inbound, GcmKey::Use::kRtcp, GcmKey::Direction::kOpen) {}

template <typename StreamType>
std::expected<StreamType*, SrtpError> OpensslGcmInbound::find(std::vector<StreamType>& streams,
                                                              std::uint32_t ssrc) {
  const auto found = std::ranges::find(streams, ssrc, &StreamType::ssrc);
  if (found != streams.end()) {
    return &*found;
  }
  if (streams.size() >= kMaxStreams) {
    return std::unexpected(SrtpError::kTooManyStreams);
  }
  return nullptr;
}

std::expected<std::size_t, SrtpError> OpensslGcmInbound::unprotect_rtp(
    std::span<std::uint8_t> packet) {
  const auto header = read_rtp_header(packet);
  if (!header || packet.size() < header->size + kGcmTagSize) {
    return std::unexpected(SrtpError::kMalformed);
  }
  const auto known = find(rtp_streams_, header->ssrc);
  if (!known) {
    return std::unexpected(known.error());
  }
  RtpStream* stream = *known;
  const std::uint64_t index =
      index_of(stream == nullptr ? 0 : stream->window.newest(), header->sequence);
  if (stream != nullptr && stream->window.refuses(index)) {
    return std::unexpected(SrtpError::kReplayed);
  }
  const std::size_t size = packet.size() - kGcmTagSize;
  if (!rtp_.open(header->ssrc,
                 index,
                 packet.first(header->size),
                 packet.subspan(header->size, size - header->size),
                 packet.last<kGcmTagSize>())) {
    return std::unexpected(SrtpError::kAuthentication);
  }
  if (stream == nullptr) {
    stream = &rtp_streams_.emplace_back(RtpStream{.ssrc = header->ssrc, .window = {}});
  }
  stream->window.add(index);
  return size;
}

std::expected<std::size_t, SrtpError> OpensslGcmInbound::unprotect_rtcp(
    std::span<std::uint8_t> packet) {
  if (packet.size() < kRtcpHeader + kGcmTagSize + kWord) {
    return std::unexpected(SrtpError::kMalformed);
  }
  const std::uint32_t word = ByteReader(packet.last(kWord)).u32();
  if ((word & kEncrypted) == 0) {
    return std::unexpected(SrtpError::kAuthentication);
  }
  const std::uint64_t index = word & kMaxRtcpIndex;
  const std::uint32_t ssrc = rtcp_ssrc(packet);
  const auto known = find(rtcp_streams_, ssrc);
  if (!known) {
    return std::unexpected(known.error());
  }
  RtcpStream* stream = *known;
  if (stream != nullptr && stream->window.refuses(index)) {
    return std::unexpected(SrtpError::kReplayed);
  }
  const auto authenticated = rtcp_authenticated(packet, word);
  const std::size_t size = packet.size() - kWord - kGcmTagSize;
  if (!rtcp_.open(ssrc,
                  index,
                  authenticated,
                  packet.subspan(kRtcpHeader, size - kRtcpHeader),
                  packet.subspan(size).first<kGcmTagSize>())) {
    return std::unexpected(SrtpError::kAuthentication);
  }
  if (stream == nullptr) {
    stream = &rtcp_streams_.emplace_back(RtcpStream{.ssrc = ssrc, .window = {}});
  }
  stream->window.add(index);
  return size;
}

void OpensslGcmInbound::forget(std::uint32_t ssrc) {
  std::erase_if(rtp_streams_, [ssrc](const RtpStream& stream) { return stream.ssrc == ssrc; });
  std::erase_if(rtcp_streams_, [ssrc](const RtcpStream& stream) { return stream.ssrc == ssrc; });
}

}  // namespace parlance::sfu
