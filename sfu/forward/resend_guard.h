// Keeps a consumer from getting the same packet again and again within one round trip.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/time.h"

namespace parlance::sfu {

// Remembers when each of the last numbers was sent again, by the low bits of the number. Its memory
// is taken with the first request, since most consumers on good networks never make one.
class ResendGuard {
 public:
  static constexpr std::size_t kRemembered = 512;

  // True where `sequence` was not sent again within `round_trip` before `now`; it is taken as sent
  // then.
  bool allow(Timestamp now, std::uint16_t sequence, Duration round_trip) {
    if (sent_ == nullptr) {
      sent_ = std::make_unique<std::array<Sent, kRemembered>>();
    }
    Sent& last = (*sent_)[sequence % kRemembered];
    if (last.known && last.sequence == sequence && now - last.at < round_trip) {
      return false;
    }
    last = {now, sequence, true};
    return true;
  }

 private:
  struct Sent {
    Timestamp at{};
    std::uint16_t sequence = 0;
    bool known = false;
  };

  std::unique_ptr<std::array<Sent, kRemembered>> sent_;
};

}  // namespace parlance::sfu
