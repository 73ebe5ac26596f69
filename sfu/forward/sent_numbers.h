// Sees to it that a consumer's sequence number carries one packet only.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/stream/sequence.h"

namespace parlance::sfu {

// Two different packets under one SRTP index would break AES-GCM (RFC 7714 section 8.4). A
// publisher can bring that about: by repairing, after a pause or with other content, what was
// forwarded long ago. The window is libsrtp's, which refuses older ones by itself.
class SentNumbers {
 public:
  static constexpr int kWindow = 1024;

  // True where nothing has gone out under `sequence` yet; it is taken as sent then.
  bool take(std::uint16_t sequence) {
    if (!newest_) {
      newest_ = sequence;
    }
    const int ahead = rtp::sequence_distance(sequence, *newest_);
    if (ahead <= -kWindow) {
      return false;
    }
    if (ahead >= kWindow) {
      sent_.reset();
      newest_ = sequence;
    }
    while (*newest_ != sequence && ahead > 0) {
      sent_.reset(++*newest_ % kWindow);
    }
    const std::size_t bit = sequence % kWindow;
    const bool fresh = !sent_.test(bit);
    sent_.set(bit);
    return fresh;
  }

 private:
  std::bitset<kWindow> sent_;
  std::optional<std::uint16_t> newest_;
};

}  // namespace parlance::sfu
