// The RTCP that clients exchange with a server: what they write, and what they look for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "bench/load/clock.h"

namespace parlance::load {

inline constexpr std::size_t kMaxRtcp = 1200;

struct SenderInfo {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t bytes = 0;
};

// RFC 3550, section 6.4.1, with the CNAME that must go with it.
void write_sender_report(ByteWriter& out, const SenderInfo& info);

struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;
  std::uint32_t lost = 0;  // 24 bits
  std::uint32_t highest = 0;
  std::uint32_t last_sender_report = 0;  // the middle of its NTP time
  std::uint32_t delay_since = 0;         // in 1/65536 s
};

// As many as fit into one packet: 31.
inline constexpr std::size_t kMaxBlocks = 31;
void write_receiver_report(ByteWriter& out,
                           std::uint32_t sender,
                           std::span<const ReportBlock> blocks);

// RFC 4585, section 6.3.1.
void write_picture_loss(ByteWriter& out, std::uint32_t sender, std::uint32_t media);

// RFC 4585, section 6.2.1; `missing` ascending.
void write_nack(ByteWriter& out,
                std::uint32_t sender,
                std::uint32_t media,
                std::span<const std::uint16_t> missing);

struct Arrival {
  std::uint16_t sequence = 0;
  Nanoseconds at = 0;
};

// draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1, over all of `arrivals`, which
// ascend. Those that are too many for one packet are left out.
void write_transport_feedback(ByteWriter& out,
                              std::uint32_t sender,
                              std::uint32_t media,
                              std::uint8_t number,
                              std::span<const Arrival> arrivals);

// What a client does something about.
struct Feedback {
  struct SenderReport {
    std::uint32_t ssrc = 0;
    std::uint32_t middle_ntp = 0;
  };

  std::vector<std::uint32_t> key_frames;  // SSRCs that a PLI or FIR asks one of

  struct Missing {
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
  };

  std::vector<SenderReport> sender_reports;
  std::vector<Missing> missing;  // that a NACK asks for
};

void read_rtcp(std::span<const std::uint8_t> compound, Feedback& feedback);

}  // namespace parlance::load
