// What the simulations share: one run per seed, the seed in the test's name and in every failure.
#pragma once

#include <gtest/gtest.h>

#include "tests/sim/world/sim_world.h"

namespace parlance::test {

using namespace std::chrono_literals;

class SimTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  SimTest() : world(GetParam()), trace_(__FILE__, __LINE__, "seed " + std::to_string(GetParam())) {}

  SimWorld world;

 private:
  ::testing::ScopedTrace trace_;
};

inline std::string seed_name(const ::testing::TestParamInfo<std::uint64_t>& info) {
  return "seed" + std::to_string(info.param);
}

}  // namespace parlance::test
