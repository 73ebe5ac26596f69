// Addresses as people and clients write them: what is taken is an address that is written and read
// again as the same.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "sfu/ice/address.h"

using parlance::sfu::SocketAddress;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint16_t kPort = 4711;
  const std::string text(data, data + size);
  if (const auto address = SocketAddress::parse(text, kPort)) {
    CHECK(address->is_v6() == (text.find(':') != std::string::npos));
    CHECK(SocketAddress::parse(address->ip_str(), kPort) == address);
  }
  return 0;
}
