#include "signaling/protocol/media_json.h"

#include <string>

#include <gtest/gtest.h>

#include "rtp/ortc.h"
#include "signaling/protocol/schema_registry.h"

namespace parlance::signaling {
namespace {

using Json = nlohmann::json;

class MediaJson : public testing::Test {
 protected:
  void expect_fits(std::string_view schema, const Json& value) {
    for (const Violation& violation : checker_.check(schema, value)) {
      ADD_FAILURE() << schema << " " << violation.pointer << ": " << violation.detail << "\n"
                    << value;
    }
  }

  SchemaRegistry registry_ = SchemaRegistry::load(embedded_schemas()).value();
  SchemaChecker checker_{registry_};
};

// As Chrome's mediasoup-client sends them.
const char* const kVideo = R"({"mid":"0",
  "codecs":[{"mimeType":"video/VP8","payloadType":96,"clockRate":90000,"parameters":{},
             "rtcpFeedback":[{"type":"nack","parameter":"pli"},{"type":"transport-cc"}]},
            {"mimeType":"video/rtx","payloadType":97,"clockRate":90000,"parameters":{"apt":96}}],
  "headerExtensions":[{"uri":"urn:ietf:params:rtp-hdrext:sdes:mid","id":9,"encrypt":false,"parameters":{}}],
  "encodings":[{"active":true,"ssrc":3318142511,"rtx":{"ssrc":2417216591},"scalabilityMode":"L1T1",
                "maxBitrate":500000,"dtx":false}],
  "rtcp":{"cname":"abc","reducedSize":true},"msid":"stream track"})";

TEST_F(MediaJson, ReadsWhatABrowserSends) {
  const auto parameters = parse_rtp_parameters(Json::parse(kVideo));
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->mid, "0");
  ASSERT_EQ(parameters->codecs.size(), 2u);
  EXPECT_EQ(parameters->codecs[0].mime_type, "video/VP8");
  EXPECT_EQ(parameters->codecs[0].rtcp_feedback[1], (rtp::RtcpFeedback{"transport-cc", ""}));
  EXPECT_EQ(parameters->codecs[1].parameters.at("apt"), rtp::ParameterValue(std::int64_t{96}));
  EXPECT_EQ(parameters->header_extensions.at(0).id, 9);
  EXPECT_EQ(parameters->encodings.at(0).ssrc, 3318142511U);
  EXPECT_EQ(parameters->encodings.at(0).rtx_ssrc, 2417216591U);
  EXPECT_EQ(parameters->encodings.at(0).max_bitrate_bps, 500000U);
  EXPECT_EQ(parameters->encodings.at(0).scalability_mode, "L1T1");
  EXPECT_EQ(parameters->rtcp.cname, "abc");
  EXPECT_EQ(parameters->msid, "stream track");
}

TEST_F(MediaJson, WhatWasWrittenIsReadTheSame) {
  const auto parameters = parse_rtp_parameters(Json::parse(kVideo));
  ASSERT_TRUE(parameters);
  const Json written = to_json(*parameters);
  expect_fits("RtpParameters", written);
  EXPECT_EQ(parse_rtp_parameters(written), parameters);
}

TEST_F(MediaJson, TheRoutersCapabilitiesFitTheSchemaAndSurviveTheWay) {
  const auto& router = rtp::ortc::router_capabilities();
  const Json written = to_json(router);
  expect_fits("RtpCapabilities", written);
  const auto again = parse_rtp_capabilities(written);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->codecs, router.codecs);
  EXPECT_EQ(again->header_extensions, router.header_extensions);
}

TEST_F(MediaJson, KeepsTheTypesOfCodecParameters) {
  const auto capabilities = parse_rtp_capabilities(Json::parse(
      R"({"codecs":[{"kind":"video","mimeType":"video/H264","clockRate":90000,
          "parameters":{"profile-level-id":"42e01f","packetization-mode":1,"x":1.5,"y":true}}]})"));
  ASSERT_TRUE(capabilities);
  const auto& parameters = capabilities->codecs.at(0).parameters;
  EXPECT_EQ(parameters.at("profile-level-id"), rtp::ParameterValue(std::string("42e01f")));
  EXPECT_EQ(parameters.at("packetization-mode"), rtp::ParameterValue(std::int64_t{1}));
  EXPECT_EQ(parameters.at("x"), rtp::ParameterValue(1.5));
  EXPECT_EQ(parameters.at("y"), rtp::ParameterValue(true));
}

TEST_F(MediaJson, RefusesWhatDoesNotFitTheTypes) {
  for (const char* text : {
           R"([])",
           R"("codecs")",
           R"({"codecs":{}})",
           R"({"codecs":[5]})",
           R"({"codecs":[{"mimeType":"video/VP8","payloadType":96}]})",
           R"({"codecs":[{"mimeType":"video/VP8","payloadType":256,"clockRate":90000}]})",
           R"({"codecs":[{"mimeType":"video/VP8","payloadType":-1,"clockRate":90000}]})",
           R"({"codecs":[{"mimeType":7,"payloadType":96,"clockRate":90000}]})",
           R"({"codecs":[{"mimeType":"a","payloadType":96,"clockRate":9,"parameters":{"a":[]}}]})",
           R"({"codecs":[{"mimeType":"a","payloadType":96,"clockRate":9,"parameters":null}]})",
           R"({"encodings":[{"ssrc":4294967296}]})",
           R"({"encodings":[{"ssrc":"1"}]})",
           R"({"encodings":[{"rtx":{}}]})",
           R"({"encodings":[{"rtx":5}]})",
           R"({"rtcp":[]})",
           R"({"mid":5})",
       }) {
    EXPECT_FALSE(parse_rtp_parameters(Json::parse(text))) << text;
  }
  EXPECT_FALSE(parse_rtp_capabilities(
      Json::parse(R"({"codecs":[{"kind":"smell","mimeType":"video/VP8","clockRate":90000}]})")));
  EXPECT_FALSE(parse_rtp_capabilities(Json::parse(
      R"({"headerExtensions":[{"kind":"audio","uri":"u","preferredId":1,"direction":"up"}]})")));
}

TEST_F(MediaJson, RefusesFloodsOfElements) {
  Json flood = {{"codecs", Json::array()}};
  for (int i = 0; i < 65; ++i) {
    flood["codecs"].push_back(
        {{"mimeType", "video/VP8"}, {"payloadType", 96}, {"clockRate", 90000}});
  }
  EXPECT_FALSE(parse_rtp_parameters(flood));
  flood["codecs"].erase(0);
  EXPECT_TRUE(parse_rtp_parameters(flood));
  Json& parameters = flood["codecs"][0]["parameters"];
  for (int i = 0; i < 64; ++i) {
    parameters["p" + std::to_string(i)] = 1;
  }
  EXPECT_TRUE(parse_rtp_parameters(flood));
  parameters["p64"] = 1;
  EXPECT_FALSE(parse_rtp_parameters(flood));
}

TEST_F(MediaJson, ReadsAndWritesDtlsParameters) {
  std::string value = "0A";
  for (int i = 1; i < 32; ++i) {
    value += ":0A";
  }
  const Json given = {{"role", "client"},
                      {"fingerprints", {{{"algorithm", "sha-256"}, {"value", value}}}}};
  const auto parameters = parse_dtls_parameters(given);
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->role, sfu::DtlsRole::kClient);
  EXPECT_EQ(to_json(*parameters), given);
  expect_fits("DtlsParameters", given);
  EXPECT_FALSE(parse_dtls_parameters(Json::parse(R"({"role":"boss","fingerprints":[]})")));
  EXPECT_FALSE(parse_dtls_parameters(Json::parse(R"({"fingerprints":[{"value":"A"}]})")));
}

TEST_F(MediaJson, CandidatesHaveEveryNameThatClientsLookFor) {
  const Json udp = to_json(sfu::IceCandidate{"f", 5, "192.0.2.1", "udp", 40000});
  expect_fits("IceCandidate", udp);
  EXPECT_EQ(udp.at("ip"), "192.0.2.1");
  EXPECT_EQ(udp.at("type"), "host");
  EXPECT_FALSE(udp.contains("tcpType"));
  const Json tcp = to_json(sfu::IceCandidate{"f", 5, "192.0.2.1", "tcp", 40000});
  expect_fits("IceCandidate", tcp);
  EXPECT_EQ(tcp.at("tcpType"), "passive");
}

TEST_F(MediaJson, IceParametersSayThatTheServerIsLite) {
  const Json written = to_json(sfu::IceParameters{"ufrag", "a-password-of-22-letters"});
  expect_fits("IceParameters", written);
  EXPECT_EQ(written.at("iceLite"), true);
}

TEST_F(MediaJson, StatisticsKeepTheirTypesAndNest) {
  const sfu::Stats stats = {{{"type", std::string("outbound-rtp")},
                             {"packetCount", std::int64_t{5}},
                             {"score", 9.5},
                             {"tuple.remotePort", std::int64_t{4000}},
                             {"tuple.remoteIp", std::string("10.0.0.9")},
                             {"active", true}}};
  EXPECT_EQ(to_json(stats),
            Json::parse(R"([{"type":"outbound-rtp","packetCount":5,"score":9.5,"active":true,
                              "tuple":{"remoteIp":"10.0.0.9","remotePort":4000}}])"));
}

}  // namespace
}  // namespace parlance::signaling
