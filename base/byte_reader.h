// Reads big-endian fields from bytes of the network; after one failed read all later reads fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace parlance {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  // False once any read went past the end. A failed read returns zero or an empty span.
  bool ok() const { return ok_; }

  std::size_t remaining() const { return bytes_.size() - at_; }

  std::size_t position() const { return at_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }

  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }

  std::uint32_t u24() { return static_cast<std::uint32_t>(take(3)); }

  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }

  std::uint64_t u64() { return take(8); }

  std::span<const std::uint8_t> bytes(std::size_t count) {
    if (!need(count)) {
      return {};
    }
    const auto taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }

  void skip(std::size_t count) { bytes(count); }

  std::span<const std::uint8_t> rest() { return bytes(remaining()); }

 private:
  bool need(std::size_t count) {
    if (!ok_ || remaining() < count) {
      ok_ = false;
    }
    return ok_;
  }

  std::uint64_t take(std::size_t count) {
    if (!need(count)) {
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value = value << 8U | bytes_[at_ + i];
    }
    at_ += count;
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace parlance
