// Which packets of a stream were seen (RFC 3711 section 3.3.2). Pure.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace parlance::sfu {

// The newest index and the kSize - 1 before it.
template <std::size_t kSize>
class ReplayWindow {
 public:
  // Seen before, or too old to tell.
  bool refuses(std::uint64_t index) const {
    return started_ && index <= newest_ && (newest_ - index >= kSize || seen_[index % kSize]);
  }

  // Only for what was authenticated: a forged number must not move the window.
  void add(std::uint64_t index) {
    if (!started_) {
      started_ = true;
      newest_ = index;
    } else if (index > newest_ && index - newest_ >= kSize) {
      seen_.reset();
      newest_ = index;
    }
    while (newest_ < index) {
      seen_[++newest_ % kSize] = false;
    }
    seen_[index % kSize] = true;
  }

  // 0 before the first.
  std::uint64_t newest() const { return newest_; }

 private:
  std::bitset<kSize> seen_;
  std::uint64_t newest_ = 0;
  bool started_ = false;
};

}  // namespace parlance::sfu
