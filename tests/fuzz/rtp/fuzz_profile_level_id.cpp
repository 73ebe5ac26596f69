// Any text as a profile-level-id: what parses can be written, and means the same then.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "rtp/h264_profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (const auto parsed = parlance::rtp::parse_profile_level_id(text)) {
    const auto written = parlance::rtp::format_profile_level_id(*parsed);
    CHECK(written.has_value());
    CHECK(parlance::rtp::parse_profile_level_id(*written) == parsed);
  }
  return 0;
}
