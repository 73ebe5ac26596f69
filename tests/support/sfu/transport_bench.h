// A publisher's and a subscriber's transport on one shard's parts, connected by fake DTLS without a
// network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sfu/forward/router.h"
#include "sfu/transport/transport.h"
#include "tests/support/sfu/fake_crypto.h"
#include "tests/support/sfu/media_samples.h"
#include "tests/support/stun/stun_builder.h"

namespace parlance::test {

struct TransportBench {
  Timestamp now{std::chrono::seconds(1000)};
  FakeCrypto crypto{1};
  FakeCrypto client{2, 77};  // the browser's side
  sfu::WallClock clock;
  sfu::ShardCounters counters;
  sfu::PacketPool pool{4096};
  sfu::DemuxTables demux;
  sfu::ReadyHeap ready;
  std::vector<sfu::MediaEvent> events;
  sfu::Outbox outbox{256};

  sfu::TransportContext context() { return {clock, counters, crypto, demux, ready, events}; }

  std::unique_ptr<sfu::Transport> make(std::uint8_t number) {
    return std::make_unique<sfu::Transport>(
        id_of<sfu::RouterId>(1), id_of<sfu::TransportId>(number), context());
  }

  sfu::Path path{.socket = 0, .remote = sfu::SocketAddress::v4({10, 0, 0, 9}, 5000)};

  sfu::DtlsParameters client_parameters() const {
    return {sfu::DtlsRole::kClient, {{"sha-256", client.fingerprint().str()}}};
  }

  std::vector<std::uint8_t> check_for(const sfu::Transport& transport,
                                      bool nominating = true) const {
    Check check;
    check.username = transport.ice_parameters().username_fragment + ":peer";
    check.password = transport.ice_parameters().password;
    check.use_candidate = nominating;
    return check.bytes();
  }

  // ICE, then DTLS.
  void connect(sfu::Transport& transport) {
    transport.on_stun(now, slot_of(pool, check_for(transport)), path, outbox);
    (void)transport.connect(now, client_parameters(), outbox);
    transport.on_dtls(now, slot_of(pool, client.client_hello()), path, outbox);
  }

  // As the browser would protect it.
  std::vector<std::uint8_t> protect_rtp(std::vector<std::uint8_t> packet) {
    const std::size_t size = packet.size();
    packet.resize(size + sfu::kSrtpMaxOverhead);
    packet.resize(srtp_.protect_rtp(packet, size).value());
    return packet;
  }

  std::vector<std::uint8_t> protect_rtcp(std::vector<std::uint8_t> packet) {
    const std::size_t size = packet.size();
    packet.resize(size + sfu::kSrtpMaxOverhead);
    packet.resize(srtp_.protect_rtcp(packet, size).value());
    return packet;
  }

  // The datagrams sent since the last call; with the fake, protection is a trailer.
  std::vector<std::vector<std::uint8_t>> take_sent() {
    std::vector<std::vector<std::uint8_t>> sent;
    for (const sfu::Outbox::Train& train : outbox.trains()) {
      for (auto i = train.first; i != sfu::Outbox::kEnd; i = outbox.next(i)) {
        const auto bytes = outbox.bytes(i);
        sent.emplace_back(bytes.begin(), bytes.end());
      }
    }
    outbox.clear();
    return sent;
  }

  std::uint64_t drops(sfu::DropReason reason) const { return counters.drops[reason]; }

 private:
  FakeSrtpOutbound srtp_{0xC1};
};

}  // namespace parlance::test
