#include "sfu/transport/transport.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/transport_bench.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class TransportTest : public ::testing::Test {
 protected:
  std::vector<TransportState> states() const {
    std::vector<TransportState> found;
    for (const MediaEvent& event : bench.events) {
      found.push_back(std::get<MediaEvent::TransportChanged>(event.what).state);
    }
    return found;
  }

  void stun(const std::vector<std::uint8_t>& bytes) {
    transport->on_stun(bench.now, test::slot_of(bench.pool, bytes), bench.path, bench.outbox);
  }

  test::TransportBench bench;
  std::unique_ptr<Transport> transport = bench.make(1);
};

TEST_F(TransportTest, ConnectsByIceThenDtls) {
  EXPECT_EQ(transport->state(), TransportState::kNew);
  bench.connect(*transport);
  EXPECT_EQ(transport->state(), TransportState::kConnected);
  EXPECT_EQ(states(), (std::vector{TransportState::kConnecting, TransportState::kConnected}));
}

TEST_F(TransportTest, TakesAClientHelloThatOutranSignaling) {
  stun(bench.check_for(*transport));
  transport->on_dtls(
      bench.now, test::slot_of(bench.pool, bench.client.client_hello()), bench.path, bench.outbox);
  EXPECT_EQ(transport->state(), TransportState::kConnecting);
  ASSERT_TRUE(transport->connect(bench.now, bench.client_parameters(), bench.outbox));
  EXPECT_EQ(transport->state(), TransportState::kConnected);
}

TEST_F(TransportTest, CountsDtlsThatComesTooEarlyAndTooOften) {
  stun(bench.check_for(*transport));
  for (std::size_t i = 0; i < DtlsSession::kMaxEarlyDatagrams + 3; ++i) {
    transport->on_dtls(bench.now,
                       test::slot_of(bench.pool, bench.client.client_hello()),
                       bench.path,
                       bench.outbox);
  }
  EXPECT_EQ(bench.drops(DropReason::kDtlsTooEarly), 3U);
}

TEST_F(TransportTest, AnswersDtlsOnThePathThatItCameBy) {
  const Path second{.socket = 0, .remote = SocketAddress::v4({10, 0, 0, 9}, 5001)};
  ASSERT_TRUE(transport->connect(bench.now, bench.client_parameters(), bench.outbox));
  stun(bench.check_for(*transport, false));
  transport->on_stun(bench.now,
                     test::slot_of(bench.pool, bench.check_for(*transport, false)),
                     second,
                     bench.outbox);
  bench.take_sent();
  transport->on_dtls(
      bench.now, test::slot_of(bench.pool, bench.client.client_hello()), second, bench.outbox);
  ASSERT_FALSE(bench.outbox.trains().empty());
  EXPECT_EQ(bench.outbox.trains().front().to, second);
}

TEST_F(TransportTest, FailsOnTheWrongFingerprint) {
  stun(bench.check_for(*transport));
  auto parameters = bench.client_parameters();
  parameters.fingerprints[0].value = bench.crypto.fingerprint().str();
  ASSERT_TRUE(transport->connect(bench.now, parameters, bench.outbox));
  transport->on_dtls(
      bench.now, test::slot_of(bench.pool, bench.client.client_hello()), bench.path, bench.outbox);
  EXPECT_EQ(transport->state(), TransportState::kFailed);
  EXPECT_EQ(states().back(), TransportState::kFailed);
}

TEST_F(TransportTest, WantsASha256Fingerprint) {
  DtlsParameters parameters{DtlsRole::kClient, {}};
  EXPECT_EQ(transport->connect(bench.now, parameters, bench.outbox).error(),
            MediaError::kBadDtlsParameters);
  parameters.fingerprints = {{"sha-512", "AA:BB"}};
  EXPECT_EQ(transport->connect(bench.now, parameters, bench.outbox).error(),
            MediaError::kBadDtlsParameters);
  parameters.fingerprints = {{"sha-256", "AA:BB"}};
  EXPECT_EQ(transport->connect(bench.now, parameters, bench.outbox).error(),
            MediaError::kBadDtlsParameters);
  EXPECT_FALSE(transport->connecting());
  EXPECT_TRUE(transport->connect(bench.now, bench.client_parameters(), bench.outbox));
  EXPECT_TRUE(transport->connecting());
  EXPECT_EQ(transport->connect(bench.now, bench.client_parameters(), bench.outbox).error(),
            MediaError::kAlreadyConnected);
}

TEST_F(TransportTest, SpeaksFirstWhereTheBrowserIsDtlsServer) {
  auto parameters = bench.client_parameters();
  parameters.role = DtlsRole::kServer;
  ASSERT_TRUE(transport->connect(bench.now, parameters, bench.outbox));
  EXPECT_TRUE(bench.take_sent().empty());  // nowhere to send to yet
  stun(bench.check_for(*transport));
  const auto sent = bench.take_sent();
  ASSERT_EQ(sent.size(), 2U);  // the answer to the check, and the hello
  EXPECT_EQ(sent[1][0], 22);
  bench.now = bench.ready.next();
  EXPECT_NE(bench.now, kNever);
}

TEST_F(TransportTest, EntersItsPathOnlyAfterACheckWithThePassword) {
  auto check = bench.check_for(*transport);
  check[check.size() - 12] ^= 0xFFU;  // inside MESSAGE-INTEGRITY
  stun(check);
  EXPECT_EQ(bench.demux.find(bench.path), nullptr);
  EXPECT_EQ(bench.drops(DropReason::kBadStun), 1U);
  stun(bench.check_for(*transport));
  EXPECT_EQ(bench.demux.find(bench.path), transport.get());
  transport.reset();
  EXPECT_EQ(bench.demux.find(bench.path), nullptr);
}

TEST_F(TransportTest, KeepsOldCredentialsUntilNewOnesAreUsed) {
  bench.connect(*transport);
  const auto old_check = bench.check_for(*transport);
  const std::string old_ufrag = transport->ice_parameters().username_fragment;
  const IceParameters fresh = transport->restart_ice(bench.now);
  EXPECT_NE(fresh.username_fragment, old_ufrag);
  EXPECT_EQ(bench.demux.find_ufrag(old_ufrag), transport.get());
  EXPECT_EQ(bench.demux.find_ufrag(fresh.username_fragment), transport.get());
  stun(old_check);
  EXPECT_EQ(bench.drops(DropReason::kBadStun), 0U);
  stun(bench.check_for(*transport));
  EXPECT_EQ(bench.demux.find_ufrag(old_ufrag), nullptr);
  EXPECT_EQ(transport->state(), TransportState::kConnected);
}

TEST_F(TransportTest, LeavesNoUfragBehind) {
  const std::string first = transport->ice_parameters().username_fragment;
  const std::string second = transport->restart_ice(bench.now).username_fragment;
  const std::string third = transport->restart_ice(bench.now).username_fragment;
  transport.reset();
  for (const std::string& ufrag : {first, second, third}) {
    EXPECT_EQ(bench.demux.find_ufrag(ufrag), nullptr);
  }
  EXPECT_EQ(bench.counters.transports, 0U);
}

TEST_F(TransportTest, SaysCloseNotify) {
  bench.connect(*transport);
  bench.take_sent();
  transport->close(bench.now, bench.outbox);
  const auto sent = bench.take_sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0][0], 21);
}

TEST_F(TransportTest, DropsMediaAfterThePeerClosed) {
  bench.connect(*transport);
  transport->on_dtls(bench.now,
                     test::slot_of(bench.pool, std::vector<std::uint8_t>{21, 0}),
                     bench.path,
                     bench.outbox);
  EXPECT_EQ(transport->state(), TransportState::kClosed);
  test::RtpSample sample;
  sample.payload = {1};
  transport->on_rtp(
      bench.now, test::slot_of(bench.pool, bench.protect_rtp(sample.bytes())), bench.outbox);
  transport->on_rtcp(bench.now,
                     test::slot_of(bench.pool, bench.protect_rtcp({0x80, 201, 0, 1, 0, 0, 0, 1})),
                     bench.outbox);
  EXPECT_EQ(bench.drops(DropReason::kMediaAfterClose), 2U);
}

TEST_F(TransportTest, StaysHarmlessAfterABug) {
  bench.connect(*transport);
  transport->on_bug();
  EXPECT_EQ(transport->state(), TransportState::kFailed);
  transport->on_timeout(bench.now + 60s, bench.outbox);
  stun(bench.check_for(*transport));
  EXPECT_EQ(transport->state(), TransportState::kFailed);
  bench.take_sent();
  EXPECT_TRUE(transport->reserve(bench.outbox).bytes.empty());
}

}  // namespace
}  // namespace parlance::sfu
