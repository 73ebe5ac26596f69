#include "rtp/packet/extension_map.h"

#include <gtest/gtest.h>

namespace parlance::rtp {
namespace {

TEST(ExtensionMap, EveryKindHasItsUri) {
  for (std::size_t i = 1; i < kExtensionKinds; ++i) {
    const auto kind = static_cast<ExtensionKind>(i);
    EXPECT_FALSE(extension_uri(kind).empty());
    EXPECT_EQ(extension_kind(extension_uri(kind)), kind);
  }
}

TEST(ExtensionMap, UnknownUrisAreNone) {
  EXPECT_EQ(extension_kind("urn:example:unknown"), ExtensionKind::kNone);
  EXPECT_EQ(extension_kind(""), ExtensionKind::kNone);
}

TEST(ExtensionMap, MapsThePeersIdsBothWays) {
  const std::vector<RtpHeaderExtensionParameters> negotiated = {
      {"urn:ietf:params:rtp-hdrext:sdes:mid", 4, false},
      {"urn:example:unknown", 5, false},
      {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", 200, false},
  };
  const ExtensionMap map(negotiated);
  EXPECT_EQ(map.kind(4), ExtensionKind::kMid);
  EXPECT_EQ(map.kind(5), ExtensionKind::kNone);
  EXPECT_EQ(map.kind(200), ExtensionKind::kAudioLevel);
  EXPECT_EQ(map.id(ExtensionKind::kAudioLevel), 200);
  EXPECT_EQ(map.id(ExtensionKind::kRid), 0);
}

TEST(ExtensionMap, NeverMapsIdZero) {
  const std::vector<RtpHeaderExtensionParameters> negotiated = {
      {"urn:ietf:params:rtp-hdrext:sdes:mid", 0, false}};
  EXPECT_EQ(ExtensionMap(negotiated).kind(0), ExtensionKind::kNone);
}

}  // namespace
}  // namespace parlance::rtp
