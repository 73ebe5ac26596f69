// Writes big-endian fields into a buffer lent by the caller; a write past its end fails, and so do
// all later ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace parlance {

class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> out) : out_(out) {}

  bool ok() const { return ok_; }

  std::size_t size() const { return at_; }

  std::span<const std::uint8_t> written() const { return out_.first(at_); }

  void u8(std::uint8_t value) { put(value, 1); }

  void u16(std::uint16_t value) { put(value, 2); }

  void u24(std::uint32_t value) { put(value, 3); }

  void u32(std::uint32_t value) { put(value, 4); }

  void u64(std::uint64_t value) { put(value, 8); }

  void bytes(std::span<const std::uint8_t> value) {
    if (need(value.size())) {
      std::ranges::copy(value, out_.begin() + static_cast<std::ptrdiff_t>(at_));
      at_ += value.size();
    }
  }

  void zeros(std::size_t count) {
    if (need(count)) {
      std::fill_n(out_.begin() + static_cast<std::ptrdiff_t>(at_), count, std::uint8_t{0});
      at_ += count;
    }
  }

  // Overwrites two bytes written before, for a length known only at the end.
  void patch_u16(std::size_t position, std::uint16_t value) {
    if (ok_ && position + 2 <= at_) {
      out_[position] = static_cast<std::uint8_t>(value >> 8U);
      out_[position + 1] = static_cast<std::uint8_t>(value & 0xFFU);
    }
  }

 private:
  bool need(std::size_t count) {
    if (!ok_ || out_.size() - at_ < count) {
      ok_ = false;
    }
    return ok_;
  }

  void put(std::uint64_t value, std::size_t count) {
    if (!need(count)) {
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      out_[at_ + i] = static_cast<std::uint8_t>(value >> (8U * (count - 1 - i)) & 0xFFU);
    }
    at_ += count;
  }

  std::span<std::uint8_t> out_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace parlance
