// Ids as clients write them: what is taken is written again in lower case, and is the same id.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/uuid.h"

using namespace parlance;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto uuid = Uuid::parse(text);
  const auto id = Id<struct Anything>::parse(text);
  CHECK(uuid.has_value() == id.has_value());
  if (uuid) {
    std::string lower = text;
    std::ranges::transform(
        lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(uuid->str() == lower && id->str() == lower);
    CHECK(Uuid::parse(lower) == uuid);
  }
  return 0;
}
