// STUN datagrams into an ICE server: as they come, and as the body of a check that is signed
// correctly.
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "sfu/ice/ice_server.h"
#include "sfu/ice/stun_message.h"
#include "tests/support/stun/stun_builder.h"

namespace {

using namespace parlance;

class Sink : public sfu::DatagramSink {
 public:
  void send(const sfu::Path& /*to*/, std::span<const std::uint8_t> datagram) override {
    CHECK(!datagram.empty() && datagram.size() <= sfu::stun::kMaxResponseSize);
    CHECK(sfu::stun::looks_like_stun(datagram));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span input(data, size);
  Sink sink;
  sfu::IceServer server({.ufrag = "ufrag", .password = "password-of-the-fuzzer"});
  const sfu::Path from{.socket = 0, .remote = sfu::SocketAddress::v4({192, 0, 2, 1}, 1)};
  Timestamp now{std::chrono::seconds(1)};

  (void)sfu::stun::looks_like_stun(input);
  (void)sfu::stun::local_ufrag(input);
  server.on_datagram(now, input, from, sink);
  CHECK(!server.selected());

  server.on_datagram(now, test::sign(input, "ufrag:x", "password-of-the-fuzzer"), from, sink);
  now = std::min(server.next_timeout(), Timestamp(std::chrono::hours(1)));
  server.on_timeout(now);
  CHECK(!server.selected());
  return 0;
}
