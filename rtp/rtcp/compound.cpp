#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

namespace {

constexpr std::size_t kHeaderSize = 4;
constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kPaddingBit = 0x20;
constexpr std::uint8_t kCountMask = 0x1F;

}  // namespace

// RFC 3550 section 6.4.1, the header that all types share:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|    RC   |       PT      |             length            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<Packet> CompoundReader::next() {
  if (rest_.empty() || malformed_) {
    return std::nullopt;
  }
  malformed_ = true;
  if (rest_.size() < kHeaderSize || rest_[0] >> 6U != kVersion) {
    return std::nullopt;
  }
  const std::size_t words = static_cast<std::size_t>(rest_[2]) << 8U | rest_[3];
  const std::size_t size = kHeaderSize + 4 * words;
  if (size > rest_.size()) {
    return std::nullopt;
  }
  Packet packet;
  packet.count = rest_[0] & kCountMask;
  packet.type = rest_[1];
  packet.body = rest_.subspan(kHeaderSize, size - kHeaderSize);
  if ((rest_[0] & kPaddingBit) != 0) {
    if (packet.body.empty() || packet.body.back() == 0 || packet.body.back() > packet.body.size()) {
      return std::nullopt;
    }
    packet.body = packet.body.first(packet.body.size() - packet.body.back());
  }
  rest_ = rest_.subspan(size);
  malformed_ = false;
  return packet;
}

PacketWriter::PacketWriter(ByteWriter& out, PacketType type, std::uint8_t count)
    : out_(out), begin_(out.size()) {
  out_.u8(static_cast<std::uint8_t>(kVersion << 6U | (count & kCountMask)));
  out_.u8(static_cast<std::uint8_t>(type));
  out_.u16(0);
}

void PacketWriter::finish() {
  const std::size_t body = out_.size() - begin_ - kHeaderSize;
  out_.patch_u16(begin_ + 2, static_cast<std::uint16_t>(body / 4));
}

}  // namespace parlance::rtp::rtcp
