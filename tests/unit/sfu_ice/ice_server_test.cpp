#include "sfu/ice/ice_server.h"

#include <array>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/stun/stun_builder.h"

namespace parlance::sfu {
namespace {

using test::Answer;
using test::Check;
using test::parse_answer;

constexpr std::chrono::seconds kSecond{1};

struct Sent {
  Path to;
  std::vector<std::uint8_t> bytes;
};

class Sink : public DatagramSink {
 public:
  void send(const Path& to, std::span<const std::uint8_t> datagram) override {
    sent.push_back({to, {datagram.begin(), datagram.end()}});
  }

  std::vector<Sent> sent;
};

Path path(std::uint8_t host, SocketId socket = 0) {
  return {.socket = socket, .remote = SocketAddress::v4({192, 0, 2, host}, 4000)};
}

const IceCredentials kFirst{.ufrag = "first", .password = "the first password 123"};
const IceCredentials kSecondOnes{.ufrag = "second", .password = "the second password 12"};
const IceCredentials kThird{.ufrag = "third", .password = "the third password 123"};

class IceServerTest : public testing::Test {
 protected:
  Check check(const IceCredentials& credentials = kFirst) {
    Check check;
    check.username = credentials.ufrag + ":client";
    check.password = credentials.password;
    return check;
  }

  Check nominating(std::optional<std::uint32_t> nomination = std::nullopt) {
    Check nominating = check();
    nominating.use_candidate = true;
    nominating.nomination = nomination;
    return nominating;
  }

  IceUpdate receive(const Check& check, const Path& from) {
    return server.on_datagram(now, check.bytes(), from, sink);
  }

  Answer last_answer(const IceCredentials& credentials = kFirst) {
    return parse_answer(sink.sent.back().bytes, credentials.password);
  }

  IceServer server{kFirst};
  Sink sink;
  Timestamp now{kSecond * 1000};
};

TEST_F(IceServerTest, ConnectsAtTheFirstAuthenticatedCheck) {
  EXPECT_EQ(server.state(), IceState::kNew);
  EXPECT_EQ(server.next_timeout(), kNever);
  const IceUpdate update = receive(check(), path(1));
  EXPECT_EQ(update.state, IceState::kConnected);
  EXPECT_TRUE(update.pair_added);
  EXPECT_TRUE(update.selected_changed);
  EXPECT_FALSE(update.drop);
  EXPECT_EQ(server.selected(), path(1));
  EXPECT_TRUE(server.knows(path(1)));
  ASSERT_EQ(sink.sent.size(), 1U);
  EXPECT_EQ(sink.sent[0].to, path(1));
  EXPECT_EQ(last_answer().mapped, path(1).remote);
  EXPECT_TRUE(last_answer().integrity_ok);
}

TEST_F(IceServerTest, LearnsNothingFromAWrongPassword) {
  Check forged = nominating();
  forged.password = "a guess that is not it";
  const IceUpdate update = receive(forged, path(1));
  EXPECT_EQ(update.drop, IceDrop::kUnauthorized);
  EXPECT_FALSE(update.pair_added);
  EXPECT_EQ(server.state(), IceState::kNew);
  EXPECT_FALSE(server.selected());
  EXPECT_FALSE(server.knows(path(1)));
  EXPECT_EQ(last_answer().error_code, 401);
}

TEST_F(IceServerTest, RefusesAnotherUfragEvenWithTheRightPassword) {
  Check other = nominating();
  other.username = "another:client";
  EXPECT_EQ(receive(other, path(1)).drop, IceDrop::kUnauthorized);
  EXPECT_FALSE(server.knows(path(1)));
}

TEST_F(IceServerTest, TellsAClientThatClaimsToBeControlledToSwitch) {
  Check conflict = check();
  conflict.controlled = true;
  EXPECT_EQ(receive(conflict, path(1)).drop, IceDrop::kRoleConflict);
  EXPECT_EQ(last_answer().error_code, 487);
  EXPECT_TRUE(last_answer().integrity_ok);
  EXPECT_FALSE(server.knows(path(1)));
  conflict.controlled = false;
  EXPECT_EQ(receive(conflict, path(1)).state, IceState::kConnected);
}

TEST_F(IceServerTest, DoesNotAnswerWhatIsNoRequest) {
  Check indication = check();
  indication.type = 0x0011;
  EXPECT_EQ(receive(indication, path(1)).drop, IceDrop::kNotARequest);
  EXPECT_TRUE(sink.sent.empty());
}

TEST_F(IceServerTest, AnswersOverIpv6) {
  const Path v6{.socket = 1, .remote = *SocketAddress::parse("2001:db8::7", 4000)};
  receive(check(), v6);
  EXPECT_EQ(last_answer().mapped, v6.remote);
  EXPECT_EQ(server.selected(), v6);
}

TEST_F(IceServerTest, KeepsTheFirstPairUntilTheClientNominates) {
  receive(check(), path(1));
  EXPECT_FALSE(receive(check(), path(2)).selected_changed);
  EXPECT_EQ(server.selected(), path(1));
  EXPECT_TRUE(receive(nominating(), path(2)).selected_changed);
  EXPECT_EQ(server.selected(), path(2));
  receive(check(), path(1));
  EXPECT_EQ(server.selected(), path(2));
}

TEST_F(IceServerTest, FollowsTheClientsDtlsUntilItNominates) {
  receive(check(), path(1));
  receive(check(), path(2));
  server.prefer(path(2));
  EXPECT_EQ(server.selected(), path(2));
  server.prefer(path(3));
  EXPECT_EQ(server.selected(), path(2)) << "a path without a check is nobody's";
  receive(nominating(), path(1));
  server.prefer(path(2));
  EXPECT_EQ(server.selected(), path(1));
}

TEST_F(IceServerTest, ChangesThePairInTheMiddleOfACall) {
  receive(nominating(), path(1));
  now += 15 * kSecond;
  const IceUpdate update = receive(nominating(), path(2, 1));
  EXPECT_TRUE(update.selected_changed);
  EXPECT_FALSE(update.state);
  EXPECT_EQ(server.selected(), path(2, 1));
  EXPECT_TRUE(server.knows(path(1)));
}

TEST_F(IceServerTest, TellsTheSamePeerOnTwoSocketsApart) {
  receive(check(), path(1, 0));
  EXPECT_FALSE(server.knows(path(1, 1)));
}

TEST_F(IceServerTest, FollowsTheHighestNomination) {
  receive(nominating(1), path(1));
  receive(nominating(2), path(2));
  EXPECT_EQ(server.selected(), path(2));
  // Overtaken on the way: the first nomination again.
  EXPECT_FALSE(receive(nominating(1), path(1)).selected_changed);
  EXPECT_EQ(server.selected(), path(2));
  receive(nominating(3), path(1));
  EXPECT_EQ(server.selected(), path(1));
}

TEST_F(IceServerTest, TakesTheNominationAttributeByItsAssignedNumber) {
  receive(nominating(1), path(1));
  Check renominating = check();
  renominating.nomination = 2;
  renominating.nomination_type = 0x0030;
  receive(renominating, path(2));
  EXPECT_EQ(server.selected(), path(2));
}

TEST_F(IceServerTest, KeepsEightPairsAndTheSelectedOneAmongThem) {
  for (std::uint8_t host = 1; host <= IceServer::kMaxPairs; ++host) {
    receive(host == 1 ? nominating() : check(), path(host));
    now += kSecond;
  }
  EXPECT_EQ(server.paths().size(), IceServer::kMaxPairs);
  const IceUpdate update = receive(check(), path(100));
  EXPECT_TRUE(update.pair_added);
  EXPECT_EQ(update.pair_removed, path(2));
  EXPECT_EQ(server.paths().size(), IceServer::kMaxPairs);
  EXPECT_TRUE(server.knows(path(1)));
  EXPECT_TRUE(server.knows(path(100)));
  EXPECT_EQ(server.selected(), path(1));
}

TEST_F(IceServerTest, LosesConsentAfterThirtySecondsOfSilence) {
  receive(nominating(), path(1));
  EXPECT_EQ(server.next_timeout(), now + IceServer::kConsentTimeout);
  now += IceServer::kConsentTimeout - Duration(1);
  EXPECT_FALSE(server.on_timeout(now).state);
  now += Duration(1);
  const IceUpdate update = server.on_timeout(now);
  EXPECT_EQ(update.state, IceState::kDisconnected);
  EXPECT_EQ(update.pair_removed, path(1));
  EXPECT_FALSE(server.selected());
  EXPECT_FALSE(server.knows(path(1)));
  EXPECT_EQ(server.next_timeout(), kNever);
}

TEST_F(IceServerTest, ComesBackWithTheNextCheck) {
  receive(nominating(), path(1));
  now += IceServer::kConsentTimeout;
  server.on_timeout(now);
  const IceUpdate update = receive(check(), path(3));
  EXPECT_EQ(update.state, IceState::kConnected);
  EXPECT_EQ(server.selected(), path(3));
}

TEST_F(IceServerTest, EveryCheckRenewsConsent) {
  for (int i = 0; i < 100; ++i) {
    receive(nominating(), path(1));
    now += 5 * kSecond;
    ASSERT_GT(server.next_timeout(), now);
  }
}

TEST_F(IceServerTest, FallsBackToALivingPairWhenTheSelectedOneFallsSilent) {
  receive(nominating(), path(1));
  receive(check(), path(2));
  now += 20 * kSecond;
  receive(check(), path(3));
  now += 5 * kSecond;
  receive(check(), path(2));
  now += 5 * kSecond;
  const IceUpdate update = server.on_timeout(now);
  EXPECT_EQ(update.pair_removed, path(1));
  EXPECT_TRUE(update.selected_changed);
  EXPECT_FALSE(update.state);
  EXPECT_EQ(server.selected(), path(2));
}

TEST_F(IceServerTest, OldCredentialsStayValidUntilTheNewAreUsed) {
  receive(nominating(5), path(1));
  EXPECT_FALSE(server.restart(kSecondOnes));
  EXPECT_EQ(server.credentials(), kSecondOnes);
  EXPECT_FALSE(receive(nominating(5), path(1)).drop);
  EXPECT_EQ(server.selected(), path(1));

  const IceUpdate update = receive(check(kSecondOnes), path(2));
  EXPECT_EQ(update.retired_ufrag, kFirst.ufrag);
  EXPECT_TRUE(update.selected_changed);
  EXPECT_EQ(server.selected(), path(2));
  EXPECT_TRUE(last_answer(kSecondOnes).integrity_ok);

  EXPECT_EQ(receive(nominating(6), path(1)).drop, IceDrop::kUnauthorized);
  EXPECT_EQ(server.selected(), path(2));
}

TEST_F(IceServerTest, CountsNominationsAnewAfterARestart) {
  receive(nominating(9), path(1));
  server.restart(kSecondOnes);
  Check first = check(kSecondOnes);
  first.nomination = 1;
  receive(first, path(2));
  EXPECT_EQ(server.selected(), path(2));
}

TEST_F(IceServerTest, ASecondRestartRetiresTheUnusedCredentials) {
  receive(nominating(), path(1));
  server.restart(kSecondOnes);
  EXPECT_EQ(server.restart(kThird), kSecondOnes.ufrag);
  EXPECT_EQ(receive(check(kSecondOnes), path(2)).drop, IceDrop::kUnauthorized);
  EXPECT_FALSE(receive(check(kFirst), path(1)).drop);
  EXPECT_FALSE(receive(check(kThird), path(2)).drop);
}

TEST_F(IceServerTest, ARestartAfterARestartKeepsTheCredentialsInUse) {
  receive(nominating(), path(1));
  server.restart(kSecondOnes);
  receive(check(kSecondOnes), path(2));
  EXPECT_FALSE(receive(check(kSecondOnes), path(2)).retired_ufrag) << "it was told once";
  EXPECT_EQ(server.restart(kThird), std::nullopt);
  EXPECT_FALSE(receive(check(kSecondOnes), path(2)).drop);
  EXPECT_EQ(receive(check(kThird), path(2)).retired_ufrag, kSecondOnes.ufrag);
}

TEST_F(IceServerTest, ARestartBringsBackAClientThatLostConsent) {
  receive(nominating(), path(1));
  now += IceServer::kConsentTimeout;
  server.on_timeout(now);
  server.restart(kSecondOnes);
  const IceUpdate update = receive(check(kSecondOnes), path(2));
  EXPECT_EQ(update.state, IceState::kConnected);
  EXPECT_EQ(update.retired_ufrag, kFirst.ufrag);
}

TEST(IceCredentialsTest, AreMadeOfIceCharacters) {
  std::array<std::uint8_t, kIceUfragSize + kIcePasswordSize> random{};
  for (std::size_t i = 0; i < random.size(); ++i) {
    random[i] = static_cast<std::uint8_t>(i * 41);
  }
  const IceCredentials credentials = make_ice_credentials(random);
  EXPECT_EQ(credentials.ufrag.size(), kIceUfragSize);
  EXPECT_EQ(credentials.password.size(), kIcePasswordSize);
  for (const char c : credentials.ufrag + credentials.password) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/') << c;
  }
  random[0] = 63;
  EXPECT_NE(make_ice_credentials(random).ufrag, credentials.ufrag);
}

}  // namespace
}  // namespace parlance::sfu
