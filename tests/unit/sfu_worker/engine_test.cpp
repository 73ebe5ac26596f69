#include "sfu/worker/engine.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/engine/engine_fixture.h"

namespace parlance::sfu {
namespace {

using test::MediaClient;
using test::RtpSource;
using test::source_index;

constexpr rtp::Ssrc kConsumerSsrc = 77'000;

TEST_F(EngineTest, ATransportConnects) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient client;
  const TransportId transport = connect(router, client);
  EXPECT_TRUE(run([&] { return saw_state(transport, TransportState::kConnected); }));
  EXPECT_EQ(client.profile(), SrtpProfile::kAeadAes128Gcm);
}

TEST_F(EngineTest, ATransportConnectsOverIpv6) {
  start(1, 1, {"127.0.0.1", "::1"});
  const RouterId router = create_router();
  MediaClient client("::1");
  const TransportId transport = connect(router, client);
  EXPECT_TRUE(run([&] { return saw_state(transport, TransportState::kConnected); }));
}

TEST_F(EngineTest, RtpGoesFromAProducerToItsConsumers) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient publisher;
  MediaClient viewer_a;
  MediaClient viewer_b;
  RtpSource source(4711);
  const ProducerId producer(next_uuid());
  ASSERT_TRUE(produce(router, connect(router, publisher), source.producer(producer)));
  for (MediaClient* const viewer : {&viewer_a, &viewer_b}) {
    ASSERT_TRUE(consume(router,
                        connect(router, *viewer),
                        source.consumer(ConsumerId(next_uuid()), producer, kConsumerSsrc)));
  }
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(publisher.send_rtp(source.next()));
  }
  EXPECT_TRUE(run([&] { return viewer_a.rtp.size() == 100 && viewer_b.rtp.size() == 100; }));
  for (std::uint32_t i = 0; i < viewer_a.rtp.size(); ++i) {
    EXPECT_EQ(source_index(viewer_a.rtp[i]), i);
  }
  EXPECT_EQ(viewer_a.undecryptable, 0U);
}

TEST_F(EngineTest, MediaComesBackAfterAChangeOfNetwork) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient publisher;
  MediaClient viewer;
  RtpSource source(4711);
  const ProducerId producer(next_uuid());
  ASSERT_TRUE(produce(router, connect(router, publisher), source.producer(producer)));
  const TransportId viewing = connect(router, viewer);
  ASSERT_TRUE(
      consume(router, viewing, source.consumer(ConsumerId(next_uuid()), producer, kConsumerSsrc)));
  publisher.send_rtp(source.next());
  ASSERT_TRUE(run([&] { return viewer.rtp.size() == 1; }));

  const auto restarted = ask<IceParameters>([&](MediaReply<IceParameters> reply) {
    engine->restart_ice(router, viewing, executor, std::move(reply));
  });
  ASSERT_TRUE(restarted);
  viewer.move_to("127.0.0.2", *restarted);
  ASSERT_TRUE(run([&] { return viewer.connected(); }));
  EXPECT_THAT(viewer.ice().local_address(), testing::StartsWith("127.0.0.2:"));
  publisher.send_rtp(source.next());
  EXPECT_TRUE(run([&] { return viewer.rtp.size() == 2; }));
  EXPECT_FALSE(saw_state(viewing, TransportState::kClosed));
}

TEST_F(EngineTest, CloseNotifyClosesTheTransport) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient client;
  const TransportId transport = connect(router, client);
  client.close();
  EXPECT_TRUE(run([&] { return saw_state(transport, TransportState::kClosed); }));
}

TEST_F(EngineTest, ClosingATransportTellsTheClient) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient client;
  const TransportId transport = connect(router, client);
  engine->close_transport(router, transport);
  EXPECT_TRUE(run([&] { return client.closed(); }));
}

TEST_F(EngineTest, AWrongFingerprintFailsTheTransport) {
  start(1, 1);
  const RouterId router = create_router();
  const TransportId transport(next_uuid());
  const auto description = create_transport(router, transport);
  ASSERT_TRUE(description);
  MediaClient client;
  const MediaClient another;
  clients.push_back(&client);
  client.connect(*description);
  ASSERT_TRUE(ask<void>([&](MediaReply<void> reply) {
    engine->connect_transport(
        router, transport, another.dtls_parameters(), executor, std::move(reply));
  }));
  EXPECT_TRUE(run([&] { return saw_state(transport, TransportState::kFailed); }));
  EXPECT_FALSE(client.connected());
}

TEST_F(EngineTest, GarbageDisturbsNobody) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient client;
  RtpSource source(4711);
  const ProducerId producer(next_uuid());
  const TransportId transport = connect(router, client);
  ASSERT_TRUE(produce(router, transport, source.producer(producer)));
  for (const std::size_t size : {1U, 2U, 13U, 100U, 1400U}) {
    for (const int first : {0, 1, 22, 64, 128, 144, 255}) {
      std::vector<std::uint8_t> garbage(size, 0xEE);
      garbage[0] = static_cast<std::uint8_t>(first);
      client.send_raw(garbage);
    }
  }
  MediaClient viewer;
  ASSERT_TRUE(consume(router,
                      connect(router, viewer),
                      source.consumer(ConsumerId(next_uuid()), producer, kConsumerSsrc)));
  client.send_rtp(source.next());
  EXPECT_TRUE(run([&] { return viewer.rtp.size() == 1; }));
  EXPECT_TRUE(run([&] {
    const auto counters = engine->load().counters;
    return counters.at("drop_unknown_datagram") > 0 && counters.at("drop_bad_media_auth") > 0;
  })) << "drops are counted";
  EXPECT_EQ(engine->load().counters.at("bugs"), 0U);
}

TEST_F(EngineTest, AnUnknownRouterIsNotFound) {
  start(1, 1);
  const auto description = create_transport(RouterId(next_uuid()), TransportId(next_uuid()));
  EXPECT_EQ(description.error(), MediaError::kNotFound);
}

TEST_F(EngineTest, AClosedRouterIsGoneWithItsTransports) {
  start(1, 1);
  const RouterId router = create_router();
  MediaClient client;
  const TransportId transport = connect(router, client);
  engine->close_router(router);
  EXPECT_TRUE(run([&] { return client.closed(); }));
  EXPECT_EQ(create_transport(router, transport).error(), MediaError::kNotFound);
  EXPECT_TRUE(run([&] { return engine->load().shards[0].transports == 0; }));
}

TEST_F(EngineTest, CallsAreSpreadOverShards) {
  start(2, 4);
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 4; ++i) {
    const auto description = create_transport(create_router(), TransportId(next_uuid()));
    ASSERT_TRUE(description);
    ports.insert(description->candidates.at(0).port);
  }
  EXPECT_EQ(ports.size(), 4U);
  const EngineLoad load = engine->load();
  ASSERT_EQ(load.shards.size(), 4U);
  ASSERT_EQ(load.workers.size(), 2U);
  EXPECT_EQ(load.workers[0].shards, 2U);
  for (const ShardLoad& shard : load.shards) {
    EXPECT_EQ(shard.routers, 1U);
    EXPECT_EQ(shard.transports, 1U);
    EXPECT_TRUE(ports.contains(shard.port));
  }
}

TEST_F(EngineTest, ACallGrowsOverShardsWhereAllAreToBeUsed) {
  spread_at = 0;
  start(2, 2);
  const RouterId router = create_router();
  MediaClient publisher;
  RtpSource source(4711);
  const ProducerId producer(next_uuid());
  ASSERT_TRUE(produce(router, connect(router, publisher), source.producer(producer)));
  MediaClient near;
  MediaClient far;
  std::vector<ConsumerId> consumers;
  for (MediaClient* const viewer : {&near, &far}) {
    consumers.emplace_back(next_uuid());
    ASSERT_TRUE(consume(router,
                        connect(router, *viewer),
                        source.consumer(consumers.back(), producer, kConsumerSsrc)));
  }
  EXPECT_GE(engine->load().shards[0].transports, 1U);
  EXPECT_GE(engine->load().shards[1].transports, 1U);
  ASSERT_TRUE(run([&] {
    publisher.send_rtp(source.next());
    return !near.rtp.empty() && !far.rtp.empty();
  }));

  engine->set_consumer_paused(router, consumers[0], true);
  engine->set_consumer_paused(router, consumers[1], true);
  engine->set_producer_paused(router, producer, true);
  engine->close_producer(router, producer);
  EXPECT_TRUE(run([&] {
    const EngineLoad load = engine->load();
    return load.shards[0].consumers + load.shards[1].consumers == 0 &&
           load.shards[0].producers + load.shards[1].producers == 0;
  })) << "closed wherever it was";
  engine->close_router(router);
  EXPECT_TRUE(run([&] { return near.closed() && far.closed(); }));
  EXPECT_TRUE(run(
      [&] { return engine->load().shards[0].routers + engine->load().shards[1].routers == 0; }));
}

TEST_F(EngineTest, AProducerIsClosedEverywhereWithItsTransport) {
  spread_at = 0;
  start(2, 2);
  const RouterId router = create_router();
  MediaClient publisher;
  MediaClient viewer;
  const RtpSource source(4711);
  const ProducerId producer(next_uuid());
  const TransportId sending = connect(router, publisher);
  ASSERT_TRUE(produce(router, sending, source.producer(producer)));
  ASSERT_TRUE(consume(router,
                      connect(router, viewer),
                      source.consumer(ConsumerId(next_uuid()), producer, kConsumerSsrc)));
  engine->close_transport(router, sending);
  EXPECT_TRUE(run([&] {
    const EngineLoad load = engine->load();
    return load.shards[0].producers + load.shards[1].producers == 0;
  }));
  MediaClient late;
  const ConsumerOptions gone = source.consumer(ConsumerId(next_uuid()), producer, kConsumerSsrc);
  EXPECT_EQ(consume(router, connect(router, late), gone).error(), MediaError::kNotFound);
}

TEST_F(EngineTest, AProducerThatWasRefusedCanBeTriedAgain) {
  start(1, 1);
  const RouterId router = create_router();
  const TransportId transport(next_uuid());
  ASSERT_TRUE(create_transport(router, transport));
  const RtpSource source(4711);
  const ProducerId producer(next_uuid());
  EXPECT_EQ(produce(router, transport, source.producer(producer)).error(),
            MediaError::kNotConnected);
  MediaClient publisher;
  EXPECT_TRUE(produce(router, connect(router, publisher), source.producer(producer)));
}

TEST_F(EngineTest, WhatIsAskedOfAStoppedEngineIsAnswered) {
  start(1, 1);
  const RouterId router = create_router();
  int answers = 0;
  for (int i = 0; i < 200; ++i) {
    engine->create_transport(router,
                             TransportId(next_uuid()),
                             executor,
                             [&](std::expected<TransportDescription, MediaError>) { ++answers; });
  }
  engine.reset();
  executor.run();
  EXPECT_EQ(answers, 200);
}

TEST_F(EngineTest, ASecondEngineOnItsPortsIsRefused) {
  start(1, 2);
  EngineOptions same;
  same.shards = 1;
  same.listen_addresses = {"127.0.0.1"};
  same.first_port = engine->load().shards[1].port;
  const auto second = start_media_engine(same);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), testing::HasSubstr(std::to_string(same.first_port)));
}

TEST_F(EngineTest, ImpossibleNumbersAreRefused) {
  EngineOptions no_shards;
  no_shards.shards = 0;
  EXPECT_FALSE(start_media_engine(no_shards));
  EngineOptions no_workers;
  no_workers.workers = 0;
  EXPECT_FALSE(start_media_engine(no_workers));
}

}  // namespace
}  // namespace parlance::sfu
