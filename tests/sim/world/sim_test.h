// What the simulations share: one run per seed and number of shards, both in the test's name and in
// every failure.
#pragma once

#include <gtest/gtest.h>

#include "tests/sim/world/sim_world.h"

namespace parlance::test {

using namespace std::chrono_literals;

class SimTest : public ::testing::TestWithParam<SimRun> {
 protected:
  SimTest()
      : world(GetParam()), trace_(__FILE__, __LINE__, "seed " + std::to_string(GetParam().seed)) {}

  SimWorld world;

 private:
  ::testing::ScopedTrace trace_;
};

inline std::string run_name(const ::testing::TestParamInfo<SimRun>& info) {
  return "seed" + std::to_string(info.param.seed) + (info.param.shards == 1 ? "" : "_two_shards");
}

}  // namespace parlance::test
