#include "sfu/worker/placement.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(LoadScore, CountsWhicheverIsHigherOfCpuAndPackets) {
  ShardLoad busy;
  busy.cpu = 0.5;
  ShardLoad flooded;
  flooded.packets_in_per_s = 300'000;
  EXPECT_GT(load_score(busy, {}), load_score({}, {}));
  EXPECT_GT(load_score(flooded, {}), load_score(busy, {}));
  EXPECT_GT(load_score({}, {.routers = 1, .transports = 0}), load_score({}, {}))
      << "a call without load yet";
}

TEST(LeastLoaded, TakesTheFirstOfEquals) {
  EXPECT_EQ(least_loaded(std::vector<ShardStanding>{{0.0, 0}, {0.0, 1}}, 2), 0U);
}

TEST(LeastLoaded, TakesAnIdleShardOfAnIdleWorker) {
  // Shards 0 and 2 share a worker; shard 0 is busy.
  const std::vector<ShardStanding> shards = {{0.5, 0}, {0.1, 1}, {0.0, 0}, {0.0, 1}};
  EXPECT_EQ(least_loaded(shards, 2), 3U);
}

TEST(ShardForTransport, StaysWhereTheCallIs) {
  const std::vector<ShardStanding> shards = {{0.05, 0}, {0.0, 1}, {0.0, 0}, {0.0, 1}};
  EXPECT_EQ(shard_for_transport(shards, 2, {true, false, false, false}, 0.1), 0U);
  EXPECT_EQ(shard_for_transport(shards, 2, {true, true, false, false}, 0.1), 1U);
}

TEST(ShardForTransport, GrowsOntoAWorkerThatHasMuchLessToDo) {
  const std::vector<ShardStanding> shards = {{0.2, 0}, {0.05, 1}, {0.0, 0}, {0.0, 1}};
  EXPECT_EQ(shard_for_transport(shards, 2, {true, false, false, false}, 0.1), 3U);
  EXPECT_EQ(shard_for_transport(shards, 2, {true, false, false, false}, 0.3), 0U);
}

TEST(ShardForTransport, DoesNotSpreadWithinAWorker) {
  const std::vector<ShardStanding> shards = {{0.9, 0}, {0.0, 0}};
  EXPECT_EQ(shard_for_transport(shards, 1, {true, false}, 0.0), 0U);
}

TEST(AssignShards, LeavesThemWhereTheyAreWhenThatIsEven) {
  const std::vector<ShardStanding> shards = {{0.0, 1}, {0.0, 0}, {0.0, 1}, {0.0, 0}};
  EXPECT_EQ(assign_shards(shards, 2), (std::vector<unsigned>{1, 0, 1, 0}));
}

TEST(AssignShards, SpreadsOverNewWorkers) {
  const std::vector<ShardStanding> shards = {{0.2, 0}, {0.2, 0}, {0.2, 0}};
  auto assigned = assign_shards(shards, 3);
  std::ranges::sort(assigned);
  EXPECT_EQ(assigned, (std::vector<unsigned>{0, 1, 2}));
}

TEST(AssignShards, LeavesNothingOnWorkersThatGo) {
  const std::vector<ShardStanding> shards = {{0.2, 0}, {0.2, 1}, {0.2, 2}};
  EXPECT_EQ(assign_shards(shards, 1), (std::vector<unsigned>{0, 0, 0}));
}

TEST(AssignShards, PutsABusyShardAlone) {
  const std::vector<ShardStanding> shards = {{0.9, 0}, {0.1, 0}, {0.1, 0}, {0.1, 0}};
  const auto assigned = assign_shards(shards, 2);
  EXPECT_EQ(std::ranges::count(assigned, assigned[0]), 1);
}

}  // namespace
}  // namespace parlance::sfu
