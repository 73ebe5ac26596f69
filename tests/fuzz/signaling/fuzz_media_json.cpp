// Media parameters from the network: read, negotiated with the router, written, and read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "rtp/ortc.h"
#include "signaling/protocol/call_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/media_json.h"
#include "signaling/protocol/schema_registry.h"

namespace {

using namespace parlance;
using namespace parlance::signaling;

void negotiate(rtp::MediaKind kind,
               const rtp::RtpParameters& produced,
               const rtp::RtpCapabilities& capabilities) {
  const auto& router = rtp::ortc::router_capabilities();
  const auto mapping = rtp::ortc::producer_mapping(produced, router, 1'000'000);
  if (!mapping) {
    return;
  }
  const auto consumable = rtp::ortc::consumable_parameters(kind, produced, router, *mapping);
  const auto consumer =
      rtp::ortc::consumer_parameters(consumable, capabilities, {2'000'000, 2'000'001, "7"}, true);
  if (consumer) {
    CHECK(!consumer->codecs.empty());
    CHECK(parse_rtp_parameters(to_json(*consumer)) == *consumer);
  }
}

void check_parameters(SchemaChecker& checker, const nlohmann::json& value) {
  const auto parameters = parse_rtp_parameters(value);
  // The reader takes all that the schema takes.
  CHECK(parameters || !checker.check("RtpParameters", value).empty());
  if (parameters) {
    CHECK(parse_rtp_parameters(to_json(*parameters)) == *parameters);
    negotiate(rtp::MediaKind::kAudio, *parameters, rtp::ortc::router_capabilities());
    negotiate(rtp::MediaKind::kVideo, *parameters, rtp::ortc::router_capabilities());
  }
}

void check_capabilities(SchemaChecker& checker, const nlohmann::json& value) {
  const auto capabilities = parse_rtp_capabilities(value);
  CHECK(capabilities || !checker.check("RtpCapabilities", value).empty());
  if (capabilities) {
    const auto again = parse_rtp_capabilities(to_json(*capabilities));
    CHECK(again && again->codecs == capabilities->codecs);
    CHECK(again->header_extensions == capabilities->header_extensions);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SchemaRegistry registry = SchemaRegistry::load(embedded_schemas()).value();
  static SchemaChecker checker(registry);
  const auto value = parse_json(std::string(data, data + size));
  if (!value) {
    return 0;
  }
  check_parameters(checker, *value);
  check_capabilities(checker, *value);
  parse_kind(*value);
  parse_source(*value);
  CHECK(parse_dtls_parameters(*value) || !checker.check("DtlsParameters", *value).empty());
  CHECK(parse_join_request(*value) || !checker.check("call.join.request", *value).empty());
  if (const auto request = parse_produce_request(*value)) {
    negotiate(request->kind, request->rtp_parameters, rtp::ortc::router_capabilities());
  } else {
    CHECK(!checker.check("producer.create.request", *value).empty());
  }
  return 0;
}
