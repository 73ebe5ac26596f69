// A list of fixed capacity inside its owner, for parsed packets that must not allocate.
#pragma once

#include <array>
#include <cstddef>

namespace parlance::rtp::rtcp {

template <typename T, std::size_t Capacity>
class BoundedList {
 public:
  // False when full.
  bool push(const T& value) {
    if (size_ == Capacity) {
      return false;
    }
    items_[size_++] = value;
    return true;
  }

  std::size_t size() const { return size_; }

  bool empty() const { return size_ == 0; }

  const T& operator[](std::size_t i) const { return items_[i]; }

  const T* begin() const { return items_.data(); }

  const T* end() const { return items_.data() + size_; }

 private:
  std::array<T, Capacity> items_{};
  std::size_t size_ = 0;
};

}  // namespace parlance::rtp::rtcp
