// Bounds what one subscriber's requests for packets cost everybody else.
#pragma once

#include <algorithm>
#include <cstdint>

namespace parlance::sfu {

// Every packet sent for the first time earns one request. Whoever loses half of everything, the
// repeated packets included, needs no more than that; whoever asks for more is not listened to.
class ResendBudget {
 public:
  // What is not used up to this is kept: all that gets lost while a network is away for a second or
  // two may be asked for at once.
  static constexpr std::uint32_t kMaxSaved = 1024;

  // `packets` sent for the first time so far.
  void earn(std::uint64_t packets) {
    left_ =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(left_ + packets - earned_, kMaxSaved));
    earned_ = packets;
  }

  // False: nothing is left for this request.
  bool take() {
    if (left_ == 0) {
      return false;
    }
    --left_;
    return true;
  }

 private:
  std::uint64_t earned_ = 0;
  std::uint32_t left_ = kMaxSaved;
};

}  // namespace parlance::sfu
