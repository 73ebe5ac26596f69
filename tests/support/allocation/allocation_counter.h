// Counts what `new` and malloc's other C++ doors give out, in every binary that links it.
#pragma once

#include <cstdint>

namespace parlance::test {

// By the calling thread since it started.
std::uint64_t allocations();

}  // namespace parlance::test
