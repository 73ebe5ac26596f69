#include "sfu/forward/pipe.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "base/check.h"

namespace parlance::sfu {

Pipe::Pipe(std::size_t capacity) : capacity_(capacity) {
  CHECK(std::has_single_bit(capacity) && capacity >= 2 * longest_record());
}

std::span<std::uint8_t> Pipe::bytes(std::uint64_t position, std::size_t size) const {
  return std::span(ring_.get(), capacity_).subspan(position & (capacity_ - 1), size);
}

// Where the record that follows `position` begins: none wraps around.
std::uint64_t Pipe::record_from(std::uint64_t position) const {
  const std::uint64_t left = capacity_ - (position & (capacity_ - 1));
  return left < longest_record() ? position + left : position;
}

bool Pipe::write(const PipeMessage& message, std::span<const std::uint8_t> body) {
  static_assert(std::is_trivially_copyable_v<Header>);
  CHECK(body.size() <= kMaxDatagramBytes);
  const std::uint64_t begin = record_from(written_);
  const std::uint64_t end = begin + record_bytes(body.size());
  if (end - seen_read_ > capacity_) {
    seen_read_ = read_.load(std::memory_order_acquire);
    if (end - seen_read_ > capacity_) {
      return false;
    }
  }
  if (ring_ == nullptr) {
    ring_ = std::make_unique_for_overwrite<std::uint8_t[]>(capacity_);
  }
  const Header header{.message = message, .body_size = static_cast<std::uint16_t>(body.size())};
  std::memcpy(bytes(begin, sizeof(Header)).data(), &header, sizeof(Header));
  if (!body.empty()) {
    std::memcpy(bytes(begin + sizeof(Header), body.size()).data(), body.data(), body.size());
  }
  written_ = end;
  return true;
}

std::size_t Pipe::free() {
  seen_read_ = read_.load(std::memory_order_acquire);
  const std::uint64_t used = written_ - seen_read_ + longest_record();
  return used < capacity_ ? capacity_ - used : 0;
}

bool Pipe::publish() {
  if (published_.load(std::memory_order_relaxed) == written_) {
    return false;
  }
  published_.store(written_, std::memory_order_release);
  return !awake_.exchange(true, std::memory_order_acq_rel);
}

std::optional<Pipe::Entry> Pipe::front() const {
  const std::uint64_t position = read_.load(std::memory_order_relaxed);
  if (position == published_.load(std::memory_order_acquire)) {
    return std::nullopt;
  }
  const std::uint64_t begin = record_from(position);
  Header header;
  std::memcpy(&header, bytes(begin, sizeof(Header)).data(), sizeof(Header));
  return Entry{header.message, bytes(begin + sizeof(Header), header.body_size)};
}

void Pipe::pop() {
  const auto entry = front();
  CHECK(entry);
  const std::uint64_t begin = record_from(read_.load(std::memory_order_relaxed));
  read_.store(begin + record_bytes(entry->body.size()), std::memory_order_release);
}

}  // namespace parlance::sfu
