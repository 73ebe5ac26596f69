#include "bench/load/clip.h"

#include <algorithm>
#include <limits>

namespace parlance::load {

namespace {

constexpr std::size_t kMaxPayload =
    1160;  // leaves room for headers and extensions below 1200 bytes
constexpr std::size_t kEnd = 16;
constexpr std::size_t kAmbiguous = std::numeric_limits<std::size_t>::max();

// FNV-1a over the end.
std::uint64_t hash_of_end(std::span<const std::uint8_t> payload) {
  std::uint64_t value = 0xCBF2'9CE4'8422'2325ULL;
  for (const std::uint8_t byte : payload.last(std::min(payload.size(), kEnd))) {
    value = (value ^ byte) * 0x100'0000'01B3ULL;
  }
  return value;
}

}  // namespace

PayloadIndex::PayloadIndex(const Clip& clip) {
  for (std::size_t i = 0; i < clip.payloads.size(); ++i) {
    const auto [at, added] = by_end_.try_emplace(hash_of_end(clip.payloads[i]), i);
    if (!added) {
      at->second = kAmbiguous;
    }
  }
}

std::optional<std::size_t> PayloadIndex::find(std::span<const std::uint8_t> payload) const {
  const auto at = by_end_.find(hash_of_end(payload));
  return at == by_end_.end() || at->second == kAmbiguous ? std::nullopt : std::optional(at->second);
}

void append_frame(Clip& clip, std::span<const std::uint8_t> frame) {
  const std::size_t count =
      std::max<std::size_t>((frame.size() + kMaxPayload - 1) / kMaxPayload, 1);
  clip.frames.push_back({.first = clip.payloads.size(), .count = count});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = frame.size() * i / count;
    const std::size_t end = frame.size() * (i + 1) / count;
    const auto part = frame.subspan(begin, end - begin);
    clip.payloads.emplace_back(part.begin(), part.end());
  }
}

}  // namespace parlance::load
