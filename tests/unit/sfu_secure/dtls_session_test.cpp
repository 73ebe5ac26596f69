#include "sfu/secure/dtls_session.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>
#include <sys/time.h>

#include "sfu/secure/crypto.h"
#include "sfu/secure/openssl_dtls.h"

namespace {

// OpenSSL's DTLS timers run on gettimeofday: in this test program that is this variable.
std::int64_t fake_time_us = 1'000'000'000'000;

}  // namespace

extern "C" int gettimeofday(timeval* __restrict now, void* __restrict /*zone*/) noexcept {
  now->tv_sec = fake_time_us / 1'000'000;
  now->tv_usec = fake_time_us % 1'000'000;
  return 0;
}

namespace parlance::sfu {
namespace {

using Bytes = std::vector<std::uint8_t>;

class Wire : public DtlsOutput {
 public:
  void send_dtls(std::span<const std::uint8_t> datagram) override {
    largest = std::max(largest, datagram.size());
    ++sent;
    if (!lossy) {
      queue.emplace_back(datagram.begin(), datagram.end());
    }
  }

  std::deque<Bytes> queue;
  std::size_t largest = 0;
  int sent = 0;
  bool lossy = false;
};

struct Peer {
  explicit Peer(const OpensslDtlsContext& context, std::size_t mtu = DtlsSession::kMtu)
      : fingerprint(context.fingerprint()), session(context.make_session(mtu)) {}

  Fingerprint fingerprint;
  std::unique_ptr<DtlsSession> session;
  Wire out;
};

class DtlsTest : public testing::Test {
 protected:
  static Timestamp now() { return Timestamp(Duration(fake_time_us)); }

  static bool deliver(Peer& from, Peer& to) {
    if (from.out.queue.empty()) {
      return false;
    }
    const Bytes datagram = from.out.queue.front();
    from.out.queue.pop_front();
    to.session->on_datagram(now(), datagram, to.out);
    return true;
  }

  static void exchange(Peer& a, Peer& b) {
    while (deliver(a, b) || deliver(b, a)) {
    }
  }

  static void start(Peer& client, Peer& server) {
    server.session->start(now(), DtlsSide::kServer, client.fingerprint, server.out);
    client.session->start(now(), DtlsSide::kClient, server.fingerprint, client.out);
  }

  static void connect(Peer& client, Peer& server) {
    start(client, server);
    exchange(client, server);
  }

  OpensslDtlsContext ours;
  OpensslDtlsContext theirs;
};

TEST_F(DtlsTest, BothSidesConnectWithTheSameKeys) {
  Peer client(theirs);
  Peer server(ours);
  EXPECT_EQ(client.session->state(), DtlsState::kIdle);
  connect(client, server);
  ASSERT_EQ(client.session->state(), DtlsState::kConnected);
  ASSERT_EQ(server.session->state(), DtlsState::kConnected);
  EXPECT_EQ(client.session->srtp_keys().profile, SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(server.session->srtp_keys().profile, SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(client.session->srtp_keys().outbound, server.session->srtp_keys().inbound);
  EXPECT_EQ(client.session->srtp_keys().inbound, server.session->srtp_keys().outbound);
  EXPECT_NE(client.session->srtp_keys().inbound, client.session->srtp_keys().outbound);
  EXPECT_EQ(client.session->srtp_keys().outbound.size(), 28U);
  EXPECT_EQ(client.session->next_timeout(), kNever);
  EXPECT_EQ(server.session->next_timeout(), kNever);
}

TEST_F(DtlsTest, TheServerTakesTheCheapestProfileThatTheClientOffers) {
  // Chrome's order.
  const OpensslDtlsContext chrome(
      "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM");
  Peer client(chrome);
  Peer server(ours);
  connect(client, server);
  EXPECT_EQ(server.session->srtp_keys().profile, SrtpProfile::kAeadAes128Gcm);
}

TEST_F(DtlsTest, EveryProfileCanBeNegotiated) {
  const std::vector<std::pair<const char*, SrtpProfile>> profiles = {
      {"SRTP_AEAD_AES_128_GCM", SrtpProfile::kAeadAes128Gcm},
      {"SRTP_AEAD_AES_256_GCM", SrtpProfile::kAeadAes256Gcm},
      {"SRTP_AES128_CM_SHA1_80", SrtpProfile::kAes128CmSha1_80}};
  for (const auto& [name, profile] : profiles) {
    const OpensslDtlsContext context(name);
    Peer client(context);
    Peer server(ours);
    connect(client, server);
    ASSERT_EQ(server.session->state(), DtlsState::kConnected) << name;
    EXPECT_EQ(server.session->srtp_keys().profile, profile);
    EXPECT_EQ(client.session->srtp_keys().outbound, server.session->srtp_keys().inbound);
    const auto [key, salt] = key_sizes(profile);
    EXPECT_EQ(server.session->srtp_keys().inbound.size(), key + salt);
  }
}

TEST_F(DtlsTest, FailsWithoutACommonProfile) {
  const OpensslDtlsContext none(nullptr);
  Peer client(none);
  Peer server(ours);
  connect(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kFailed);
  EXPECT_EQ(server.session->error(), DtlsError::kNoSrtpProfile);
}

TEST_F(DtlsTest, RefusesAClientWithAnotherCertificate) {
  Peer client(theirs);
  Peer server(ours);
  server.session->start(now(), DtlsSide::kServer, ours.fingerprint(), server.out);
  client.session->start(now(), DtlsSide::kClient, server.fingerprint, client.out);
  exchange(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kFailed);
  EXPECT_EQ(server.session->error(), DtlsError::kWrongFingerprint);
  EXPECT_EQ(client.session->state(), DtlsState::kFailed) << "told by an alert";
}

TEST_F(DtlsTest, RefusesAServerWithAnotherCertificate) {
  Peer client(theirs);
  Peer server(ours);
  server.session->start(now(), DtlsSide::kServer, client.fingerprint, server.out);
  client.session->start(now(), DtlsSide::kClient, client.fingerprint, client.out);
  exchange(client, server);
  EXPECT_EQ(client.session->state(), DtlsState::kFailed);
  EXPECT_EQ(client.session->error(), DtlsError::kWrongFingerprint);
  EXPECT_NE(server.session->state(), DtlsState::kConnected);
}

TEST_F(DtlsTest, ConnectsWithAClientHelloInSeveralDatagrams) {
  // As long as one with post-quantum key shares.
  Bytes protocols;
  for (int i = 0; i < 40; ++i) {
    protocols.push_back(30);
    protocols.insert(protocols.end(), 30, 'x');
  }
  SSL_CTX_set_alpn_protos(
      &theirs.native(), protocols.data(), static_cast<unsigned>(protocols.size()));
  Peer client(theirs, 600);
  Peer server(ours);
  start(client, server);
  EXPECT_GE(client.out.queue.size(), 3U);
  exchange(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kConnected);
  EXPECT_EQ(client.session->state(), DtlsState::kConnected);
}

TEST_F(DtlsTest, TakesFragmentsInAnyOrder) {
  Bytes protocols;
  for (int i = 0; i < 40; ++i) {
    protocols.push_back(30);
    protocols.insert(protocols.end(), 30, 'x');
  }
  SSL_CTX_set_alpn_protos(
      &theirs.native(), protocols.data(), static_cast<unsigned>(protocols.size()));
  Peer client(theirs, 600);
  Peer server(ours);
  start(client, server);
  std::ranges::reverse(client.out.queue);
  exchange(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kConnected);
}

TEST_F(DtlsTest, KeepsEveryDatagramBelowTheMtu) {
  Peer client(theirs, 600);
  Peer server(ours, 600);
  connect(client, server);
  ASSERT_EQ(server.session->state(), DtlsState::kConnected);
  EXPECT_LE(server.out.largest, 600U);
  EXPECT_LE(client.out.largest, 600U);
}

TEST_F(DtlsTest, HandlesAtStartWhatCameBefore) {
  Peer client(theirs);
  Peer server(ours);
  client.session->start(now(), DtlsSide::kClient, server.fingerprint, client.out);
  while (deliver(client, server)) {
  }
  EXPECT_TRUE(server.out.queue.empty());
  server.session->start(now(), DtlsSide::kServer, client.fingerprint, server.out);
  EXPECT_FALSE(server.out.queue.empty());
  exchange(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kConnected);
}

TEST_F(DtlsTest, RepeatsALostFlightWhenItsTimerRunsOut) {
  Peer client(theirs);
  Peer server(ours);
  client.out.lossy = true;
  start(client, server);
  ASSERT_EQ(client.out.sent, 1);
  const Timestamp due = client.session->next_timeout();
  EXPECT_EQ(due, now() + std::chrono::milliseconds(100));

  fake_time_us += 50'000;
  client.session->on_timeout(now(), client.out);
  EXPECT_EQ(client.out.sent, 1) << "not before it is due";

  client.out.lossy = false;
  fake_time_us += 50'000;
  client.session->on_timeout(now(), client.out);
  EXPECT_EQ(client.out.sent, 2);
  EXPECT_EQ(client.session->next_timeout(), now() + std::chrono::milliseconds(200));
  exchange(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kConnected);
  EXPECT_EQ(client.session->state(), DtlsState::kConnected);
}

TEST_F(DtlsTest, SurvivesTheLossOfAnySingleDatagram) {
  for (int lost = 0;; ++lost) {
    Peer client(theirs, 300);
    Peer server(ours, 300);
    start(client, server);
    int seen = 0;
    bool dropped = false;
    const auto connected = [&] {
      return client.session->state() == DtlsState::kConnected &&
             server.session->state() == DtlsState::kConnected;
    };
    for (int round = 0; round < 200 && !connected(); ++round) {
      for (auto [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
        while (!from->out.queue.empty()) {
          if (seen++ == lost) {
            from->out.queue.pop_front();
            dropped = true;
          } else {
            deliver(*from, *to);
          }
        }
      }
      fake_time_us += 50'000;
      for (Peer* peer : {&client, &server}) {
        if (peer->session->next_timeout() <= now()) {
          peer->session->on_timeout(now(), peer->out);
        }
      }
    }
    ASSERT_TRUE(connected()) << "lost datagram " << lost;
    if (!dropped) {
      EXPECT_GT(lost, 5) << "a handshake has more datagrams";
      return;
    }
  }
}

TEST_F(DtlsTest, GivesUpOnASilentPeer) {
  Peer client(theirs);
  client.out.lossy = true;
  client.session->start(now(), DtlsSide::kClient, ours.fingerprint(), client.out);
  const std::int64_t began = fake_time_us;
  while (client.session->next_timeout() != kNever) {
    fake_time_us = client.session->next_timeout().time_since_epoch().count();
    client.session->on_timeout(now(), client.out);
  }
  EXPECT_EQ(client.session->state(), DtlsState::kFailed);
  EXPECT_EQ(client.session->error(), DtlsError::kTimeout);
  EXPECT_GT(fake_time_us - began, 20'000'000);
  EXPECT_LT(fake_time_us - began, 60'000'000);
}

TEST_F(DtlsTest, ClosesAtCloseNotify) {
  Peer client(theirs);
  Peer server(ours);
  connect(client, server);
  client.session->close(client.out);
  EXPECT_EQ(client.session->state(), DtlsState::kClosed);
  ASSERT_EQ(client.out.queue.size(), 1U);
  exchange(client, server);
  EXPECT_EQ(server.session->state(), DtlsState::kClosed);
  EXPECT_FALSE(server.session->error());
}

TEST_F(DtlsTest, ClosingBeforeTheHandshakeSaysNothing) {
  Peer client(theirs);
  client.session->close(client.out);
  EXPECT_EQ(client.session->state(), DtlsState::kClosed);
  EXPECT_EQ(client.out.sent, 0);
}

TEST_F(DtlsTest, IgnoresGarbageBeforeDuringAndAfterTheHandshake) {
  Peer client(theirs);
  Peer server(ours);
  const std::vector<Bytes> garbage = {{},
                                      {22},
                                      Bytes(13, 22),
                                      Bytes(1500, 0xFF),
                                      {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 1},
                                      {20, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4}};
  const auto throw_garbage = [&](Peer& at) {
    for (const Bytes& datagram : garbage) {
      at.session->on_datagram(now(), datagram, at.out);
    }
  };
  start(client, server);
  do {
    throw_garbage(server);
    throw_garbage(client);
  } while (deliver(client, server) || deliver(server, client));
  ASSERT_EQ(server.session->state(), DtlsState::kConnected);
  ASSERT_EQ(client.session->state(), DtlsState::kConnected);
  throw_garbage(server);
  EXPECT_EQ(server.session->state(), DtlsState::kConnected);
}

TEST_F(DtlsTest, KeepsOnlySoManyEarlyDatagrams) {
  Peer client(theirs);
  Peer server(ours);
  for (std::size_t i = 0; i < DtlsSession::kMaxEarlyDatagrams; ++i) {
    server.session->on_datagram(now(), Bytes(100, 22), server.out);
  }
  client.session->start(now(), DtlsSide::kClient, server.fingerprint, client.out);
  while (deliver(client, server)) {
  }
  server.session->start(now(), DtlsSide::kServer, client.fingerprint, server.out);
  EXPECT_EQ(server.out.sent, 0) << "the ClientHello was the fifth";
}

TEST(Crypto, MakesSessionsThatShowItsFingerprint) {
  const auto ours = make_crypto();
  const auto theirs = make_crypto();
  Wire to_server;
  Wire to_client;
  const auto client = theirs->make_dtls();
  const auto server = ours->make_dtls();
  const Timestamp now{Duration(fake_time_us)};
  server->start(now, DtlsSide::kServer, theirs->fingerprint(), to_client);
  client->start(now, DtlsSide::kClient, ours->fingerprint(), to_server);
  while (!to_server.queue.empty() || !to_client.queue.empty()) {
    for (; !to_server.queue.empty(); to_server.queue.pop_front()) {
      server->on_datagram(now, to_server.queue.front(), to_client);
    }
    for (; !to_client.queue.empty(); to_client.queue.pop_front()) {
      client->on_datagram(now, to_client.queue.front(), to_server);
    }
  }
  EXPECT_EQ(server->state(), DtlsState::kConnected);
  EXPECT_EQ(client->state(), DtlsState::kConnected);
}

}  // namespace
}  // namespace parlance::sfu
