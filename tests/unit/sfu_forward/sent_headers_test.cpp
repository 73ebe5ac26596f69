#include "sfu/forward/sent_headers.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

MediaPacket packet(rtp::ExtendedSequence sequence, Timestamp accepted_at = Timestamp(1000s)) {
  MediaPacket made;
  made.sequence = sequence;
  made.accepted_at = accepted_at;
  return made;
}

rtp::OutgoingFields fields_of(std::uint16_t sequence) {
  rtp::OutgoingFields fields;
  fields.sequence = sequence;
  fields.timestamp = 11;
  fields.transport_sequence = 13;
  return fields;
}

TEST(SentHeaders, AreGivenBackAsTheyWere) {
  SentHeaders headers;
  EXPECT_EQ(headers.find(7, packet(100)), nullptr);
  headers.remember(packet(100), fields_of(7));
  const rtp::OutgoingFields* const fields = headers.find(7, packet(100));
  ASSERT_NE(fields, nullptr);
  EXPECT_EQ(fields->timestamp, 11U);
  EXPECT_EQ(fields->transport_sequence, 13);
}

TEST(SentHeaders, AreThoseOfOnePacket) {
  SentHeaders headers;
  headers.remember(packet(100), fields_of(7));
  EXPECT_EQ(headers.find(8, packet(100)), nullptr);
  EXPECT_EQ(headers.find(7, packet(101)), nullptr);
  EXPECT_EQ(headers.find(7, packet(100, Timestamp(1001s))), nullptr)
      << "another one under the same number";
}

TEST(SentHeaders, MakeRoomForNewOnes) {
  SentHeaders headers;
  headers.remember(packet(100), fields_of(7));
  headers.remember(packet(900), fields_of(7 + SentHeaders::kRemembered));
  EXPECT_EQ(headers.find(7, packet(100)), nullptr);
  EXPECT_NE(headers.find(7 + SentHeaders::kRemembered, packet(900)), nullptr);
}

}  // namespace
}  // namespace parlance::sfu
