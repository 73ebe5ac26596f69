#include "bench/load/sdp.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// As Janus 1.1 offers, shortened.
const std::string kOffer =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=VideoRoom 7000\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "a=ice-lite\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 10.0.0.2\r\na=sendonly\r\na=mid:0\r\n"
    "a=rtcp-mux\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
    "a=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=ssrc:11 cname:janus\r\na=candidate:1 1 udp 2015363327 fe80::1 1000 typ host\r\n"
    "a=candidate:2 1 udp 2015363583 10.0.0.2 20000 typ host\r\na=end-of-candidates\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 10.0.0.2\r\na=sendonly\r\na=mid:1\r\n"
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    "a=extmap:3 "
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=ssrc-group:FID 22 23\r\na=ssrc:22 cname:janus\r\na=ssrc:23 cname:janus\r\n";

const LocalTerms kLocal{{"myufrag", "mypassword"}, "CC:DD"};

TEST(Sdp, OffersHaveATransportAndWhatEachSectionSends) {
  const auto sdp = read_sdp(kOffer);
  ASSERT_TRUE(sdp);
  EXPECT_EQ(sdp->remote.ip, "10.0.0.2");
  EXPECT_EQ(sdp->remote.port, 20'000);
  EXPECT_EQ(sdp->remote.ice.username_fragment, "abcd");
  EXPECT_EQ(sdp->remote.ice.password, "0123456789012345678901");
  EXPECT_EQ(sdp->remote.fingerprint, "AA:BB");
  ASSERT_EQ(sdp->sections.size(), 2u);
  EXPECT_EQ(sdp->sections[0].kind, MediaKind::kAudio);
  EXPECT_THAT(sdp->sections[0].ssrcs, ElementsAre(11));
  EXPECT_EQ(sdp->sections[1].mid, "1");
  EXPECT_EQ(sdp->sections[1].payload_type, 96);
  EXPECT_EQ(sdp->sections[1].transport_cc_id, 3);
  EXPECT_THAT(sdp->sections[1].ssrcs, ElementsAre(22, 23));
}

TEST(Sdp, WithoutATransportIsNone) {
  EXPECT_FALSE(read_sdp("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"));
}

TEST(Sdp, AnAnswerTakesTheCodecsOverAndBringsATransportOfOurs) {
  const std::string answer = write_answer(*read_sdp(kOffer), kLocal);
  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=fmtp:97 apt=96\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=ice-ufrag:myufrag\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=setup:active\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=recvonly\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("a=sendonly")));
  EXPECT_THAT(answer, Not(HasSubstr("abcd")));
  EXPECT_THAT(answer, Not(HasSubstr("a=ssrc:")));
}

TEST(Sdp, AnOfferCanBeReadBack) {
  const auto sdp = read_sdp(write_offer({{MediaKind::kVideo, 77, 101, 5}}, kLocal));
  ASSERT_TRUE(sdp);
  ASSERT_EQ(sdp->sections.size(), 1u);
  EXPECT_THAT(sdp->sections[0].ssrcs, ElementsAre(77));
  EXPECT_EQ(sdp->sections[0].payload_type, 101);
  EXPECT_EQ(sdp->sections[0].transport_cc_id, 5);
  EXPECT_EQ(sdp->remote.fingerprint, "CC:DD");
}

}  // namespace
}  // namespace parlance::load
