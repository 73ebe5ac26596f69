#include "rtp/packet/rtx.h"

#include <array>

#include <gtest/gtest.h>

#include "rtp/packet/header_template.h"
#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

TEST(Rtx, OurRetransmissionRestoresToTheOriginal) {
  const std::vector<RtpHeaderExtensionParameters> extensions = {
      {std::string(extension_uri(ExtensionKind::kMid)), 1, false}};
  const auto bytes = hex("80 e4 1234 01020304 a1b2c3d4 55 66 77");
  const auto received = PacketView::parse(bytes, {}).value();
  const HeaderTemplate rtx_header(102, 0xCAFE, "3", extensions);
  OutgoingFields fields;
  fields.sequence = 9;
  fields.timestamp = 0x01020304;
  fields.marker = true;
  std::array<std::uint8_t, 200> buffer{};
  const std::size_t size = rtx_header.write_rtx(buffer, received, fields, 4660);
  const auto packet = std::span(buffer).first(size);
  const auto rtx = PacketView::parse(packet, {}).value();
  EXPECT_EQ(rtx.sequence(), 9);
  EXPECT_EQ(rtx.ssrc(), 0xCAFEU);
  EXPECT_EQ(original_sequence(rtx), 4660);

  const auto restored = restore_from_rtx(packet, rtx, 101, 0xBEEF);
  ASSERT_TRUE(restored);
  const ExtensionMap map(extensions);
  const auto original = PacketView::parse(*restored, map);
  ASSERT_TRUE(original);
  EXPECT_EQ(original->sequence(), 4660);
  EXPECT_EQ(original->payload_type(), 101);
  EXPECT_EQ(original->ssrc(), 0xBEEFU);
  EXPECT_TRUE(original->marker());
  EXPECT_EQ(original->timestamp(), 0x01020304U);
  EXPECT_EQ(original->text(ExtensionKind::kMid), "3");
  EXPECT_TRUE(std::ranges::equal(original->payload(), received.payload()));
}

TEST(Rtx, KeepsThePaddingOfThePacket) {
  auto bytes = hex("a0 66 0001 00000000 00000001 0007 aa 00 02");
  const auto rtx = PacketView::parse(bytes, {}).value();
  const auto restored = restore_from_rtx(bytes, rtx, 101, 2);
  ASSERT_TRUE(restored);
  const auto original = PacketView::parse(*restored, {});
  ASSERT_TRUE(original);
  EXPECT_EQ(original->payload().size(), 1U);
  EXPECT_EQ(original->padding_size(), 2U);
}

TEST(Rtx, HasNoOriginalInPaddingThatProbes) {
  auto bytes = hex("a0 66 0001 00000000 00000001 00 00 03");
  const auto rtx = PacketView::parse(bytes, {}).value();
  EXPECT_FALSE(original_sequence(rtx));
  EXPECT_FALSE(restore_from_rtx(bytes, rtx, 101, 2));
}

}  // namespace
}  // namespace parlance::rtp
