#include "rtp/ortc.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "rtp/packet/extension_map.h"

namespace parlance::rtp::ortc {
namespace {

constexpr Ssrc kFirstSsrc = 5000;

RtpCodecParameters codec(std::string mime_type,
                         std::uint8_t payload_type,
                         std::uint32_t clock_rate,
                         CodecParameterMap parameters = {}) {
  RtpCodecParameters made;
  made.mime_type = std::move(mime_type);
  made.payload_type = payload_type;
  made.clock_rate = clock_rate;
  made.parameters = std::move(parameters);
  return made;
}

RtpHeaderExtensionParameters extension(ExtensionKind kind, std::uint8_t id) {
  return {std::string(extension_uri(kind)), id, false};
}

// What Chromium sends for one VP8 track.
RtpParameters vp8_produced() {
  RtpParameters produced;
  produced.mid = "0";
  produced.codecs = {codec("video/VP8", 96, 90000),
                     codec("video/rtx", 97, 90000, {{"apt", std::int64_t{96}}})};
  produced.codecs[0].rtcp_feedback = {{"goog-remb", ""}, {"nack", ""}};
  produced.header_extensions = {extension(ExtensionKind::kMid, 4),
                                extension(ExtensionKind::kAbsSendTime, 2)};
  RtpEncodingParameters encoding;
  encoding.ssrc = 1111;
  encoding.rtx_ssrc = 2222;
  encoding.max_bitrate_bps = 500'000;
  produced.encodings = {encoding};
  produced.rtcp.cname = "cname";
  produced.msid = "stream track";
  return produced;
}

RtpParameters opus_produced() {
  RtpParameters produced = vp8_produced();
  RtpCodecParameters opus = codec("audio/opus", 111, 48000, {{"useinbandfec", std::int64_t{1}}});
  opus.channels = std::uint8_t{2};
  produced.codecs = {opus};
  produced.encodings[0].rtx_ssrc.reset();
  return produced;
}

RtpMapping map_or_die(const RtpParameters& produced) {
  return producer_mapping(produced, router_capabilities(), kFirstSsrc).value();
}

RtpParameters consumable_of(MediaKind kind, const RtpParameters& produced) {
  return consumable_parameters(kind, produced, router_capabilities(), map_or_die(produced));
}

OrtcError refusal(const RtpParameters& produced) {
  return producer_mapping(produced, router_capabilities(), kFirstSsrc).error();
}

std::uint8_t router_payload_type(std::string_view mime_type, std::string_view profile = {}) {
  for (const RtpCodecCapability& candidate : router_capabilities().codecs) {
    const auto found = candidate.parameters.find("profile-level-id");
    const bool profile_fits = profile.empty() || (found != candidate.parameters.end() &&
                                                  std::get<std::string>(found->second) == profile);
    if (candidate.mime_type == mime_type && profile_fits) {
      return candidate.preferred_payload_type.value();
    }
  }
  return 0;
}

bool has(const RtpParameters& parameters, ExtensionKind kind) {
  return std::ranges::any_of(parameters.header_extensions, [&](const auto& candidate) {
    return candidate.uri == extension_uri(kind);
  });
}

bool has_feedback(const RtpCodecParameters& parameters, const RtcpFeedback& feedback) {
  return std::ranges::find(parameters.rtcp_feedback, feedback) != parameters.rtcp_feedback.end();
}

TEST(ProducerMapping, MapsPayloadTypesWithTheirRtx) {
  const RtpMapping mapping = map_or_die(vp8_produced());
  ASSERT_EQ(mapping.codecs.size(), 2U);
  EXPECT_EQ(mapping.codecs[0].payload_type, 96);
  EXPECT_EQ(mapping.codecs[0].mapped_payload_type, router_payload_type("video/VP8"));
  EXPECT_EQ(mapping.codecs[1].payload_type, 97);
  EXPECT_EQ(mapping.codecs[1].mapped_payload_type, router_payload_type("video/VP8") + 1);
  ASSERT_EQ(mapping.encodings.size(), 1U);
  EXPECT_EQ(mapping.encodings[0].ssrc, 1111U);
  EXPECT_EQ(mapping.encodings[0].mapped_ssrc, kFirstSsrc);
}

TEST(ProducerMapping, ChoosesH264ByProfileAndModeWhateverTheLevel) {
  const auto h264 = [](std::string profile, std::int64_t mode) {
    RtpParameters produced = vp8_produced();
    produced.codecs = {codec("video/H264",
                             102,
                             90000,
                             {{"profile-level-id", std::move(profile)},
                              {"packetization-mode", mode},
                              {"level-asymmetry-allowed", std::int64_t{1}}})};
    return produced;
  };
  EXPECT_EQ(map_or_die(h264("42e02a", 1)).codecs[0].mapped_payload_type,
            router_payload_type("video/H264", "42e01f"));
  EXPECT_EQ(map_or_die(h264("4d001f", 1)).codecs[0].mapped_payload_type,
            router_payload_type("video/H264", "4d0032"));
  EXPECT_EQ(map_or_die(h264("64001f", 1)).codecs[0].mapped_payload_type,
            router_payload_type("video/H264", "640032"));
  EXPECT_EQ(refusal(h264("42e01f", 0)), OrtcError::kUnsupportedCodec);
  EXPECT_EQ(refusal(h264("f4001f", 1)), OrtcError::kUnsupportedCodec);
  EXPECT_EQ(refusal(h264("xyz", 1)), OrtcError::kUnsupportedCodec);
}

TEST(ProducerMapping, ChoosesVp9AndAv1ByProfile) {
  RtpParameters produced = vp8_produced();
  produced.codecs = {codec("video/VP9", 98, 90000, {{"profile-id", std::string("2")}})};
  EXPECT_EQ(map_or_die(produced).codecs[0].mapped_payload_type,
            router_payload_type("video/VP9") + 2);
  produced.codecs = {codec("video/VP9", 98, 90000)};
  EXPECT_EQ(map_or_die(produced).codecs[0].mapped_payload_type, router_payload_type("video/VP9"));
  produced.codecs = {codec("video/VP9", 98, 90000, {{"profile-id", std::int64_t{1}}})};
  EXPECT_EQ(refusal(produced), OrtcError::kUnsupportedCodec);
  produced.codecs = {codec("video/AV1", 45, 90000, {{"profile", std::int64_t{0}}})};
  EXPECT_EQ(map_or_die(produced).codecs[0].mapped_payload_type, router_payload_type("video/AV1"));
  produced.codecs = {codec("video/AV1", 45, 90000, {{"profile", std::int64_t{1}}})};
  EXPECT_EQ(refusal(produced), OrtcError::kUnsupportedCodec);
}

TEST(ProducerMapping, RefusesCodecsOfOtherRatesAndChannels) {
  RtpParameters produced = opus_produced();
  EXPECT_EQ(map_or_die(produced).codecs[0].mapped_payload_type, router_payload_type("audio/opus"));
  produced.codecs[0].channels.reset();
  EXPECT_EQ(refusal(produced), OrtcError::kUnsupportedCodec);
  produced = opus_produced();
  produced.codecs[0].clock_rate = 16000;
  EXPECT_EQ(refusal(produced), OrtcError::kUnsupportedCodec);
  produced = opus_produced();
  produced.codecs[0].mime_type = "audio/PCMU";
  EXPECT_EQ(refusal(produced), OrtcError::kUnsupportedCodec);
}

TEST(ProducerMapping, RefusesRtxWithoutItsMedia) {
  RtpParameters produced = vp8_produced();
  produced.codecs[1].parameters["apt"] = std::int64_t{100};
  EXPECT_EQ(refusal(produced), OrtcError::kNoMediaCodec);
  produced.codecs[1].parameters["apt"] = std::int64_t{97};
  EXPECT_EQ(refusal(produced), OrtcError::kNoMediaCodec);
  produced.codecs[1].parameters.clear();
  EXPECT_EQ(refusal(produced), OrtcError::kNoMediaCodec);
  produced.codecs.erase(produced.codecs.begin());
  EXPECT_EQ(refusal(produced), OrtcError::kNoMediaCodec);
  produced.codecs.clear();
  EXPECT_EQ(refusal(produced), OrtcError::kNoMediaCodec);
}

TEST(ProducerMapping, RefusesNumbersUsedTwice) {
  RtpParameters produced = vp8_produced();
  produced.codecs[1].payload_type = 96;
  EXPECT_EQ(refusal(produced), OrtcError::kDuplicatedPayloadType);
  produced = vp8_produced();
  produced.header_extensions[1].id = 4;
  EXPECT_EQ(refusal(produced), OrtcError::kDuplicatedExtensionId);
  produced = vp8_produced();
  produced.encodings[0].rtx_ssrc = 1111;
  EXPECT_EQ(refusal(produced), OrtcError::kDuplicatedSsrc);
}

TEST(ProducerMapping, RefusesPayloadTypesThatRtcpNeeds) {
  for (const unsigned type : {64U, 72U, 95U, 128U, 255U}) {
    RtpParameters produced = vp8_produced();
    produced.codecs[0].payload_type = static_cast<std::uint8_t>(type);
    EXPECT_EQ(refusal(produced), OrtcError::kBadPayloadType);
  }
  RtpParameters produced = opus_produced();
  produced.codecs[0].payload_type = 63;
  EXPECT_TRUE(producer_mapping(produced, router_capabilities(), kFirstSsrc));
}

TEST(ProducerMapping, RefusesSimulcastAndMissingEncodings) {
  RtpParameters produced = vp8_produced();
  produced.encodings.push_back(produced.encodings[0]);
  EXPECT_EQ(refusal(produced), OrtcError::kSeveralEncodings);
  produced.encodings.clear();
  EXPECT_EQ(refusal(produced), OrtcError::kNoEncoding);
  produced = vp8_produced();
  produced.encodings[0].ssrc.reset();
  EXPECT_EQ(refusal(produced), OrtcError::kMissingSsrc);
}

TEST(Ortc, TellsTheKindOfAllCodecs) {
  EXPECT_TRUE(is_of_kind(MediaKind::kVideo, vp8_produced()));
  EXPECT_FALSE(is_of_kind(MediaKind::kAudio, vp8_produced()));
  RtpParameters mixed = vp8_produced();
  mixed.codecs.push_back(opus_produced().codecs[0]);
  EXPECT_FALSE(is_of_kind(MediaKind::kVideo, mixed));
}

TEST(ConsumableParameters, SpeakTheRoutersNumbers) {
  const RtpParameters consumable = consumable_of(MediaKind::kVideo, vp8_produced());
  ASSERT_EQ(consumable.codecs.size(), 2U);
  EXPECT_EQ(consumable.codecs[0].payload_type, router_payload_type("video/VP8"));
  EXPECT_EQ(consumable.codecs[1].payload_type, router_payload_type("video/VP8") + 1);
  EXPECT_EQ(consumable.codecs[1].mime_type, "video/rtx");
  EXPECT_TRUE(
      has_feedback(consumable.codecs[0], {"ccm", "fir"}));  // the router's, not the producer's
  ASSERT_EQ(consumable.encodings.size(), 1U);
  EXPECT_EQ(consumable.encodings[0].ssrc, kFirstSsrc);
  EXPECT_FALSE(consumable.encodings[0].rtx_ssrc);
  EXPECT_EQ(consumable.rtcp.cname, "cname");
  EXPECT_EQ(consumable.msid, "stream track");
}

TEST(ConsumableParameters, KeepTheProducersCodecParameters) {
  const RtpParameters consumable = consumable_of(MediaKind::kAudio, opus_produced());
  ASSERT_EQ(consumable.codecs.size(), 1U);
  EXPECT_EQ(std::get<std::int64_t>(consumable.codecs[0].parameters.at("useinbandfec")), 1);
}

TEST(ConsumableParameters, HoldWhatTheRouterSendsOfThatKind) {
  const RtpParameters video = consumable_of(MediaKind::kVideo, vp8_produced());
  EXPECT_TRUE(has(video, ExtensionKind::kMid));
  EXPECT_TRUE(has(video, ExtensionKind::kTransportSequence));
  EXPECT_TRUE(has(video, ExtensionKind::kVideoOrientation));
  EXPECT_FALSE(has(video, ExtensionKind::kRid));
  EXPECT_FALSE(has(video, ExtensionKind::kDependencyDescriptor));
  EXPECT_FALSE(has(video, ExtensionKind::kAudioLevel));
  const RtpParameters audio = consumable_of(MediaKind::kAudio, opus_produced());
  EXPECT_TRUE(has(audio, ExtensionKind::kAudioLevel));
  EXPECT_FALSE(has(audio, ExtensionKind::kTransportSequence));
}

TEST(ConsumableParameters, PromiseCaptureTimesOnlyIfThePublisherSendsThem) {
  RtpParameters produced = vp8_produced();
  EXPECT_FALSE(has(consumable_of(MediaKind::kVideo, produced), ExtensionKind::kAbsCaptureTime));
  produced.header_extensions.push_back(extension(ExtensionKind::kAbsCaptureTime, 9));
  EXPECT_TRUE(has(consumable_of(MediaKind::kVideo, produced), ExtensionKind::kAbsCaptureTime));
}

RtpParameters consumed(const RtpParameters& consumable,
                       const RtpCapabilities& consumer,
                       bool enable_rtx = true) {
  return consumer_parameters(consumable, consumer, {77, 78, "12"}, enable_rtx).value();
}

TEST(ConsumerParameters, CarryTheConsumersNumbers) {
  const auto parameters =
      consumed(consumable_of(MediaKind::kVideo, vp8_produced()), router_capabilities());
  EXPECT_EQ(parameters.mid, "12");
  ASSERT_EQ(parameters.encodings.size(), 1U);
  EXPECT_EQ(parameters.encodings[0].ssrc, 77U);
  EXPECT_EQ(parameters.encodings[0].rtx_ssrc, 78U);
  EXPECT_EQ(parameters.encodings[0].max_bitrate_bps, 500'000U);
  EXPECT_EQ(parameters.codecs.size(), 2U);
  EXPECT_TRUE(parameters.rtcp.reduced_size);
  EXPECT_EQ(parameters.msid, "stream track");
}

TEST(ConsumerParameters, LeaveRtxAndNackOutWhereNotWanted) {
  const auto parameters =
      consumed(consumable_of(MediaKind::kVideo, vp8_produced()), router_capabilities(), false);
  EXPECT_EQ(parameters.codecs.size(), 1U);
  EXPECT_FALSE(parameters.encodings[0].rtx_ssrc);
  EXPECT_FALSE(has_feedback(parameters.codecs[0], {"nack", ""}));
  EXPECT_TRUE(has_feedback(parameters.codecs[0], {"nack", "pli"}));
}

TEST(ConsumerParameters, TakeTheFeedbackOfTheConsumer) {
  RtpCapabilities consumer = router_capabilities();
  for (RtpCodecCapability& capability : consumer.codecs) {
    std::erase(capability.rtcp_feedback, RtcpFeedback{"ccm", "fir"});
  }
  const auto parameters = consumed(consumable_of(MediaKind::kVideo, vp8_produced()), consumer);
  EXPECT_FALSE(has_feedback(parameters.codecs[0], {"ccm", "fir"}));
  EXPECT_TRUE(has_feedback(parameters.codecs[0], {"nack", "pli"}));
}

TEST(ConsumerParameters, HaveNoRtxWhereTheConsumerHasNone) {
  RtpCapabilities consumer = router_capabilities();
  std::erase_if(consumer.codecs, [](const auto& c) { return c.mime_type == "video/rtx"; });
  const auto parameters = consumed(consumable_of(MediaKind::kVideo, vp8_produced()), consumer);
  EXPECT_EQ(parameters.codecs.size(), 1U);
  EXPECT_FALSE(parameters.encodings[0].rtx_ssrc);
}

TEST(ConsumerParameters, KeepExtensionsWithSameUriAndIdOnly) {
  RtpCapabilities consumer = router_capabilities();
  for (RtpHeaderExtension& known : consumer.header_extensions) {
    if (extension_kind(known.uri) == ExtensionKind::kVideoOrientation) {
      known.preferred_id = 14;
    }
  }
  const auto parameters = consumed(consumable_of(MediaKind::kVideo, vp8_produced()), consumer);
  EXPECT_FALSE(has(parameters, ExtensionKind::kVideoOrientation));
  EXPECT_TRUE(has(parameters, ExtensionKind::kMid));
}

TEST(ConsumerParameters, KeepOneWayOfBandwidthEstimation) {
  const auto consumable = consumable_of(MediaKind::kVideo, vp8_produced());
  RtpCapabilities consumer = router_capabilities();
  const auto drop = [&](ExtensionKind kind) {
    std::erase_if(consumer.header_extensions,
                  [&](const auto& known) { return known.uri == extension_uri(kind); });
  };
  const RtcpFeedback remb{"goog-remb", ""};
  const RtcpFeedback transport_cc{"transport-cc", ""};
  auto first = consumed(consumable, consumer).codecs[0];
  EXPECT_FALSE(has_feedback(first, remb));
  EXPECT_TRUE(has_feedback(first, transport_cc));
  drop(ExtensionKind::kTransportSequence);
  first = consumed(consumable, consumer).codecs[0];
  EXPECT_TRUE(has_feedback(first, remb));
  EXPECT_FALSE(has_feedback(first, transport_cc));
  drop(ExtensionKind::kAbsSendTime);
  first = consumed(consumable, consumer).codecs[0];
  EXPECT_FALSE(has_feedback(first, remb));
  EXPECT_FALSE(has_feedback(first, transport_cc));
}

TEST(ConsumerParameters, AreRefusedWithoutACommonCodec) {
  const auto consumable = consumable_of(MediaKind::kVideo, vp8_produced());
  RtpCapabilities consumer = router_capabilities();
  EXPECT_TRUE(can_consume(consumable, consumer));
  std::erase_if(consumer.codecs, [](const auto& c) { return c.mime_type == "video/VP8"; });
  EXPECT_FALSE(can_consume(consumable, consumer));
  EXPECT_EQ(consumer_parameters(consumable, consumer, {77, 78, "0"}, true).error(),
            OrtcError::kCannotConsume);
}

TEST(Ortc, SaysWhatWasWrong) {
  std::set<std::string> texts;
  for (int i = 0; i <= static_cast<int>(OrtcError::kCannotConsume); ++i) {
    EXPECT_TRUE(texts.insert(to_string(static_cast<OrtcError>(i))).second);
  }
}

}  // namespace
}  // namespace parlance::rtp::ortc
