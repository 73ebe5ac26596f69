#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::server {
namespace {

using testing::HasSubstr;

TEST(Metrics, ShowLoadPerShardAndWorker) {
  sfu::EngineLoad load;
  load.shards = {{0, 1, 40000, 2, 3, 4, 5, 600, 700, 0.25}};
  load.workers = {{1, 1, 0.5}};
  load.counters = {{"drop_bad_stun", 7}};
  const std::string text = metrics_text(load, {});
  EXPECT_THAT(text, HasSubstr("# TYPE parlance_shard_cpu_ratio gauge\n"));
  EXPECT_THAT(text, HasSubstr("parlance_shard_cpu_ratio{shard=\"0\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("parlance_shard_packets_out_per_second{shard=\"0\"} 700\n"));
  EXPECT_THAT(text, HasSubstr("parlance_worker_shards{worker=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE parlance_media_events_total counter\n"));
  EXPECT_THAT(text, HasSubstr("parlance_media_events_total{event=\"drop_bad_stun\"} 7\n"));
}

TEST(Metrics, TellTotalsFromCurrentNumbers) {
  const std::string text = metrics_text({}, {{"frames_in", 9}, {"sessions", 3}});
  EXPECT_THAT(text, HasSubstr("# TYPE parlance_signaling_frames_in_total counter\n"));
  EXPECT_THAT(text, HasSubstr("parlance_signaling_frames_in_total 9\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE parlance_signaling_sessions gauge\n"));
}

}  // namespace
}  // namespace parlance::server
