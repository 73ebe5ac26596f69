// How one consumer's sequence numbers follow from the producer's: dense, across pauses and sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtp/stream/sequence.h"

namespace parlance::rtp {

// A list of runs, each "input minus offset". Within a run, numbers missing on the input are missing
// on the output too, so that a retransmission which arrives later finds its place.
class SequenceRewriter {
 public:
  // `first_output` is random, chosen by the owner.
  explicit SequenceRewriter(std::uint16_t first_output);

  // `first_input` is the next packet to send, and nothing before it will be (start, resume, key
  // frame of another stream). Its output follows the highest one given out. `source` is the owner's
  // name for the stream that the inputs are numbered by.
  void start_run(ExtendedSequence first_input, std::uint32_t source = 0);

  // The packet will not be sent, and those after it close the gap. Only for one newer than all
  // before: false for a late one, whose place was kept; send it, even if empty, or the consumer
  // goes on asking.
  bool skip(ExtendedSequence input);

  // The output number; nothing for a packet from before the run or one skipped.
  std::optional<std::uint16_t> map(ExtendedSequence input);

  struct Input {
    ExtendedSequence sequence = 0;
    std::uint32_t source = 0;
  };

  // What was sent under a number, for a NACK; nothing for one never given out or long ago.
  std::optional<Input> find(std::uint16_t output) const;

 private:
  struct Run {
    ExtendedSequence first_input = 0;
    ExtendedSequence last_input = 0;  // the highest that belongs to it
    ExtendedSequence offset = 0;      // output = input - offset
    std::uint32_t source = 0;
  };

  static constexpr std::size_t kMaxPastRuns = 512;

  void open(ExtendedSequence first_input, std::uint32_t source);
  ExtendedSequence next_output() const;

  ExtendedSequence first_output_;
  bool started_ = false;
  Run current_;            // by value: each packet needs it, the others hardly one
  std::vector<Run> past_;  // ascending by output
};

}  // namespace parlance::rtp
