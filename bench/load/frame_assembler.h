// Puts a VP8 stream's packets back into frames, in order, and knows what is missing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "bench/load/clock.h"

namespace parlance::load {

// A frame whose packets are all there.
struct AssembledFrame {
  std::vector<std::uint8_t> bytes;  // for the decoder
  std::vector<std::uint8_t> first;  // payload of its first packet, without the descriptor
  bool key = false;
};

class FrameAssembler {
 public:
  // A decrypted payload, retransmitted or not. The time is that of its arrival.
  void add(std::uint16_t sequence,
           bool marker,
           std::span<const std::uint8_t> payload,
           Nanoseconds at);

  // The next frame in order; nothing while a packet of it is missing.
  std::optional<AssembledFrame> next();

  // Missing packets that are to be asked for now: at once, and again every 50 ms.
  std::vector<std::uint16_t> take_missing(Nanoseconds now);

  // Gives up what is missing for longer than this: everything before the next key frame is dropped.
  // True when a key frame is needed.
  bool give_up(Nanoseconds now, Nanoseconds patience);

 private:
  struct Part {
    std::vector<std::uint8_t> bytes;
    bool start = false;
    bool marker = false;
  };

  struct Missing {
    Nanoseconds since = 0;
    Nanoseconds asked_at = 0;
  };

  std::int64_t unwrap(std::uint16_t sequence) const;

  std::map<std::int64_t, Part> parts_;
  std::map<std::int64_t, Missing> missing_;
  std::int64_t highest_ = -1;
  std::int64_t next_ = -1;  // first packet of the next frame; -1: any key frame
};

}  // namespace parlance::load
