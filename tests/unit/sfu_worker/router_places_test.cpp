#include "sfu/worker/router_places.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/media_samples.h"

namespace parlance::sfu {
namespace {

class RouterPlacesTest : public ::testing::Test {
 protected:
  RouterPlacesTest() {
    EXPECT_TRUE(places.add_router(router, 1, {}));
    places.add_transport(router, sending, 1);
    places.add_transport(router, receiving, 2);
  }

  const RouterId router = test::id_of<RouterId>(1);
  const TransportId sending = test::id_of<TransportId>(1);
  const TransportId receiving = test::id_of<TransportId>(2);
  const ProducerOptions video = test::video_producer(1, 1000);
  RouterPlaces places{3};
};

TEST_F(RouterPlacesTest, ARouterIsOnItsHomeAndWhereItsTransportsAre) {
  EXPECT_EQ(places.home(router), 1U);
  EXPECT_EQ(places.shards(router), (std::vector<unsigned>{1, 2}));
  EXPECT_EQ(places.transport(router, receiving), 2U);
  EXPECT_FALSE(places.add_router(router, 0, {}));
  EXPECT_EQ(places.home(router), 1U);
}

TEST_F(RouterPlacesTest, CountsWhatWasPlaced) {
  EXPECT_EQ(places.placed()[1].routers, 1U);
  EXPECT_EQ(places.placed()[1].transports, 1U);
  EXPECT_EQ(places.placed()[2].transports, 1U);
  places.remove_transport(router, receiving);
  places.remove_transport(router, receiving);
  EXPECT_EQ(places.placed()[2].transports, 0U);
  EXPECT_EQ(places.remove_router(router), (std::vector<unsigned>{1, 2}));
  EXPECT_EQ(places.placed()[1].routers, 0U);
  EXPECT_EQ(places.placed()[1].transports, 0U);
}

TEST_F(RouterPlacesTest, AProducerIsWhereItsTransportIs) {
  EXPECT_TRUE(places.add_producer(router, receiving, video));
  EXPECT_EQ(places.producer(router, video.id)->shard, 2U);
  EXPECT_FALSE(places.add_producer(router, sending, video)) << "the id is another transport's";
  EXPECT_TRUE(places.add_producer(router, receiving, video)) << "the same again";
}

TEST_F(RouterPlacesTest, AProducerIsRememberedAsItIsNow) {
  places.add_producer(router, sending, video);
  const auto before = places.producer(router, video.id);
  places.set_paused(router, video.id, true);
  EXPECT_TRUE(places.producer(router, video.id)->options->paused);
  EXPECT_FALSE(before->options->paused) << "what a command took along stays as it was";
}

TEST_F(RouterPlacesTest, ProducersGoWithTheirTransport) {
  places.add_producer(router, sending, video);
  EXPECT_TRUE(places.remove_transport(router, receiving).empty());
  EXPECT_EQ(places.remove_transport(router, sending), (std::vector{video.id}));
  EXPECT_FALSE(places.producer(router, video.id));
}

TEST_F(RouterPlacesTest, NothingIsKnownOfAnUnknownRouter) {
  const auto other = test::id_of<RouterId>(9);
  places.add_transport(other, sending, 0);
  EXPECT_FALSE(places.add_producer(other, sending, video));
  EXPECT_TRUE(places.shards(other).empty());
  EXPECT_TRUE(places.parts(other).empty());
  EXPECT_FALSE(places.home(other));
  EXPECT_FALSE(places.transport(other, sending));
  EXPECT_TRUE(places.remove_router(other).empty());
  EXPECT_EQ(places.placed()[0].transports, 0U);
}

}  // namespace
}  // namespace parlance::sfu
