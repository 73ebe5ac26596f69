// How much still goes into a page of history or sync.
#pragma once

#include <algorithm>
#include <cstddef>

#include "chat/domain/types.h"

namespace parlance::chat {

// Counts entries and their text. The first entry always fits, so that every page gets on.
class PageBudget {
 public:
  explicit PageBudget(std::size_t asked) : entries_(std::clamp<std::size_t>(asked, 1, kMaxPage)) {}

  std::size_t entries() const { return entries_; }

  // False, and nothing is counted, where an entry with so much text doesn't fit any more.
  bool take(std::size_t text_bytes) {
    if (entries_ == 0 || (!first_ && text_bytes > bytes_)) {
      entries_ = 0;
      return false;
    }
    first_ = false;
    --entries_;
    bytes_ -= std::min(bytes_, text_bytes);
    return true;
  }

 private:
  std::size_t entries_;
  std::size_t bytes_ = kMaxPageBytes;
  bool first_ = true;
};

}  // namespace parlance::chat
