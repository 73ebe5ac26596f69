#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "rtp/ortc.h"
#include "rtp/packet/extension_map.h"

namespace parlance::rtp::ortc {
namespace {

bool holds(const RtpCodecCapability& codec, const RtcpFeedback& feedback) {
  return std::ranges::find(codec.rtcp_feedback, feedback) != codec.rtcp_feedback.end();
}

bool offers(ExtensionKind kind, MediaKind media, ExtensionDirection direction) {
  return std::ranges::any_of(router_capabilities().header_extensions, [&](const auto& offered) {
    return offered.uri == extension_uri(kind) && offered.kind == media &&
           offered.direction == direction;
  });
}

TEST(RouterCapabilities, HoldEveryCodecThatBrowsersSend) {
  std::set<std::string> mime_types;
  for (const RtpCodecCapability& codec : router_capabilities().codecs) {
    mime_types.insert(codec.mime_type);
  }
  EXPECT_EQ(mime_types,
            (std::set<std::string>{
                "audio/opus", "video/AV1", "video/H264", "video/VP8", "video/VP9", "video/rtx"}));
}

TEST(RouterCapabilities, GiveEachCodecItsOwnDynamicPayloadType) {
  std::set<std::uint8_t> payload_types;
  for (const RtpCodecCapability& codec : router_capabilities().codecs) {
    ASSERT_TRUE(codec.preferred_payload_type);
    EXPECT_TRUE(payload_types.insert(*codec.preferred_payload_type).second);
    EXPECT_GE(*codec.preferred_payload_type, 96);
    EXPECT_LE(*codec.preferred_payload_type, 127);
  }
}

TEST(RouterCapabilities, FollowEveryVideoCodecByItsRtx) {
  const auto& codecs = router_capabilities().codecs;
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    if (codecs[i].kind == MediaKind::kVideo && codecs[i].mime_type != "video/rtx") {
      ASSERT_LT(i + 1, codecs.size());
      EXPECT_EQ(codecs[i + 1].mime_type, "video/rtx");
      EXPECT_EQ(std::get<std::int64_t>(codecs[i + 1].parameters.at("apt")),
                *codecs[i].preferred_payload_type);
    }
  }
}

TEST(RouterCapabilities, PreferVp8) {
  const auto& codecs = router_capabilities().codecs;
  const auto first = std::ranges::find(codecs, MediaKind::kVideo, &RtpCodecCapability::kind);
  ASSERT_NE(first, codecs.end());
  EXPECT_EQ(first->mime_type, "video/VP8");
}

TEST(RouterCapabilities, AskVideoOnlyForKeyFrames) {
  for (const RtpCodecCapability& codec : router_capabilities().codecs) {
    const bool picture = codec.kind == MediaKind::kVideo && codec.mime_type != "video/rtx";
    EXPECT_EQ(holds(codec, {"nack", "pli"}), picture) << codec.mime_type;
    EXPECT_EQ(holds(codec, {"ccm", "fir"}), picture) << codec.mime_type;
    EXPECT_EQ(holds(codec, {"transport-cc", ""}), codec.mime_type != "video/rtx");
  }
}

TEST(RouterCapabilities, OfferTheFixedExtensionIds) {
  for (const RtpHeaderExtension& offered : router_capabilities().header_extensions) {
    EXPECT_EQ(static_cast<std::size_t>(extension_kind(offered.uri)), offered.preferred_id);
    EXPECT_LE(offered.preferred_id, 14);  // the one-byte form
    if (extension_kind(offered.uri) == ExtensionKind::kDependencyDescriptor) {
      EXPECT_EQ(offered.direction, ExtensionDirection::kRecvOnly);
    }
  }
}

// mediasoup's table (3.27): clients have its ids in their SDP.
TEST(RouterCapabilities, OfferEveryExtensionOfTheTable) {
  using Offer = std::tuple<int, MediaKind, ExtensionDirection, std::string>;
  constexpr auto kAudio = MediaKind::kAudio;
  constexpr auto kVideo = MediaKind::kVideo;
  constexpr auto kBoth = ExtensionDirection::kSendRecv;
  constexpr auto kOnlyReceived = ExtensionDirection::kRecvOnly;
  const std::string ietf = "urn:ietf:params:rtp-hdrext:";
  const std::string webrtc = "http://www.webrtc.org/experiments/rtp-hdrext/";
  const std::string transport_cc =
      "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
  const std::set<Offer> table{
      {1, kAudio, kBoth, ietf + "sdes:mid"},
      {1, kVideo, kBoth, ietf + "sdes:mid"},
      {2, kVideo, kOnlyReceived, ietf + "sdes:rtp-stream-id"},
      {3, kVideo, kOnlyReceived, ietf + "sdes:repaired-rtp-stream-id"},
      {4, kAudio, kBoth, webrtc + "abs-send-time"},
      {4, kVideo, kBoth, webrtc + "abs-send-time"},
      {5, kAudio, kOnlyReceived, transport_cc},
      {5, kVideo, kBoth, transport_cc},
      {6, kAudio, kBoth, ietf + "ssrc-audio-level"},
      {7,
       kVideo,
       kOnlyReceived,
       "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"},
      {8, kVideo, kBoth, "urn:3gpp:video-orientation"},
      {9, kVideo, kBoth, ietf + "toffset"},
      {10, kAudio, kBoth, webrtc + "abs-capture-time"},
      {10, kVideo, kBoth, webrtc + "abs-capture-time"},
      {11, kAudio, kBoth, webrtc + "playout-delay"},
      {11, kVideo, kBoth, webrtc + "playout-delay"},
      {12, kAudio, kBoth, "urn:mediasoup:params:rtp-hdrext:packet-id"},
      {12, kVideo, kBoth, "urn:mediasoup:params:rtp-hdrext:packet-id"}};
  std::set<Offer> offers;
  for (const RtpHeaderExtension& offered : router_capabilities().header_extensions) {
    offers.emplace(offered.preferred_id, offered.kind, offered.direction, offered.uri);
  }
  EXPECT_EQ(offers, table);
}

TEST(RouterCapabilities, OfferEachExtensionOncePerKindOfMedia) {
  std::set<std::pair<MediaKind, std::string>> offers;
  for (const RtpHeaderExtension& offered : router_capabilities().header_extensions) {
    EXPECT_TRUE(offers.insert({offered.kind, offered.uri}).second) << offered.uri;
  }
}

TEST(RouterCapabilities, SendNoAudioUnderTransportSequenceNumbers) {
  EXPECT_TRUE(
      offers(ExtensionKind::kTransportSequence, MediaKind::kVideo, ExtensionDirection::kSendRecv));
  EXPECT_TRUE(
      offers(ExtensionKind::kTransportSequence, MediaKind::kAudio, ExtensionDirection::kRecvOnly));
}

}  // namespace
}  // namespace parlance::rtp::ortc
