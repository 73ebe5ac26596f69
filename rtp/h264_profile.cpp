#include "rtp/h264_profile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "rtp/codec_parameter.h"

namespace parlance::rtp {

namespace {

constexpr std::string_view kProfileLevelId = "profile-level-id";
constexpr std::string_view kAsymmetryAllowed = "level-asymmetry-allowed";

// profile-iop: constraint_set0_flag is the highest bit, the two lowest are reserved (zero).
constexpr std::uint8_t kConstraintSet3 = 0x10;

// RFC 6184 section 8.1, table 5: a profile, by profile_idc and those bits of profile-iop that
// matter.
struct Pattern {
  H264Profile profile;
  std::uint8_t idc;
  std::uint8_t mask;
  std::uint8_t iop;
};

constexpr std::array kPatterns = {
    Pattern{H264Profile::kConstrainedBaseline, 0x42, 0x4F, 0x40},
    Pattern{H264Profile::kConstrainedBaseline, 0x4D, 0x8F, 0x80},
    Pattern{H264Profile::kConstrainedBaseline, 0x58, 0xCF, 0xC0},
    Pattern{H264Profile::kBaseline, 0x42, 0x4F, 0x00},
    Pattern{H264Profile::kBaseline, 0x58, 0xCF, 0x80},
    Pattern{H264Profile::kMain, 0x4D, 0xAF, 0x00},
    Pattern{H264Profile::kHigh, 0x64, 0xFF, 0x00},
    Pattern{H264Profile::kConstrainedHigh, 0x64, 0xFF, 0x0C},
    Pattern{H264Profile::kPredictiveHigh444, 0xF4, 0xFF, 0x00},
};

// ITU-T H.264 table A-1, level_idc.
constexpr std::array<std::uint8_t, 16> kLevels = {
    10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52};
constexpr std::uint8_t kLevel11 = 11;

// ITU-T H.264 section A.3.1: in these profiles, constraint_set3_flag makes level 1.1 level 1b.
constexpr bool can_have_level_1b(std::uint8_t profile_idc) {
  return profile_idc == 0x42 || profile_idc == 0x4D || profile_idc == 0x58;
}

// For comparison: 1b is above 1.0 (10) and below 1.1 (11).
constexpr unsigned level_rank(std::uint8_t level) {
  return level == H264ProfileLevel::kLevel1b ? 21U : 2U * level;
}

}  // namespace

std::optional<H264ProfileLevel> parse_profile_level_id(std::string_view text) {
  constexpr std::size_t kDigits = 6;
  constexpr int kHex = 16;
  std::uint32_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number, kHex);
  if (text.size() != kDigits || error != std::errc() || stop != end) {
    return std::nullopt;
  }
  const auto idc = static_cast<std::uint8_t>(number >> 16U);
  const auto iop = static_cast<std::uint8_t>(number >> 8U & 0xFFU);
  const auto level_idc = static_cast<std::uint8_t>(number & 0xFFU);
  const auto pattern = std::ranges::find_if(kPatterns, [&](const Pattern& candidate) {
    return candidate.idc == idc && (iop & candidate.mask) == candidate.iop;
  });
  if (pattern == kPatterns.end() || std::ranges::find(kLevels, level_idc) == kLevels.end()) {
    return std::nullopt;
  }
  const bool is_1b =
      level_idc == kLevel11 && can_have_level_1b(idc) && (iop & kConstraintSet3) != 0;
  return H264ProfileLevel{pattern->profile, is_1b ? H264ProfileLevel::kLevel1b : level_idc};
}

std::optional<std::string> format_profile_level_id(const H264ProfileLevel& value) {
  constexpr std::array<std::string_view, 6> kPrefixes = {
      "42e0", "4200", "4d00", "640c", "6400", "f400"};
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (value.level == H264ProfileLevel::kLevel1b) {
    switch (value.profile) {
      case H264Profile::kConstrainedBaseline:
        return "42f00b";
      case H264Profile::kBaseline:
        return "42100b";
      case H264Profile::kMain:
        return "4d100b";
      default:
        return std::nullopt;
    }
  }
  std::string text(kPrefixes[static_cast<std::size_t>(value.profile)]);
  text += kDigits[value.level >> 4U];
  text += kDigits[value.level & 0x0FU];
  return text;
}

std::optional<H264ProfileLevel> profile_level_of(const CodecParameterMap& parameters) {
  const auto found = parameters.find(kProfileLevelId);
  if (found == parameters.end()) {
    return H264ProfileLevel{};
  }
  return parse_profile_level_id(text_of(found->second));
}

bool is_same_h264_profile(const CodecParameterMap& a, const CodecParameterMap& b) {
  const auto first = profile_level_of(a);
  const auto second = profile_level_of(b);
  return first && second && first->profile == second->profile;
}

std::optional<std::string> answer_profile_level_id(const CodecParameterMap& local,
                                                   const CodecParameterMap& remote) {
  const auto ours = profile_level_of(local);
  const auto theirs = profile_level_of(remote);
  if ((!local.contains(kProfileLevelId) && !remote.contains(kProfileLevelId)) || !ours || !theirs ||
      ours->profile != theirs->profile) {
    return std::nullopt;
  }
  H264ProfileLevel answer = *ours;
  const bool asymmetric = parameter_number(local, kAsymmetryAllowed, 0) == 1 &&
                          parameter_number(remote, kAsymmetryAllowed, 0) == 1;
  if (!asymmetric && level_rank(theirs->level) < level_rank(answer.level)) {
    answer.level = theirs->level;
  }
  return format_profile_level_id(answer);
}

}  // namespace parlance::rtp
