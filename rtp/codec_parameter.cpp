#include "rtp/codec_parameter.h"

#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

namespace parlance::rtp {

namespace {

std::int64_t number_in(const std::string& text, std::int64_t fallback) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? number : fallback;
}

}  // namespace

std::string text_of(const ParameterValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          return held;
        } else if constexpr (std::is_same_v<Held, bool>) {
          return held ? "true" : "false";
        } else {
          return std::to_string(held);
        }
      },
      value);
}

std::int64_t parameter_number(const CodecParameterMap& parameters,
                              std::string_view name,
                              std::int64_t fallback) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) {
    return fallback;
  }
  return std::visit(
      [&](const auto& held) -> std::int64_t {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          return number_in(held, fallback);
        } else if constexpr (std::is_same_v<Held, double>) {
          constexpr double kExact = 9007199254740992.0;  // 2^53
          return std::trunc(held) == held && std::abs(held) <= kExact
                     ? static_cast<std::int64_t>(held)
                     : fallback;
        } else {
          return held;
        }
      },
      found->second);
}

}  // namespace parlance::rtp
