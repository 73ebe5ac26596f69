// Any bytes as an H264 payload: only the beginning of a NAL unit tells its type.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "rtp/codec/h264.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto payload = parlance::rtp::parse_h264(std::span(data, size))) {
    CHECK(payload->starts_nal || !(payload->has_sps || payload->has_pps || payload->has_idr));
  }
  return 0;
}
