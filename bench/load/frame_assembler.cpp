#include "bench/load/frame_assembler.h"

#include <utility>

namespace parlance::load {

namespace {

constexpr Nanoseconds kAskAgain = 50 * kMillisecond;
constexpr std::size_t kMostParts = 4096;

// How long the descriptor is (RFC 7741, section 4.2); nothing where it is cut short.
std::optional<std::size_t> descriptor_size(std::span<const std::uint8_t> payload) {
  if (payload.empty()) {
    return std::nullopt;
  }
  std::size_t size = 1;
  if ((payload[0] & 0x80U) != 0 && payload.size() > 1) {
    const unsigned flags = payload[1];
    size = 2;
    if ((flags & 0x80U) != 0 && payload.size() > 2) {
      size += (payload[2] & 0x80U) != 0 ? 2 : 1;
    }
    size += (flags & 0x40U) != 0 ? 1 : 0;
    size += (flags & 0x30U) != 0 ? 1 : 0;
  }
  return size < payload.size() ? std::optional(size) : std::nullopt;
}

// RFC 6386, section 9.1.
bool is_key_frame(std::span<const std::uint8_t> start) {
  return (start[0] & 1U) == 0;
}

}  // namespace

std::int64_t FrameAssembler::unwrap(std::uint16_t sequence) const {
  if (highest_ < 0) {
    return sequence + std::int64_t{65'536};
  }
  const auto ahead = static_cast<std::int16_t>(
      static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(highest_)));
  return highest_ + ahead;
}

void FrameAssembler::add(std::uint16_t sequence,
                         bool marker,
                         std::span<const std::uint8_t> payload,
                         Nanoseconds at) {
  const auto skip = descriptor_size(payload);
  const std::int64_t number = unwrap(sequence);
  missing_.erase(number);
  for (std::int64_t gap = highest_ + 1; highest_ >= 0 && gap < number; ++gap) {
    missing_[gap] = {.since = at};
  }
  highest_ = std::max(highest_, number);
  if (!skip || number < next_ || parts_.size() >= kMostParts) {
    return;
  }
  constexpr unsigned kStartOfFirstPartition = 0x10;
  const auto bytes = payload.subspan(*skip);
  parts_[number] = {.bytes = {bytes.begin(), bytes.end()},
                    .start = (payload[0] & 0x1FU) == kStartOfFirstPartition,
                    .marker = marker};
}

std::optional<AssembledFrame> FrameAssembler::next() {
  while (next_ < 0 && !parts_.empty()) {
    const auto& [number, part] = *parts_.begin();
    if (part.start && is_key_frame(part.bytes)) {
      next_ = number;
    } else {
      parts_.erase(parts_.begin());
    }
  }
  auto at = parts_.find(next_);
  if (at == parts_.end()) {
    return std::nullopt;
  }
  const auto begin = at;
  AssembledFrame frame;
  for (std::int64_t number = next_; at != parts_.end() && at->first == number; ++number, ++at) {
    const auto& bytes = at->second.bytes;
    frame.bytes.insert(frame.bytes.end(), bytes.begin(), bytes.end());
    if (at->second.marker) {
      frame.first = begin->second.bytes;
      frame.key = is_key_frame(frame.bytes);
      next_ = number + 1;
      parts_.erase(begin, std::next(at));
      return frame;
    }
  }
  return std::nullopt;
}

std::vector<std::uint16_t> FrameAssembler::take_missing(Nanoseconds now) {
  std::vector<std::uint16_t> wanted;
  for (auto& [number, missing] : missing_) {
    if (now - missing.asked_at >= kAskAgain) {
      missing.asked_at = now;
      wanted.push_back(static_cast<std::uint16_t>(number));
    }
  }
  return wanted;
}

bool FrameAssembler::give_up(Nanoseconds now, Nanoseconds patience) {
  if (missing_.empty() || now - missing_.begin()->second.since < patience) {
    return false;
  }
  missing_.clear();
  parts_.clear();
  next_ = -1;
  return true;
}

}  // namespace parlance::load
