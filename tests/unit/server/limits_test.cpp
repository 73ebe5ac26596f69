// Limits that have to fit each other, of parts that don't know each other.
#include <cstdint>

#include <gtest/gtest.h>

#include "server/option_table.h"
#include "sfu/forward/router.h"
#include "sfu/transport/shard.h"
#include "signaling/call/call_service.h"

namespace parlance::server {
namespace {

TEST(Limits, LetNoMoreIntoACallThanARouterHolds) {
  constexpr std::int64_t kTransportsPerParticipant = 2;
  const Option* option = find_option("call.max_participants");
  ASSERT_NE(option, nullptr);
  EXPECT_LE(kTransportsPerParticipant * option->most,
            static_cast<std::int64_t>(sfu::kMaxTransportsPerRouter));
}

TEST(Limits, OfProducersAreTheCallsBeforeTheyAreTheRouters) {
  EXPECT_LE(signaling::kMaxProducersPerCall, sfu::kMaxProducersPerRouter);
}

}  // namespace
}  // namespace parlance::server
