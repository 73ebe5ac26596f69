#include "rtp/rtcp/compound.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;

TEST(Compound, WalksItsPackets) {
  const auto bytes = hex("80 c9 0001 00000001  81 ce 0002 00000001 00000002");
  CompoundReader reader(bytes);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is(PacketType::kReceiverReport));
  EXPECT_EQ(first->body.size(), 4U);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->is(PacketType::kPayloadFeedback, kFormatPli));
  EXPECT_EQ(second->body.size(), 8U);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(Compound, StopsWhereALengthIsALie) {
  const auto bytes = hex("80 c9 0001 00000001  81 ce 0003 00000001 00000002");
  CompoundReader reader(bytes);
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.malformed());
  EXPECT_FALSE(reader.next());
}

TEST(Compound, StopsAtOtherVersionsAndStumps) {
  for (const auto& bytes : {hex("40 c9 0001 00000001"), hex("80 c9 00"), hex("80")}) {
    CompoundReader reader(bytes);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.malformed());
  }
}

TEST(Compound, LeavesPaddingOutOfTheBody) {
  const auto bytes = hex("a0 c9 0002 00000001 00000004");
  CompoundReader reader(bytes);
  const auto packet = reader.next();
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->body.size(), 4U);
}

TEST(Compound, RefusesPaddingThatCannotBe) {
  for (const auto& bytes :
       {hex("a0 c9 0001 00000000"), hex("a0 c9 0001 00000005"), hex("a0 c9 0000")}) {
    CompoundReader reader(bytes);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.malformed());
  }
}

TEST(Compound, OfNothingHoldsNothing) {
  CompoundReader reader({});
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

}  // namespace
}  // namespace parlance::rtp::rtcp
