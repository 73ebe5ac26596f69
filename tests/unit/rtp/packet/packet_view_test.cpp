#include "rtp/packet/packet_view.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

ExtensionMap all_by_kind() {
  ExtensionMap map;
  for (std::size_t i = 1; i < kExtensionKinds; ++i) {
    map.add(static_cast<ExtensionKind>(i), static_cast<std::uint8_t>(i));
  }
  return map;
}

TEST(PacketView, ReadsTheFixedHeader) {
  const auto bytes = hex("80 e4 1234 01020304 a1b2c3d4 55 66 77");
  const auto view = PacketView::parse(bytes, {});
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->marker());
  EXPECT_EQ(view->payload_type(), 100);
  EXPECT_EQ(view->sequence(), 0x1234);
  EXPECT_EQ(view->timestamp(), 0x01020304U);
  EXPECT_EQ(view->ssrc(), 0xA1B2C3D4U);
  EXPECT_EQ(view->header_size(), 12U);
  EXPECT_EQ(view->payload().size(), 3U);
  EXPECT_EQ(view->payload()[0], 0x55);
}

TEST(PacketView, SkipsContributingSources) {
  const auto bytes = hex("82 64 0001 00000000 00000001 aaaaaaaa bbbbbbbb 99");
  const auto view = PacketView::parse(bytes, {});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_size(), 20U);
  EXPECT_EQ(view->payload()[0], 0x99);
}

TEST(PacketView, RefusesWhatIsShorterThanItsHeaderSays) {
  EXPECT_EQ(PacketView::parse(hex("80 64 0001 00000000 000000"), {}).error(),
            PacketError::kTruncated);
  EXPECT_EQ(PacketView::parse(hex("81 64 0001 00000000 00000001 aabb"), {}).error(),
            PacketError::kTruncated);
  EXPECT_EQ(PacketView::parse(hex("90 64 0001 00000000 00000001 bede 0002 10aa0000"), {}).error(),
            PacketError::kTruncated);
}

TEST(PacketView, RefusesOtherVersions) {
  EXPECT_EQ(PacketView::parse(hex("40 64 0001 00000000 00000001 99"), {}).error(),
            PacketError::kBadVersion);
}

TEST(PacketView, LeavesPaddingOutOfThePayload) {
  const auto bytes = hex("a0 64 0001 00000000 00000001 99 98 00 00 03");
  const auto view = PacketView::parse(bytes, {});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 2U);
  EXPECT_EQ(view->padding_size(), 3U);
}

TEST(PacketView, TakesAPacketOfPaddingOnly) {
  const auto bytes = hex("a0 64 0001 00000000 00000001 00 00 03");
  const auto view = PacketView::parse(bytes, {});
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->payload().empty());
}

TEST(PacketView, RefusesPaddingThatCannotBe) {
  EXPECT_EQ(PacketView::parse(hex("a0 64 0001 00000000 00000001 99 00"), {}).error(),
            PacketError::kBadPadding);
  EXPECT_EQ(PacketView::parse(hex("a0 64 0001 00000000 00000001 99 03"), {}).error(),
            PacketError::kBadPadding);
  EXPECT_EQ(PacketView::parse(hex("a0 64 0001 00000000 00000001"), {}).error(),
            PacketError::kBadPadding);
}

TEST(PacketView, ReadsOneByteExtensionsWithPaddingBetweenThem) {
  const auto bytes =
      hex("90 64 0001 00000000 00000001 bede 0005"
          "10 37 00 00 42 01e240 00 51 abcd 60 85 80 02 00 00 00 00"
          "99");
  const auto view = PacketView::parse(bytes, all_by_kind());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->text(ExtensionKind::kMid), "7");
  EXPECT_EQ(view->abs_send_time(), 0x01E240U);
  EXPECT_EQ(view->transport_sequence(), 0xABCD);
  EXPECT_EQ(view->audio_level(), (AudioLevel{5, true}));
  EXPECT_EQ(view->video_orientation(), 2);
  EXPECT_FALSE(view->has(ExtensionKind::kRid));
  EXPECT_FALSE(view->time_offset());
  EXPECT_EQ(view->payload()[0], 0x99);
}

TEST(PacketView, ReadsNumbersOfMoreThanAByte) {
  const auto bytes =
      hex("90 64 0001 00000000 00000001 bede 0007"
          "92 fffffe b2 00a064 af 0102030405060708 ffffffff00000000"
          "00 00 00");
  const auto view = PacketView::parse(bytes, all_by_kind());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->time_offset(), -2);
  EXPECT_EQ(view->playout_delay(), (PlayoutDelay{10, 100}));
  EXPECT_EQ(view->abs_capture_time(), (AbsCaptureTime{0x0102030405060708ULL, -0x100000000LL}));
}

TEST(PacketView, ReadsTwoByteExtensionsEvenEmptyOnes) {
  const auto bytes =
      hex("90 64 0001 00000000 00000001 1005 0003"
          "01 03 616263 00 06 00 0a 01 ff 00"
          "99");
  const auto view = PacketView::parse(bytes, all_by_kind());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->text(ExtensionKind::kMid), "abc");
  EXPECT_TRUE(view->has(ExtensionKind::kAudioLevel));
  EXPECT_FALSE(view->audio_level());
  EXPECT_TRUE(view->has(ExtensionKind::kAbsCaptureTime));
  EXPECT_FALSE(view->abs_capture_time());  // one byte is no time
}

TEST(PacketView, StopsAtTheReservedIdOfOneByteExtensions) {
  const auto bytes = hex("90 64 0001 00000000 00000001 bede 0001 f0 10 37 00 99");
  const auto view = PacketView::parse(bytes, all_by_kind());
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->has(ExtensionKind::kMid));
}

TEST(PacketView, KeepsWhatWasCompleteBeforeAnElementThatIsCutShort) {
  const auto bytes = hex("90 64 0001 00000000 00000001 bede 0001 10 37 4f aa 99");
  const auto view = PacketView::parse(bytes, all_by_kind());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->text(ExtensionKind::kMid), "7");
  EXPECT_FALSE(view->has(ExtensionKind::kAbsSendTime));
}

TEST(PacketView, IgnoresExtensionsOfUnknownProfiles) {
  const auto bytes = hex("90 64 0001 00000000 00000001 1234 0001 10 37 00 00 99");
  const auto view = PacketView::parse(bytes, all_by_kind());
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->has(ExtensionKind::kMid));
  EXPECT_EQ(view->payload()[0], 0x99);
}

}  // namespace
}  // namespace parlance::rtp
