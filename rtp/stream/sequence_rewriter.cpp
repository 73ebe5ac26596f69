#include "rtp/stream/sequence_rewriter.h"

#include <algorithm>
#include <ranges>

namespace parlance::rtp {

SequenceRewriter::SequenceRewriter(std::uint16_t first_output) : first_output_(first_output) {}

void SequenceRewriter::start_run(ExtendedSequence first_input, std::uint32_t source) {
  open(first_input, source);
}

bool SequenceRewriter::skip(ExtendedSequence input) {
  if (!started_) {
    open(input + 1, 0);
    return true;
  }
  if (input <= current_.last_input) {
    return false;
  }
  // What is missing before it keeps its place.
  current_.last_input = std::max(current_.last_input, input - 1);
  open(input + 1, current_.source);
  return true;
}

std::optional<std::uint16_t> SequenceRewriter::map(ExtendedSequence input) {
  if (!started_) {
    open(input, 0);
  }
  if (input >= current_.first_input) {
    current_.last_input = std::max(current_.last_input, input);
    return static_cast<std::uint16_t>(input - current_.offset);
  }
  for (const Run& run : std::views::reverse(past_)) {
    if (run.source != current_.source || input > run.last_input) {
      return std::nullopt;
    }
    if (input >= run.first_input) {
      return static_cast<std::uint16_t>(input - run.offset);
    }
  }
  return std::nullopt;
}

std::optional<SequenceRewriter::Input> SequenceRewriter::find(std::uint16_t output) const {
  const ExtendedSequence newest = next_output() - 1;
  const ExtendedSequence extended =
      newest + sequence_distance(output, static_cast<std::uint16_t>(newest));
  if (!started_ || extended > newest) {
    return std::nullopt;
  }
  const auto first_output = [](const Run& run) {
    return run.first_input - run.offset;
  };
  if (extended >= first_output(current_)) {
    return Input{extended + current_.offset, current_.source};
  }
  const auto after = std::ranges::upper_bound(past_, extended, {}, first_output);
  if (after == past_.begin()) {
    return std::nullopt;
  }
  const Run& run = *(after - 1);
  return Input{extended + run.offset, run.source};
}

void SequenceRewriter::open(ExtendedSequence first_input, std::uint32_t source) {
  const ExtendedSequence output = next_output();
  const bool anything_sent = started_ && current_.last_input >= current_.first_input;
  if (anything_sent) {
    if (past_.size() == kMaxPastRuns) {
      past_.erase(past_.begin(), past_.begin() + kMaxPastRuns / 2);
    }
    past_.push_back(current_);
  }
  started_ = true;
  current_ = {first_input, first_input - 1, first_input - output, source};
}

ExtendedSequence SequenceRewriter::next_output() const {
  return started_ ? current_.last_input - current_.offset + 1 : first_output_;
}

}  // namespace parlance::rtp
