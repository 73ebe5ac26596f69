// Whatever the operator writes: a URL that is taken keeps its beginning, and one that isn't is not
// repeated.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "chat/adapters/postgres/connection_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using parlance::chat::postgres::parse_connection_url;
  static const std::string refusal = parse_connection_url("").error();
  const std::string text(data, data + size);
  const auto url = parse_connection_url(text);
  if (url ? !url->url.starts_with(text) : url.error() != refusal) {
    std::abort();
  }
  return 0;
}
