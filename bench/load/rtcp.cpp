#include "bench/load/rtcp.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/byte_reader.h"

namespace parlance::load {

namespace {

constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kDescription = 202;
constexpr std::uint8_t kTransportLayer = 205;
constexpr std::uint8_t kPayloadSpecific = 206;
constexpr std::uint8_t kNack = 1;
constexpr std::uint8_t kTransportFeedback = 15;
constexpr std::uint8_t kPictureLoss = 1;
constexpr std::uint8_t kFullIntra = 4;
constexpr std::size_t kHeaderSize = 4;

// Writes the header, and its length when the packet is complete.
class Packet {
 public:
  Packet(ByteWriter& out, std::uint8_t count, std::uint8_t type) : out_(out), begin_(out.size()) {
    out.u8(static_cast<std::uint8_t>(0x80U | count));
    out.u8(type);
    out.u16(0);
  }

  ~Packet() {
    out_.patch_u16(begin_ + 2, static_cast<std::uint16_t>((out_.size() - begin_) / 4 - 1));
  }

  Packet(const Packet&) = delete;
  Packet& operator=(const Packet&) = delete;

 private:
  ByteWriter& out_;
  std::size_t begin_;
};

}  // namespace

void write_sender_report(ByteWriter& out, const SenderInfo& info) {
  {
    const Packet packet(out, 0, kSenderReport);
    out.u32(info.ssrc);
    out.u64(info.ntp);
    out.u32(info.timestamp);
    out.u32(info.packets);
    out.u32(info.bytes);
  }
  const Packet packet(out, 1, kDescription);
  out.u32(info.ssrc);
  out.u8(1);  // CNAME
  constexpr std::array<std::uint8_t, 4> kName{'l', 'o', 'a', 'd'};
  out.u8(kName.size());
  out.bytes(kName);
  out.zeros(2);
}

void write_receiver_report(ByteWriter& out,
                           std::uint32_t sender,
                           std::span<const ReportBlock> blocks) {
  const Packet packet(out, static_cast<std::uint8_t>(blocks.size()), kReceiverReport);
  out.u32(sender);
  for (const ReportBlock& block : blocks) {
    out.u32(block.ssrc);
    out.u8(block.fraction_lost);
    out.u24(block.lost);
    out.u32(block.highest);
    out.u32(0);
    out.u32(block.last_sender_report);
    out.u32(block.delay_since);
  }
}

void write_picture_loss(ByteWriter& out, std::uint32_t sender, std::uint32_t media) {
  const Packet packet(out, kPictureLoss, kPayloadSpecific);
  out.u32(sender);
  out.u32(media);
}

void write_nack(ByteWriter& out,
                std::uint32_t sender,
                std::uint32_t media,
                std::span<const std::uint16_t> missing) {
  const Packet packet(out, kNack, kTransportLayer);
  out.u32(sender);
  out.u32(media);
  std::size_t i = 0;
  while (i < missing.size()) {
    const std::uint16_t first = missing[i++];
    std::uint16_t following = 0;
    while (i < missing.size() && static_cast<std::uint16_t>(missing[i] - first) <= 16) {
      following = static_cast<std::uint16_t>(
          following | 1U << (static_cast<std::uint16_t>(missing[i] - first) - 1U));
      ++i;
    }
    out.u16(first);
    out.u16(following);
  }
}

void write_transport_feedback(ByteWriter& out,
                              std::uint32_t sender,
                              std::uint32_t media,
                              std::uint8_t number,
                              std::span<const Arrival> arrivals) {
  constexpr std::uint16_t kMostStatuses = 400;
  constexpr Nanoseconds kTick = 250 * kMicrosecond;
  constexpr Nanoseconds kReferenceTick = 64 * kMillisecond;
  constexpr unsigned kSymbols = 7;  // of two bits in a vector chunk
  const std::uint16_t base = arrivals.front().sequence;
  std::array<std::uint8_t, kMostStatuses + kSymbols> symbols{};
  std::array<std::int16_t, kMostStatuses> deltas{};
  std::size_t delta_count = 0;
  unsigned statuses = 0;
  const Nanoseconds reference = arrivals.front().at / kReferenceTick;
  Nanoseconds ticks = reference * (kReferenceTick / kTick);
  for (const Arrival& arrival : arrivals) {
    const unsigned index = static_cast<std::uint16_t>(arrival.sequence - base);
    if (index >= kMostStatuses) {
      break;
    }
    const auto delta = static_cast<std::int16_t>(
        std::clamp<Nanoseconds>(arrival.at / kTick - ticks, INT16_MIN, INT16_MAX));
    ticks += delta;
    symbols[index] = delta >= 0 && delta <= 255 ? 1 : 2;
    deltas[delta_count++] = delta;
    statuses = index + 1;
  }
  const Packet packet(out, kTransportFeedback, kTransportLayer);
  const std::size_t begin = out.size();
  out.u32(sender);
  out.u32(media);
  out.u16(base);
  out.u16(static_cast<std::uint16_t>(statuses));
  out.u24(static_cast<std::uint32_t>(reference & 0xFF'FFFF));
  out.u8(number);
  for (unsigned i = 0; i < statuses; i += kSymbols) {
    unsigned chunk = 0xC000;
    for (unsigned k = 0; k < kSymbols; ++k) {
      chunk |= static_cast<unsigned>(symbols[i + k]) << (2 * (kSymbols - 1 - k));
    }
    out.u16(static_cast<std::uint16_t>(chunk));
  }
  for (std::size_t i = 0; i < delta_count; ++i) {
    if (deltas[i] >= 0 && deltas[i] <= 255) {
      out.u8(static_cast<std::uint8_t>(deltas[i]));
    } else {
      out.u16(std::bit_cast<std::uint16_t>(deltas[i]));
    }
  }
  out.zeros((4 - (out.size() - begin) % 4) % 4);
}

namespace {

void read_sender_report(ByteReader body, Feedback& feedback) {
  const std::uint32_t sender = body.u32();
  const std::uint64_t ntp = body.u64();
  if (body.ok()) {
    feedback.sender_reports.push_back({sender, static_cast<std::uint32_t>(ntp >> 16U)});
  }
}

void read_picture_loss(ByteReader body, Feedback& feedback) {
  body.skip(4);
  const std::uint32_t media = body.u32();
  if (body.ok()) {
    feedback.key_frames.push_back(media);
  }
}

// RFC 5104, section 4.3.1: the media's SSRC stands in each entry.
void read_full_intra(ByteReader body, Feedback& feedback) {
  body.skip(8);
  for (; body.remaining() >= 8; body.skip(4)) {
    feedback.key_frames.push_back(body.u32());
  }
}

void read_nack(ByteReader body, Feedback& feedback) {
  body.skip(4);
  const std::uint32_t media = body.u32();
  while (body.remaining() >= 4) {
    const std::uint16_t first = body.u16();
    feedback.missing.push_back({media, first});
    const unsigned following = body.u16();
    for (unsigned i = 0; i < 16; ++i) {
      if ((following >> i & 1U) != 0) {
        feedback.missing.push_back({media, static_cast<std::uint16_t>(first + i + 1)});
      }
    }
  }
}

void read_packet(std::uint8_t count, std::uint8_t type, ByteReader body, Feedback& feedback) {
  if (type == kSenderReport) {
    read_sender_report(body, feedback);
  } else if (type == kPayloadSpecific && count == kPictureLoss) {
    read_picture_loss(body, feedback);
  } else if (type == kPayloadSpecific && count == kFullIntra) {
    read_full_intra(body, feedback);
  } else if (type == kTransportLayer && count == kNack) {
    read_nack(body, feedback);
  }
}

}  // namespace

void read_rtcp(std::span<const std::uint8_t> compound, Feedback& feedback) {
  ByteReader reader(compound);
  while (reader.remaining() >= kHeaderSize) {
    const std::uint8_t first = reader.u8();
    const std::uint8_t type = reader.u8();
    const auto body = reader.bytes(reader.u16() * std::size_t{4});
    if (!reader.ok()) {
      return;
    }
    read_packet(first & 0x1FU, type, ByteReader(body), feedback);
  }
}

}  // namespace parlance::load
