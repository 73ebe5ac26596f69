#include "rtp/packet/header_template.h"

#include <array>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "base/check.h"
#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

constexpr Ssrc kSsrc = 0x11223344;

// Router ids: the kind's own value.
std::vector<RtpHeaderExtensionParameters> negotiated(std::initializer_list<ExtensionKind> kinds) {
  std::vector<RtpHeaderExtensionParameters> list;
  for (const ExtensionKind kind : kinds) {
    list.push_back({std::string(extension_uri(kind)), static_cast<std::uint8_t>(kind), false});
  }
  return list;
}

// A video packet of a publisher whose ids differ from ours: orientation 3, delay 5, level 6, RID 2.
std::vector<std::uint8_t> published() {
  return hex(
      "b0 e0 0042 00001000 deadbeef bede 0004"
      "21 7230 30 01 52 00a064 60 85 00 00 00 00 00"
      "aa bb cc 00 02");
}

PacketView view_of(const std::vector<std::uint8_t>& bytes) {
  ExtensionMap map;
  map.add(ExtensionKind::kRid, 2);
  map.add(ExtensionKind::kVideoOrientation, 3);
  map.add(ExtensionKind::kPlayoutDelay, 5);
  map.add(ExtensionKind::kAudioLevel, 6);
  return PacketView::parse(bytes, map).value();
}

OutgoingFields fields() {
  OutgoingFields values;
  values.sequence = 7;
  values.timestamp = 0x01020304;
  values.marker = true;
  values.transport_sequence = 0xABCD;
  values.abs_send_time = 0x123456;
  return values;
}

struct Written {
  std::array<std::uint8_t, 1500> buffer{};
  std::size_t size = 0;
  PacketView view;
};

void parse_back(Written& written, std::span<const RtpHeaderExtensionParameters> extensions) {
  const auto view =
      PacketView::parse(std::span(written.buffer).first(written.size), ExtensionMap(extensions));
  ASSERT_TRUE(view);
  written.view = *view;
}

TEST(HeaderTemplate, WritesTheConsumersNumbersAndThePayload) {
  const auto extensions = negotiated(
      {ExtensionKind::kMid, ExtensionKind::kAbsSendTime, ExtensionKind::kTransportSequence});
  const HeaderTemplate header(101, kSsrc, "17", extensions);
  const auto bytes = published();
  Written out;
  out.size = header.write(out.buffer, view_of(bytes), fields());
  parse_back(out, extensions);
  EXPECT_EQ(out.view.payload_type(), 101);
  EXPECT_EQ(out.view.ssrc(), kSsrc);
  EXPECT_EQ(out.view.sequence(), 7);
  EXPECT_EQ(out.view.timestamp(), 0x01020304U);
  EXPECT_TRUE(out.view.marker());
  EXPECT_EQ(out.view.text(ExtensionKind::kMid), "17");
  EXPECT_EQ(out.view.abs_send_time(), 0x123456U);
  EXPECT_EQ(out.view.transport_sequence(), 0xABCD);
  EXPECT_EQ(out.view.padding_size(), 0U);
  const std::vector<std::uint8_t> payload(out.view.payload().begin(), out.view.payload().end());
  EXPECT_EQ(payload, hex("aa bb cc"));
}

TEST(HeaderTemplate, PadsBehindThePayload) {
  const auto extensions = negotiated({ExtensionKind::kMid});
  const HeaderTemplate header(101, kSsrc, "17", extensions);
  const auto bytes = published();
  Written plain;
  plain.size = header.write(plain.buffer, view_of(bytes), fields());
  OutgoingFields padded = fields();
  padded.padding = 3;
  Written out;
  out.buffer.fill(0xEE);
  out.size = header.write(out.buffer, view_of(bytes), padded);
  EXPECT_EQ(out.size, plain.size + 3);
  parse_back(out, extensions);
  EXPECT_EQ(out.view.padding_size(), 3U);
  const std::vector<std::uint8_t> end(out.buffer.begin() + static_cast<std::ptrdiff_t>(plain.size),
                                      out.buffer.begin() + static_cast<std::ptrdiff_t>(out.size));
  EXPECT_EQ(end, hex("00 00 03"));
  const std::vector<std::uint8_t> payload(out.view.payload().begin(), out.view.payload().end());
  EXPECT_EQ(payload, hex("aa bb cc"));
}

TEST(HeaderTemplate, WritesNoPaddingThatDoesNotFit) {
  const HeaderTemplate header(101, kSsrc, "17", {});
  const auto bytes = published();
  OutgoingFields padded = fields();
  padded.padding = 3;
  std::array<std::uint8_t, HeaderTemplate::kMaxSize + 3 + 2> room{};
  EXPECT_EQ(header.write(room, view_of(bytes), padded), 0U);
  padded.padding = 2;
  EXPECT_NE(header.write(room, view_of(bytes), padded), 0U);
}

TEST(HeaderTemplate, SaysWhatCopiedExtensionsTake) {
  // Orientation 1 + 1, delay 1 + 3, level 1 + 1; not the RID.
  const auto bytes = published();
  EXPECT_EQ(copied_extensions_size(view_of(bytes)), 8U);
  const auto bare = hex("80 60 0042 00001000 deadbeef aa");
  EXPECT_EQ(copied_extensions_size(view_of(bare)), 0U);
}

TEST(HeaderTemplate, CopiesOnlyWhatWasAgreedOn) {
  const auto extensions = negotiated({ExtensionKind::kMid,
                                      ExtensionKind::kVideoOrientation,
                                      ExtensionKind::kPlayoutDelay,
                                      ExtensionKind::kRid});
  const HeaderTemplate header(101, kSsrc, "0", extensions);
  const auto bytes = published();
  Written out;
  out.size = header.write(out.buffer, view_of(bytes), fields());
  auto with_level = extensions;
  with_level.push_back({std::string(extension_uri(ExtensionKind::kAudioLevel)), 6, false});
  parse_back(out, with_level);
  EXPECT_EQ(out.view.video_orientation(), 1);
  EXPECT_EQ(out.view.playout_delay(), (PlayoutDelay{10, 100}));
  EXPECT_FALSE(out.view.has(ExtensionKind::kAudioLevel));
  EXPECT_FALSE(out.view.has(ExtensionKind::kRid));
}

TEST(HeaderTemplate, WritesNoExtensionBlockWhereThereIsNothingToSay) {
  const HeaderTemplate header(101, kSsrc, "0", {});
  const auto bytes = published();
  Written out;
  out.size = header.write(out.buffer, view_of(bytes), fields());
  parse_back(out, {});
  EXPECT_EQ(out.view.header_size(), kRtpFixedHeaderSize);
  EXPECT_EQ(out.size, kRtpFixedHeaderSize + 3);
}

TEST(HeaderTemplate, DropsCopiedValuesOfIllegalSize) {
  const auto extensions = negotiated({ExtensionKind::kPlayoutDelay});
  const HeaderTemplate header(101, kSsrc, "0", extensions);
  const auto bytes =
      hex("90 60 0042 00001000 deadbeef bede 0005"
          "5f 00112233445566778899aabbccddeeff 00 00 00 aa");
  Written out;
  out.size = header.write(out.buffer, view_of(bytes), fields());
  parse_back(out, extensions);
  EXPECT_FALSE(out.view.has(ExtensionKind::kPlayoutDelay));
}

TEST(HeaderTemplate, AddsToTheCaptureClockOffset) {
  const auto extensions = negotiated({ExtensionKind::kAbsCaptureTime});
  const HeaderTemplate header(101, kSsrc, "0", extensions);
  const ExtensionMap map(extensions);
  const auto short_form =
      hex("90 60 0042 00001000 deadbeef bede 0003 a7 0102030405060708 000000 aa");
  const auto long_form =
      hex("90 60 0042 00001000 deadbeef bede 0005 af 0102030405060708 0000000000000005 000000 aa");
  OutgoingFields values = fields();
  Written out;
  out.size = header.write(out.buffer, PacketView::parse(short_form, map).value(), values);
  parse_back(out, extensions);
  EXPECT_EQ(out.view.abs_capture_time(), (AbsCaptureTime{0x0102030405060708, std::nullopt}));
  values.capture_clock_offset = -7;
  out.size = header.write(out.buffer, PacketView::parse(short_form, map).value(), values);
  parse_back(out, extensions);
  EXPECT_EQ(out.view.abs_capture_time(), (AbsCaptureTime{0x0102030405060708, -7}));
  out.size = header.write(out.buffer, PacketView::parse(long_form, map).value(), values);
  parse_back(out, extensions);
  EXPECT_EQ(out.view.abs_capture_time(), (AbsCaptureTime{0x0102030405060708, -2}));
}

TEST(HeaderTemplate, StaysWithinItsBoundWithEverythingOn) {
  std::vector<RtpHeaderExtensionParameters> all;
  ExtensionMap map;
  for (std::size_t i = 1; i < kExtensionKinds; ++i) {
    const auto kind = static_cast<ExtensionKind>(i);
    all.push_back({std::string(extension_uri(kind)), static_cast<std::uint8_t>(i), false});
    map.add(kind, static_cast<std::uint8_t>(i));
  }
  const HeaderTemplate header(101, kSsrc, "0123456789abcdef", all);
  const auto bytes =
      hex("90 60 0042 00001000 deadbeef bede 0008"
          "60 85 80 01 92 000001 b2 00a064 af 0102030405060708 0000000000000005 000000");
  Written out;
  out.size = header.write(out.buffer, PacketView::parse(bytes, map).value(), fields());
  parse_back(out, all);
  EXPECT_LE(out.size, HeaderTemplate::kMaxSize);
  EXPECT_EQ(out.view.text(ExtensionKind::kMid), "0123456789abcdef");
  EXPECT_EQ(out.view.time_offset(), 1);
  EXPECT_TRUE(out.view.abs_capture_time());
}

TEST(HeaderTemplate, WritesNothingIntoASlotTooSmall) {
  const HeaderTemplate header(101, kSsrc, "0", {});
  const auto bytes = published();
  std::array<std::uint8_t, HeaderTemplate::kMaxSize + 2> small{};
  EXPECT_EQ(header.write(small, view_of(bytes), fields()), 0U);
  EXPECT_EQ(header.write_rtx(small, view_of(bytes), fields(), 1), 0U);
}

TEST(HeaderTemplate, WritesPaddingThatParsesAsSuch) {
  const auto extensions = negotiated({ExtensionKind::kTransportSequence});
  const HeaderTemplate header(101, kSsrc, "0", extensions);
  Written out;
  out.size = header.write_padding(out.buffer, fields(), 200);
  parse_back(out, extensions);
  EXPECT_TRUE(out.view.payload().empty());
  EXPECT_EQ(out.view.padding_size(), 200U);
  EXPECT_EQ(out.view.transport_sequence(), 0xABCD);
}

TEST(HeaderTemplateDeathTest, TakesNoIdsOfTheTwoByteForm) {
  const std::vector<RtpHeaderExtensionParameters> extensions = {
      {std::string(extension_uri(ExtensionKind::kMid)), 15, false}};
#ifdef NDEBUG
  EXPECT_THROW(HeaderTemplate(101, kSsrc, "0", extensions), Bug);
#else
  EXPECT_DEATH(HeaderTemplate(101, kSsrc, "0", extensions), "kMaxOneByteId");
#endif
}

}  // namespace
}  // namespace parlance::rtp
