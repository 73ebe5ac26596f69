// Any bytes as a VP9 payload: a descriptor that parses leaves a payload behind it.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "rtp/codec/vp9.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto descriptor = parlance::rtp::parse_vp9(std::span(data, size))) {
    CHECK(descriptor->size >= 1 && descriptor->size < size);
    CHECK(!descriptor->long_picture_id || descriptor->picture_id);
  }
  return 0;
}
