#include "rtp/rtcp/source_description.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

namespace {

constexpr std::uint8_t kEndOfItems = 0;  // RFC 3550 section 6.5
constexpr std::uint8_t kCname = 1;       // RFC 3550 section 6.5.1
constexpr std::size_t kMaxItem = 255;

// Items up to the null byte, and the padding behind it to the next word.
SourceDescription::Chunk read_chunk(ByteReader& in) {
  SourceDescription::Chunk chunk;
  chunk.ssrc = in.u32();
  while (in.ok()) {
    const std::uint8_t type = in.u8();
    if (type == kEndOfItems) {
      break;
    }
    const auto text = in.bytes(in.u8());
    if (type == kCname) {
      chunk.cname.assign(text.begin(), text.end());
    }
  }
  if (in.ok()) {
    in.skip((4 - in.position() % 4) % 4);
  }
  return chunk;
}

}  // namespace

// RFC 3550 section 6.5, a chunk and an item in it:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                          SSRC/CSRC_1                          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |    CNAME=1    |     length    | user and domain name        ...
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::expected<SourceDescription, RtcpError> parse_source_description(const Packet& packet) {
  if (!packet.is(PacketType::kSourceDescription)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  SourceDescription description;
  for (unsigned i = 0; i < packet.count; ++i) {
    description.chunks.push_back(read_chunk(in));
    if (!in.ok()) {
      return std::unexpected(RtcpError::kTruncated);
    }
  }
  return description;
}

void write_source_description(ByteWriter& out, Ssrc ssrc, std::string_view cname) {
  const std::string_view text = cname.substr(0, kMaxItem);
  PacketWriter packet(out, PacketType::kSourceDescription, 1);
  out.u32(ssrc);
  out.u8(kCname);
  out.u8(static_cast<std::uint8_t>(text.size()));
  for (const char c : text) {
    out.u8(static_cast<std::uint8_t>(c));
  }
  // At least one null byte ends the items.
  out.zeros(4 - (2 + text.size()) % 4);
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
