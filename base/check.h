// CHECK: for broken assumptions of our own code, never for input from the network.
#pragma once

#include <source_location>
#include <stdexcept>

namespace parlance {

// Thrown by a failed CHECK in release builds; caught in one place per thread, which closes the peer
// or call that was being served, counts it and logs it once.
class Bug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* expression, std::source_location where);

}  // namespace parlance

#define CHECK(condition)                                                     \
  do {                                                                       \
    if (!(condition)) [[unlikely]] {                                         \
      ::parlance::check_failed(#condition, std::source_location::current()); \
    }                                                                        \
  } while (false)
