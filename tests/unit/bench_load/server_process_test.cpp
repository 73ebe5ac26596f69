#include "bench/load/server_process.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <unistd.h>

namespace parlance::load {
namespace {

TEST(ServerProcess, TimeSpentByAThreadIsCountedThereAndInTheWhole) {
  const ProcessUse before = use_of(getpid());
  double sum = 0;
  for (int i = 1; i < 20'000'000; ++i) {
    sum += 1.0 / i;
  }
  ASSERT_GT(sum, 1);
  const ProcessUse after = use_of(getpid());
  EXPECT_GT(after.on_cpu_s, before.on_cpu_s);
  EXPECT_GT(after.threads.at(gettid()).on_cpu_s, before.threads.at(gettid()).on_cpu_s);
  EXPECT_GT(after.resident_bytes, 1'000'000u);
}

TEST(ServerProcess, ThatIsNotThereIsRefused) {
  EXPECT_THROW(use_of(0x7FFF'FFFF), std::runtime_error);
}

}  // namespace
}  // namespace parlance::load
