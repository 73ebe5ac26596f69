// Fingerprints of certificates as clients write them: what is taken is written again in capitals.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "sfu/secure/certificate.h"

using parlance::sfu::Fingerprint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (const auto fingerprint = Fingerprint::parse(text)) {
    std::string capitals = text;
    std::ranges::transform(capitals, capitals.begin(), [](unsigned char c) {
      return static_cast<char>(std::toupper(c));
    });
    CHECK(fingerprint->str() == capitals);
    CHECK(Fingerprint::parse(capitals) == fingerprint);
  }
  return 0;
}
