#include "rtp/rtcp/transport_feedback.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

namespace {

constexpr std::uint8_t kSmallDelta = 1;
constexpr std::uint8_t kLargeDelta = 2;
constexpr std::uint8_t kReserved = 3;

constexpr std::uint16_t kVectorChunk = 0x8000;
constexpr std::uint16_t kTwoBitSymbols = 0x4000;
constexpr unsigned kRunLengthBits = 13;
constexpr std::size_t kOneBitCapacity = 14;
constexpr std::size_t kTwoBitCapacity = 7;

// A packet of 24 bytes may claim 65,535 missing packets; no honest peer reports more than this at
// once, and each costs us a step.
constexpr std::uint16_t kMaxStatusesRead = 8192;

// What one packet of ours reports on.
constexpr std::size_t kMaxStatusesWritten = 1024;
constexpr std::size_t kFixedSize = 20;  // header, SSRCs, and the fields before the chunks

// The symbols and deltas of a packet in the making.
struct Statuses {
  std::array<std::uint8_t, kMaxStatusesWritten> symbols{};
  std::array<std::int16_t, kMaxStatusesWritten> ticks{};
  std::size_t count = 0;
  std::size_t delta_bytes = 0;
};

// However the symbols fall into chunks.
constexpr std::size_t worst_size(std::size_t count, std::size_t delta_bytes) {
  return kFixedSize + 2 * ((count + kTwoBitCapacity - 1) / kTwoBitCapacity) + delta_bytes + 3;
}

// False where the arrival doesn't go into this packet any more.
bool add_arrival(Statuses& statuses, std::size_t index, std::int64_t ticks) {
  if (index >= kMaxStatusesWritten || ticks < std::numeric_limits<std::int16_t>::min() ||
      ticks > std::numeric_limits<std::int16_t>::max()) {
    return false;
  }
  const bool small = ticks >= 0 && ticks <= std::numeric_limits<std::uint8_t>::max();
  const std::size_t delta_bytes = statuses.delta_bytes + (small ? 1 : 2);
  if (worst_size(index + 1, delta_bytes) > kMaxFeedbackSize) {
    return false;
  }
  statuses.symbols[index] = small ? kSmallDelta : kLargeDelta;
  statuses.ticks[index] = static_cast<std::int16_t>(ticks);
  statuses.count = index + 1;
  statuses.delta_bytes = delta_bytes;
  return true;
}

// The best chunk for the symbols at the front; returns how many it covers.
std::size_t write_chunk(ByteWriter& out, std::span<const std::uint8_t> symbols) {
  const std::uint8_t first = symbols.front();
  const auto end_of_run = std::ranges::find_if(symbols, [&](std::uint8_t s) { return s != first; });
  const auto run = static_cast<std::size_t>(end_of_run - symbols.begin());
  if (run == symbols.size() || run >= kOneBitCapacity ||
      (first == kLargeDelta && run >= kTwoBitCapacity)) {
    out.u16(static_cast<std::uint16_t>(static_cast<unsigned>(first) << kRunLengthBits | run));
    return run;
  }
  const std::size_t wide = std::min(kOneBitCapacity, symbols.size());
  const auto large = std::ranges::find(symbols.first(wide), kLargeDelta);
  const bool one_bit = large == symbols.begin() + static_cast<std::ptrdiff_t>(wide);
  const std::size_t covered = one_bit ? wide : std::min(kTwoBitCapacity, symbols.size());
  const unsigned bits = one_bit ? 1 : 2;
  unsigned chunk = kVectorChunk | (one_bit ? 0U : kTwoBitSymbols);
  for (std::size_t i = 0; i < covered; ++i) {
    chunk |= static_cast<unsigned>(symbols[i]) << (14U - bits * (static_cast<unsigned>(i) + 1));
  }
  out.u16(static_cast<std::uint16_t>(chunk));
  return covered;
}

}  // namespace

namespace detail {

// Run length chunk, then the two kinds of status vector chunk (sections 3.1.3 and 3.1.4):
//
//  0                   1
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0| S |       Run Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |1|0|       14 x 1 bit          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |1|1|        7 x 2 bits         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<std::uint8_t> StatusReader::next() {
  while (left_ == 0) {
    if (chunks_.size() - at_ < 2) {
      return std::nullopt;
    }
    chunk_ = static_cast<std::uint16_t>(chunks_[at_] << 8U | chunks_[at_ + 1]);
    at_ += 2;
    if ((chunk_ & kVectorChunk) == 0) {
      left_ = chunk_ & ((1U << kRunLengthBits) - 1U);
    } else {
      left_ = (chunk_ & kTwoBitSymbols) != 0 ? kTwoBitCapacity : kOneBitCapacity;
    }
  }
  --left_;
  if ((chunk_ & kVectorChunk) == 0) {
    return static_cast<std::uint8_t>(chunk_ >> kRunLengthBits & 3U);
  }
  if ((chunk_ & kTwoBitSymbols) != 0) {
    return static_cast<std::uint8_t>(chunk_ >> (2 * left_) & 3U);
  }
  return static_cast<std::uint8_t>(chunk_ >> left_ & 1U);
}

}  // namespace detail

// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1, behind the SSRCs:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      base sequence number     |      packet status count      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                 reference time                | fb pkt. count |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |          packet chunk         |         packet chunk          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// .                                                               .
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         packet chunk          |  recv delta   |  recv delta   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// .                                                               .
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           recv delta          |  recv delta   | zero padding  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::expected<TransportFeedback, RtcpError> parse_transport_feedback(const Packet& packet) {
  if (!packet.is(PacketType::kTransportFeedback, kFormatTransportCc)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  TransportFeedback feedback;
  feedback.sender = in.u32();
  feedback.media = in.u32();
  feedback.base_sequence = in.u16();
  feedback.status_count = in.u16();
  const auto reference = static_cast<std::int32_t>(in.u24());
  feedback.reference_time = (reference & 0x800000) != 0 ? reference - 0x1000000 : reference;
  feedback.feedback_count = in.u8();
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  if (feedback.status_count == 0 || feedback.status_count > kMaxStatusesRead) {
    return std::unexpected(RtcpError::kInvalid);
  }
  const auto rest = in.rest();
  detail::StatusReader statuses(rest);
  std::size_t delta_bytes = 0;
  for (unsigned i = 0; i < feedback.status_count; ++i) {
    const auto symbol = statuses.next();
    if (!symbol) {
      return std::unexpected(RtcpError::kTruncated);
    }
    if (*symbol == kReserved) {
      return std::unexpected(RtcpError::kInvalid);
    }
    delta_bytes += *symbol;  // a small delta has one byte, a large one two
  }
  feedback.chunks = rest.first(statuses.consumed());
  feedback.deltas = rest.subspan(statuses.consumed());
  if (feedback.deltas.size() < delta_bytes) {
    return std::unexpected(RtcpError::kTruncated);
  }
  feedback.deltas = feedback.deltas.first(delta_bytes);
  return feedback;
}

std::size_t write_transport_feedback(ByteWriter& out,
                                     const FeedbackNumbers& numbers,
                                     std::span<const PacketArrival> arrivals) {
  if (arrivals.empty()) {
    return 0;
  }
  // A gap too long for one packet is cut: what is that long gone needs no report.
  constexpr auto kMaxGap = static_cast<ExtendedSequence>(kMaxStatusesWritten / 2);
  const ExtendedSequence base = std::max(numbers.base, arrivals.front().sequence - kMaxGap);
  const auto reference = arrivals.front().at.time_since_epoch() / kFeedbackReferenceTick;
  Timestamp last{reference * kFeedbackReferenceTick};
  Statuses statuses;
  std::size_t taken = 0;
  for (const PacketArrival& arrival : arrivals) {
    // Rounded against the sum of the rounded deltas, so that errors don't add up.
    const Duration delta = arrival.at - last;
    const std::int64_t ticks =
        (delta + (delta < Duration(0) ? -kFeedbackTick / 2 : kFeedbackTick / 2)) / kFeedbackTick;
    if (!add_arrival(statuses, static_cast<std::size_t>(arrival.sequence - base), ticks)) {
      break;
    }
    last += ticks * kFeedbackTick;
    ++taken;
  }
  PacketWriter packet(out, PacketType::kTransportFeedback, kFormatTransportCc);
  out.u32(numbers.sender);
  out.u32(numbers.media);
  out.u16(static_cast<std::uint16_t>(base & 0xFFFF));
  out.u16(static_cast<std::uint16_t>(statuses.count));
  out.u24(static_cast<std::uint32_t>(reference & 0xFFFFFF));
  out.u8(numbers.feedback_count);
  const std::span symbols = std::span(statuses.symbols).first(statuses.count);
  for (std::size_t at = 0; at < symbols.size();) {
    at += write_chunk(out, symbols.subspan(at));
  }
  for (std::size_t i = 0; i < statuses.count; ++i) {
    if (statuses.symbols[i] == kSmallDelta) {
      out.u8(static_cast<std::uint8_t>(statuses.ticks[i]));
    } else if (statuses.symbols[i] == kLargeDelta) {
      out.u16(static_cast<std::uint16_t>(statuses.ticks[i]));
    }
  }
  out.zeros((4 - out.size() % 4) % 4);
  packet.finish();
  return taken;
}

}  // namespace parlance::rtp::rtcp
