#include <algorithm>
#include <set>
#include <string>
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
