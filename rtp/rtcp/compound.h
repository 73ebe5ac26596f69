// Walks the packets of a compound RTCP datagram (RFC 3550 section 6.1) without trusting its
// lengths.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "rtp/parameters.h"

namespace parlance::rtp::rtcp {

// What the parsers of this folder answer with for bytes that don't make sense.
enum class RtcpError : std::uint8_t {
  kWrongType,  // another packet type or format
  kTruncated,  // shorter than it says
  kInvalid,    // a field with a value that it can't have
};

// RFC 3550 section 12.1, RFC 4585 section 6.1, RFC 3611 section 2.
enum class PacketType : std::uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kGoodbye = 203,
  kApplication = 204,
  kTransportFeedback = 205,  // RTPFB
  kPayloadFeedback = 206,    // PSFB
  kExtendedReport = 207,
};

// The FMT of feedback packets.
inline constexpr std::uint8_t kFormatNack = 1;               // RTPFB, RFC 4585 section 6.2.1
inline constexpr std::uint8_t kFormatTransportCc = 15;       // RTPFB
inline constexpr std::uint8_t kFormatPli = 1;                // PSFB, RFC 4585 section 6.3.1
inline constexpr std::uint8_t kFormatFir = 4;                // PSFB, RFC 5104 section 4.3.1
inline constexpr std::uint8_t kFormatApplicationLayer = 15;  // PSFB, REMB among them

struct Packet {
  std::uint8_t type = 0;               // a PacketType, or another
  std::uint8_t count = 0;              // 5 bits: report or source count, or feedback format
  std::span<const std::uint8_t> body;  // after the 4 bytes of header, without padding

  bool is(PacketType wanted) const { return type == static_cast<std::uint8_t>(wanted); }

  bool is(PacketType wanted, std::uint8_t format) const { return is(wanted) && count == format; }
};

class CompoundReader {
 public:
  explicit CompoundReader(std::span<const std::uint8_t> datagram) : rest_(datagram) {}

  // The next packet; nothing at the end, or at the first header that makes no sense (see
  // malformed()).
  std::optional<Packet> next();

  bool malformed() const { return malformed_; }

 private:
  std::span<const std::uint8_t> rest_;
  bool malformed_ = false;
};

// Writes a packet's header on construction and its length when it is finished (bodies are whole
// words).
class PacketWriter {
 public:
  PacketWriter(ByteWriter& out, PacketType type, std::uint8_t count);

  void finish();

 private:
  ByteWriter& out_;
  std::size_t begin_;
};

}  // namespace parlance::rtp::rtcp
