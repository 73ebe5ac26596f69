// Access tokens as strangers send them: nothing is believed, and nothing breaks.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "chat/adapters/jwt/jwt_tokens.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parlance::chat;
  constexpr parlance::UnixMillis kNow = 1'800'000'000'000;
  static const auto tokens = make_jwt_tokens();
  static const std::string good = tokens->sign(
      {.user = {}, .device = {}, .token_number = 1, .expires_at = kNow + 60'000}, kNow);
  static const std::string header = good.substr(0, good.find('.'));
  const std::string bytes(data, data + size);
  CHECK(!tokens->verify(bytes, kNow));
  // Past the header, which is compared as it is: to the library's parsers.
  CHECK(!tokens->verify(header + "." + bytes, kNow));
  CHECK(!tokens->verify(header + "." + bytes + good.substr(good.rfind('.')), kNow));
  CHECK(tokens->verify(good, kNow));
  return 0;
}
