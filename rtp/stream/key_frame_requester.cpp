#include "rtp/stream/key_frame_requester.h"

#include <algorithm>

#include "base/check.h"

namespace parlance::rtp {

void KeyFrameRequester::open_wish(Timestamp now) {
  ++wishes_;
  asked_ = 0;
  interval_ = kKeyFrameFirstInterval;
  const Timestamp soonest =
      ever_asked_ ? std::max(now, last_asked_at_ + kKeyFrameFirstInterval) : now;
  ask_at_ = std::min(ask_at_, soonest);
}

void KeyFrameRequester::close_wish() {
  CHECK(wishes_ > 0);
  if (--wishes_ == 0) {
    ask_at_ = kNever;
  }
}

bool KeyFrameRequester::on_timeout(Timestamp now) {
  if (now < ask_at_) {
    return false;
  }
  ever_asked_ = true;
  last_asked_at_ = now;
  if (++asked_ >= kKeyFrameFastRequests) {
    interval_ = std::min(2 * interval_, kKeyFrameMaxInterval);
  }
  ask_at_ = now + interval_;
  return true;
}

}  // namespace parlance::rtp
