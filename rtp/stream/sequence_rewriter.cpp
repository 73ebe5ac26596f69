#include "rtp/stream/sequence_rewriter.h"

#include <algorithm>

namespace parlance::rtp {

SequenceRewriter::SequenceRewriter(std::uint16_t first_output) : first_output_(first_output) {}

void SequenceRewriter::start_run(ExtendedSequence first_input, std::uint32_t source) {
  open(first_input, source);
}

bool SequenceRewriter::skip(ExtendedSequence input) {
  if (runs_.empty()) {
    open(input + 1, 0);
    return true;
  }
  Run& run = runs_.back();
  if (input <= run.last_input) {
    return false;
  }
  // What is missing before it keeps its place.
  run.last_input = std::max(run.last_input, input - 1);
  open(input + 1, run.source);
  return true;
}

std::optional<std::uint16_t> SequenceRewriter::map(ExtendedSequence input) {
  if (runs_.empty()) {
    open(input, 0);
  }
  Run& current = runs_.back();
  if (input >= current.first_input) {
    current.last_input = std::max(current.last_input, input);
    return static_cast<std::uint16_t>(input - current.offset);
  }
  for (auto run = runs_.rbegin() + 1; run != runs_.rend(); ++run) {
    if (run->source != current.source || input > run->last_input) {
      return std::nullopt;
    }
    if (input >= run->first_input) {
      return static_cast<std::uint16_t>(input - run->offset);
    }
  }
  return std::nullopt;
}

std::optional<SequenceRewriter::Input> SequenceRewriter::find(std::uint16_t output) const {
  const ExtendedSequence newest = next_output() - 1;
  const ExtendedSequence extended =
      newest + sequence_distance(output, static_cast<std::uint16_t>(newest));
  const auto first_output = [](const Run& run) {
    return run.first_input - run.offset;
  };
  const auto after = std::ranges::upper_bound(runs_, extended, {}, first_output);
  if (extended > newest || after == runs_.begin()) {
    return std::nullopt;
  }
  const Run& run = *(after - 1);
  return Input{extended + run.offset, run.source};
}

void SequenceRewriter::open(ExtendedSequence first_input, std::uint32_t source) {
  const ExtendedSequence output = next_output();
  if (!runs_.empty() && runs_.back().last_input < runs_.back().first_input) {
    runs_.pop_back();  // nothing was sent in it
  }
  if (runs_.size() == kMaxRuns) {
    runs_.erase(runs_.begin(), runs_.begin() + kMaxRuns / 2);
  }
  runs_.push_back({first_input, first_input - 1, first_input - output, source});
}

ExtendedSequence SequenceRewriter::next_output() const {
  return runs_.empty() ? first_output_ : runs_.back().last_input - runs_.back().offset + 1;
}

}  // namespace parlance::rtp
