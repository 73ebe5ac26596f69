// When to ask a publisher for a key frame on behalf of all its consumers.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace parlance::rtp {

// Browsers ignore requests for about 300 ms after a key frame, and requests get lost, so one that
// is sent once may never be heard. Chosen so that a consumer which starts right after a key frame
// waits 400 ms at worst, and a publisher that never answers gets one request a second.
inline constexpr Duration kKeyFrameFirstInterval = std::chrono::milliseconds(100);
inline constexpr unsigned kKeyFrameFastRequests = 10;
inline constexpr Duration kKeyFrameMaxInterval = std::chrono::milliseconds(1000);

// One per producer stream. Each consumer that needs a key frame (start, resume, PLI, FIR) holds one
// wish, open until the first packet of a key frame was forwarded to it. While any is open, requests
// repeat: every 100 ms ten times, then at doubling intervals up to one second. However many
// consumers wish, at most one request goes out in 100 ms.
class KeyFrameRequester {
 public:
  // A consumer that had no open wish has one now.
  void open_wish(Timestamp now);

  // Its key frame was forwarded to it, or it is paused or gone.
  void close_wish();

  // The owner sends a PLI whenever it returns true; call when next_timeout() has come, and after
  // open_wish(), which may be due at once.
  bool on_timeout(Timestamp now);

  Timestamp next_timeout() const { return ask_at_; }

  std::uint32_t open_wishes() const { return wishes_; }

 private:
  std::uint32_t wishes_ = 0;
  unsigned asked_ = 0;
  Duration interval_ = kKeyFrameFirstInterval;
  Timestamp ask_at_ = kNever;
  Timestamp last_asked_at_{};
  bool ever_asked_ = false;
};

// A consumer's side: whether it waits, told to the requester once per change.
class KeyFrameWish {
 public:
  void open(Timestamp now, KeyFrameRequester& requester) {
    if (!open_) {
      open_ = true;
      requester.open_wish(now);
    }
  }

  void close(KeyFrameRequester& requester) {
    if (open_) {
      open_ = false;
      requester.close_wish();
    }
  }

  bool is_open() const { return open_; }

 private:
  bool open_ = false;
};

}  // namespace parlance::rtp
