// Datagrams into a DTLS server and client in the middle of a handshake. The input is a list of
// datagrams, each behind two bytes of length.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/check.h"
#include "sfu/secure/crypto.h"

namespace {

using namespace parlance;

class Output : public sfu::DtlsOutput {
 public:
  void send_dtls(std::span<const std::uint8_t> datagram) override {
    CHECK(!datagram.empty() && datagram.size() <= sfu::DtlsSession::kMtu);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<sfu::Crypto> crypto = sfu::make_crypto();
  const Timestamp now{std::chrono::seconds(1)};
  Output out;
  for (const auto side : {sfu::DtlsSide::kServer, sfu::DtlsSide::kClient}) {
    const auto session = crypto->make_dtls();
    session->start(now, side, crypto->fingerprint(), out);
    ByteReader reader({data, size});
    while (reader.remaining() > 2) {
      const std::size_t length = std::min<std::size_t>(reader.u16(), reader.remaining());
      session->on_datagram(now, reader.bytes(length), out);
    }
    session->on_timeout(now, out);
    CHECK(session->state() != sfu::DtlsState::kConnected);
    session->close(out);
  }
  return 0;
}
