// Any bytes as an AV1 payload: a sequence never begins in the middle of an OBU.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "rtp/codec/av1.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto payload = parlance::rtp::parse_av1(std::span(data, size))) {
    CHECK(!payload->starts_key_frame() || !payload->continues_obu);
    CHECK(payload->spatial_layer.has_value() == payload->temporal_layer.has_value());
  }
  return 0;
}
