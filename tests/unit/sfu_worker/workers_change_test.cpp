// The number of workers changes while media flows.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/engine/engine_fixture.h"

namespace parlance::sfu {
namespace {

using test::MediaClient;
using test::RtpSource;
using test::source_index;

// A publisher and a viewer in a call of their own.
struct Call {
  RouterId router;
  MediaClient publisher;
  MediaClient viewer;
  RtpSource source{4711};
};

class WorkersChangeTest : public EngineTest {
 protected:
  std::unique_ptr<Call> make_call() {
    auto call = std::make_unique<Call>();
    call->router = create_router();
    const ProducerId producer(next_uuid());
    EXPECT_TRUE(produce(
        call->router, connect(call->router, call->publisher), call->source.producer(producer)));
    EXPECT_TRUE(consume(call->router,
                        connect(call->router, call->viewer),
                        call->source.consumer(ConsumerId(next_uuid()), producer, 9)));
    return call;
  }
};

TEST_F(WorkersChangeTest, NoPacketIsLostFromOneToThreeToOne) {
  start(1, 3);
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 3; ++i) {
    calls.push_back(make_call());
  }
  const auto send_some = [&] {
    for (const auto& call : calls) {
      for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(call->publisher.send_rtp(call->source.next()));
      }
    }
  };
  for (const unsigned workers : {3U, 1U, 2U, 3U, 1U}) {
    bool changed = false;
    engine->set_workers(workers, executor, [&](std::expected<void, MediaError> result) {
      EXPECT_TRUE(result);
      changed = true;
    });
    // Packets under way while shards change threads, and some after.
    ASSERT_TRUE(run([&] {
      send_some();
      return changed;
    }));
    send_some();
    const EngineLoad load = engine->load();
    EXPECT_EQ(load.workers.size(), workers);
    for (const WorkerLoad& worker : load.workers) {
      EXPECT_GE(worker.shards, 1U);
    }
  }
  for (const auto& call : calls) {
    ASSERT_TRUE(run([&] { return call->viewer.rtp.size() >= call->source.sent(); }));
    EXPECT_EQ(call->viewer.rtp.size(), call->source.sent());
    for (std::uint32_t i = 0; i < call->viewer.rtp.size(); ++i) {
      ASSERT_EQ(source_index(call->viewer.rtp[i]), i);
    }
  }
}

// One call on all shards: packets cross between threads while shards change theirs.
TEST_F(WorkersChangeTest, NoPacketOfACallOverSeveralShardsIsLost) {
  spread_at = 0;
  start(3, 3);
  const RouterId router = create_router();
  MediaClient publisher;
  RtpSource source{4711};
  const ProducerId producer(next_uuid());
  ASSERT_TRUE(produce(router, connect(router, publisher), source.producer(producer)));
  std::vector<std::unique_ptr<MediaClient>> viewers;
  for (int i = 0; i < 5; ++i) {
    viewers.push_back(std::make_unique<MediaClient>());
    ASSERT_TRUE(consume(router,
                        connect(router, *viewers.back()),
                        source.consumer(ConsumerId(next_uuid()), producer, 9)));
  }
  for (const ShardLoad& shard : engine->load().shards) {
    EXPECT_GE(shard.transports, 1U);
  }
  // Those elsewhere are subscribed to first: what is sent before is nobody's.
  ASSERT_TRUE(run([&] {
    publisher.send_rtp(source.next());
    return std::ranges::all_of(viewers, [](const auto& viewer) { return !viewer->rtp.empty(); });
  }));
  const std::uint32_t before = source.sent();
  for (const unsigned workers : {1U, 3U, 2U, 1U}) {
    bool changed = false;
    engine->set_workers(workers, executor, [&](std::expected<void, MediaError> result) {
      EXPECT_TRUE(result);
      changed = true;
    });
    ASSERT_TRUE(run([&] {
      EXPECT_TRUE(publisher.send_rtp(source.next()));
      return changed;
    }));
  }
  for (const auto& viewer : viewers) {
    ASSERT_TRUE(run([&] {
      return !viewer->rtp.empty() && source_index(viewer->rtp.back()) == source.sent() - 1;
    }));
    const std::size_t first = viewer->rtp.size() - (source.sent() - before);
    for (std::size_t i = first; i < viewer->rtp.size(); ++i) {
      ASSERT_EQ(source_index(viewer->rtp[i]), before + i - first);
    }
  }
  ASSERT_TRUE(run([&] { return engine->load().counters.at("pipe_packets") >= source.sent(); }));
  const auto counters = engine->load().counters;
  EXPECT_EQ(counters.at("pipe_packets_dropped"), 0U);
  EXPECT_EQ(counters.at("pipe_strays"), 0U);
  EXPECT_EQ(counters.at("drop_no_packet_slot"), 0U);
  EXPECT_EQ(counters.at("outbox_refused"), 0U);
}

TEST_F(WorkersChangeTest, CommandsUnderWayAreCarriedOutInOrder) {
  start(1, 2);
  const RouterId router = create_router();
  std::vector<int> answered;
  bool changed = false;
  const TransportId transport(next_uuid());
  for (int i = 0; i < 100; ++i) {
    engine->create_transport(
        router,
        transport,
        executor,
        [&answered, i](const std::expected<TransportDescription, MediaError>&) {
          answered.push_back(i);
        });
    if (i == 50) {
      engine->set_workers(2, executor, [&](std::expected<void, MediaError>) { changed = true; });
    }
  }
  ASSERT_TRUE(run([&] { return changed && answered.size() == 100; }));
  EXPECT_TRUE(std::ranges::is_sorted(answered));
}

TEST_F(WorkersChangeTest, MoreWorkersThanShardsIdle) {
  start(1, 1);
  EXPECT_TRUE(set_workers(4));
  EXPECT_EQ(engine->load().workers.size(), 4U);
  const RouterId router = create_router();
  MediaClient client;
  connect(router, client);
}

TEST_F(WorkersChangeTest, NoneAndTooManyAreRefused) {
  start(1, 1);
  EXPECT_FALSE(set_workers(0));
  EXPECT_FALSE(set_workers(100'000));
  EXPECT_TRUE(set_workers(1)) << "nothing to do is done";
}

TEST_F(WorkersChangeTest, AnEngineCanStopInTheMiddle) {
  for (int i = 0; i < 8; ++i) {
    start(1, 4);
    int answers = 0;
    engine->set_workers(4, executor, [&](std::expected<void, MediaError>) { ++answers; });
    engine.reset();
    executor.run();
    EXPECT_EQ(answers, 1);
  }
}

}  // namespace
}  // namespace parlance::sfu
