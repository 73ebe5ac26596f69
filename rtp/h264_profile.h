// H264's profile-level-id (RFC 6184 section 8.1): what profile and level the six hex digits mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rtp/parameters.h"

namespace parlance::rtp {

enum class H264Profile : std::uint8_t {
  kConstrainedBaseline,
  kBaseline,
  kMain,
  kConstrainedHigh,
  kHigh,
  kPredictiveHigh444,
};

struct H264ProfileLevel {
  // Level 1b, between 1 and 1.1, has no number of its own.
  static constexpr std::uint8_t kLevel1b = 0;

  H264Profile profile = H264Profile::kConstrainedBaseline;
  std::uint8_t level = 31;  // level_idc: ten times the level; kLevel1b

  bool operator==(const H264ProfileLevel&) const = default;
};

// Nothing for anything but six hex digits of a profile and level that we know.
std::optional<H264ProfileLevel> parse_profile_level_id(std::string_view text);

// Lower-case; nothing for 1b with a profile that can't have it.
std::optional<std::string> format_profile_level_id(const H264ProfileLevel& value);

// From a codec's parameters; constrained baseline 3.1 where there is no profile-level-id, as
// browsers take it.
std::optional<H264ProfileLevel> profile_level_of(const CodecParameterMap& parameters);

// Both valid and of one profile, whatever the levels.
bool is_same_h264_profile(const CodecParameterMap& a, const CodecParameterMap& b);

// The profile-level-id that `local` answers `remote` with (RFC 6184 section 8.2.2): the local level
// where both allow asymmetry, else the lower of both. Nothing for different profiles, or where
// neither names one.
std::optional<std::string> answer_profile_level_id(const CodecParameterMap& local,
                                                   const CodecParameterMap& remote);

}  // namespace parlance::rtp
