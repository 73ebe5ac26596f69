// Descriptors one after another, each behind its length: layers stay within those of the structure.
#include <algorithm>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "rtp/codec/dependency_descriptor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parlance::rtp::DependencyDescriptorReader reader;
  std::span rest(data, size);
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    if (const auto frame = reader.read(rest.subspan(1, length))) {
      CHECK(frame->spatial_layer < reader.spatial_layers());
      CHECK(frame->temporal_layer < reader.temporal_layers());
    }
    rest = rest.subspan(1 + length);
  }
  return 0;
}
