// Signing up, in and out over real sockets, and what must not work.
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "chat/adapters/jwt/jwt_tokens.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/secure_random.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

constexpr const char* kPassword = "correct horse battery";

void expect_fits(const char* schema, const Json& body) {
  for (const Violation& violation : schemas().check(schema, body)) {
    ADD_FAILURE() << schema << violation.pointer << ": " << violation.detail << "\n" << body;
  }
}

std::string code_of(const HttpAnswer& answer) {
  const Json problem = Json::parse(answer.body, nullptr, false);
  if (answer.status < 400 || !problem.is_object()) {
    return "(" + std::to_string(answer.status) + ")";
  }
  expect_fits("Problem", problem);
  return problem["code"];
}

Headers bearer(const std::string& token) {
  return {{"authorization", "Bearer " + token}};
}

struct Tokens {
  std::string access;
  std::string refresh;
  std::string user;
  std::string device;
};

class AccountsTest : public testing::Test {
 protected:
  explicit AccountsTest(SignalingOptions options = generous()) : world_(std::move(options)) {}

  static SignalingOptions generous() {
    SignalingOptions options;
    options.sign_ins_per_minute_and_address = 10'000;
    options.sign_ins_per_minute_and_login = 10'000;
    return options;
  }

  HttpAnswer post(const char* path, const Json& body, const Headers& headers = {}) {
    return world_.http("POST", path, headers, body.dump());
  }

  Tokens tokens(const HttpAnswer& answer) {
    EXPECT_LT(answer.status, 300) << answer.body;
    const Json body = Json::parse(answer.body, nullptr, false);
    if (!body.contains("access_token")) {
      return {};
    }
    expect_fits("CredentialsReply", body);
    EXPECT_FALSE(body["user"]["guest"]);
    return {body["access_token"], body["refresh_token"], body["user"]["id"], body["device_id"]};
  }

  Tokens sign_up(const std::string& login) {
    return tokens(post("/v1/accounts", {{"login", login}, {"password", kPassword}}));
  }

  HttpAnswer sign_in(const std::string& login, const std::string& password = kPassword) {
    return post("/v1/sessions", {{"login", login}, {"password", password}, {"device", "Phone"}});
  }

  HttpAnswer refresh(const std::string& token) {
    return post("/v1/tokens", {{"refresh_token", token}});
  }

  HttpAnswer me(const std::string& token) { return world_.http("GET", "/v1/me", bearer(token)); }

  std::size_t devices(const std::string& token) {
    const Json body = Json::parse(world_.http("GET", "/v1/devices", bearer(token)).body);
    expect_fits("device.list.reply", body);
    return body["devices"].size();
  }

  World world_;
};

TEST_F(AccountsTest, SignsUpInAndFindsItself) {
  const Tokens up = sign_up("Ada");
  EXPECT_EQ(me(up.access).status, 200);
  const Tokens in = tokens(sign_in("ADA"));
  EXPECT_EQ(in.user, up.user);
  EXPECT_NE(in.device, up.device);
  EXPECT_EQ(devices(in.access), 2U);
  const HttpAnswer found = world_.http("GET", "/v1/users?q=ad", bearer(in.access));
  const Json users = Json::parse(found.body);
  expect_fits("user.search.reply", users);
  EXPECT_EQ(users["users"][0]["id"], up.user);
  EXPECT_EQ(code_of(world_.http("GET", "/v1/users?q=ad")), "auth.required");
  EXPECT_EQ(code_of(world_.http("GET", "/v1/users?q=a", bearer(in.access))), "invalid");
}

TEST_F(AccountsTest, AGuestWhoRegistersKeepsItsHistory) {
  const Guest guest = world_.guest("Ada");
  const std::string room = new_id();
  {
    Client client(world_, guest);
    client.start();
    client.ok("conversation.create", {{"c", room}, {"title", "Tea"}});
    client.ok("message.send", {{"c", room}, {"cmid", new_id()}, {"body", "hello"}});
  }
  const Tokens up = tokens(
      post("/v1/accounts", {{"login", "ada"}, {"password", kPassword}}, bearer(guest.token)));
  EXPECT_EQ(up.user, guest.user);
  EXPECT_EQ(code_of(me(guest.token)), "auth.invalid") << "the guest's token has ended";
  Client client(world_, {up.access, up.user});
  const Json started = client.start();
  EXPECT_EQ(started["user"]["name"], "Ada");
  EXPECT_EQ(client.ok("message.history", {{"c", room}})["messages"].size(), 1U);
}

TEST_F(AccountsTest, ALoginBelongsToOne) {
  sign_up("ada");
  const int hashed = world_.hashes();
  EXPECT_EQ(code_of(post("/v1/accounts", {{"login", "ADA"}, {"password", kPassword}})), "conflict");
  EXPECT_EQ(world_.hashes(), hashed);
  EXPECT_EQ(code_of(post("/v1/accounts", {{"login", "a b"}, {"password", kPassword}})), "invalid");
  EXPECT_EQ(code_of(post("/v1/accounts", {{"login", "bea"}})), "schema.violation");
  const Tokens bea = sign_up("bea");
  EXPECT_EQ(code_of(post(
                "/v1/accounts", {{"login", "bea2"}, {"password", kPassword}}, bearer(bea.access))),
            "conflict")
      << "one account for one user";
  EXPECT_EQ(code_of(sign_in("bea2")), "auth.invalid");
}

TEST_F(AccountsTest, WeakPasswordsAreRefused) {
  for (const std::string& weak :
       {std::string("short"), std::string("password1"), std::string("adalovelace")}) {
    EXPECT_EQ(code_of(post("/v1/accounts", {{"login", "adalovelace"}, {"password", weak}})),
              "password.weak");
  }
  EXPECT_EQ(code_of(post("/v1/accounts", {{"login", "ada"}, {"password", std::string(257, 'x')}})),
            "schema.violation");
  EXPECT_EQ(world_.hashes(), 0);
}

TEST_F(AccountsTest, NobodyLearnsWhichLoginsThereAre) {
  sign_up("ada");
  const int before = world_.hashes();
  const HttpAnswer wrong = sign_in("ada", "wrong password");
  const int for_somebody = world_.hashes() - before;
  const HttpAnswer unknown = sign_in("nobody", "wrong password");
  const int for_nobody = world_.hashes() - before - for_somebody;
  EXPECT_EQ(code_of(wrong), "auth.invalid");
  EXPECT_EQ(wrong.status, unknown.status);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_EQ(for_somebody, 1);
  EXPECT_EQ(for_nobody, for_somebody);
  const HttpAnswer impossible = sign_in("' OR 1=1 --", "wrong password");
  EXPECT_EQ(impossible.body, wrong.body);
  EXPECT_EQ(world_.hashes() - before, 3);
}

TEST_F(AccountsTest, RefreshingRotatesAndALostAnswerCostsNothing) {
  const Tokens first = sign_up("ada");
  const Tokens lost = tokens(refresh(first.refresh));
  const Tokens second = tokens(refresh(first.refresh));
  EXPECT_NE(second.refresh, lost.refresh);
  EXPECT_EQ(me(first.access).status, 200);
  const Tokens third = tokens(refresh(second.refresh));
  EXPECT_EQ(me(third.access).status, 200);
  EXPECT_EQ(third.device, first.device);
}

TEST_F(AccountsTest, ReusingADeadRefreshTokenEndsTheDevice) {
  const Tokens first = sign_up("ada");
  const Tokens other = tokens(sign_in("ada"));
  Client socket(world_, {first.access, first.user});
  socket.start();
  const Tokens second = tokens(refresh(first.refresh));
  EXPECT_EQ(me(second.access).status, 200);  // the first use: the old one dies
  EXPECT_EQ(code_of(refresh(first.refresh)), "auth.invalid");
  EXPECT_EQ(code_of(me(second.access)), "auth.invalid");
  EXPECT_EQ(code_of(refresh(second.refresh)), "auth.invalid");
  EXPECT_EQ(socket.socket().wait_for_close(), 4503);
  EXPECT_EQ(devices(other.access), 1U) << "other devices stay";
}

TEST_F(AccountsTest, ARefreshTokenDiesWhenItsSuccessorIsRefreshed) {
  const Tokens first = sign_up("ada");
  const Tokens second = tokens(refresh(first.refresh));
  tokens(refresh(second.refresh));
  EXPECT_EQ(code_of(refresh(first.refresh)), "auth.invalid");
  EXPECT_EQ(code_of(me(second.access)), "auth.invalid");
}

TEST_F(AccountsTest, SigningOutEndsTheDevicesSessionsAndTickets) {
  const Tokens first = sign_up("ada");
  const Tokens second = tokens(sign_in("ada"));
  Client gone(world_, {first.access, first.user});
  gone.start();
  Client stays(world_, {second.access, second.user});
  stays.start();
  const std::string ticket = world_.ticket({first.access, first.user});
  EXPECT_EQ(world_.http("DELETE", "/v1/sessions/current", bearer(first.access)).status, 204);
  EXPECT_EQ(gone.socket().wait_for_close(), 4503);
  EXPECT_EQ(code_of(me(first.access)), "auth.invalid");
  EXPECT_EQ(code_of(refresh(first.refresh)), "auth.invalid");
  EXPECT_EQ(WsClient(world_.port(), "/v1/ws?ticket=" + ticket).answer().status, 401);
  EXPECT_EQ(stays.ok("device.list", Json::object())["devices"].size(), 1U);
}

TEST_F(AccountsTest, OneDeviceEndsAnotherAndAllOfThem) {
  const Tokens first = sign_up("ada");
  const Tokens second = tokens(sign_in("ada"));
  const Tokens third = tokens(sign_in("ada"));
  const Tokens eve = sign_up("eve");
  EXPECT_EQ(code_of(world_.http("DELETE", "/v1/devices/" + first.device, bearer(eve.access))),
            "not_found");
  EXPECT_EQ(code_of(world_.http("DELETE", "/v1/devices/nonsense", bearer(eve.access))),
            "not_found");
  EXPECT_EQ(me(first.access).status, 200) << "nothing has changed";
  EXPECT_EQ(world_.http("DELETE", "/v1/devices/" + first.device, bearer(second.access)).status,
            204);
  EXPECT_EQ(code_of(me(first.access)), "auth.invalid");
  Client socket(world_, {second.access, second.user});
  socket.start();
  socket.ok("device.logout", {{"device", third.device}});
  EXPECT_EQ(code_of(me(third.access)), "auth.invalid");
  EXPECT_EQ(socket.error("device.logout", {{"device", eve.device}}), "not_found");
  EXPECT_EQ(socket.ok("user.search", {{"q", "ev"}})["users"].size(), 1U);
  EXPECT_EQ(world_.http("DELETE", "/v1/sessions", bearer(second.access)).status, 204);
  EXPECT_EQ(socket.socket().wait_for_close(), 4503);
  EXPECT_EQ(code_of(me(second.access)), "auth.invalid");
  EXPECT_EQ(sign_in("ada").status, 201);
}

TEST_F(AccountsTest, AProfileIsChangedOverHttpToo) {
  const Tokens ada = sign_up("ada");
  const HttpAnswer changed =
      world_.http("PATCH", "/v1/me", bearer(ada.access), R"({"name":"Ada L."})");
  EXPECT_EQ(changed.status, 200);
  expect_fits("profile.update.reply", Json::parse(changed.body));
  EXPECT_EQ(Json::parse(me(ada.access).body)["user"]["name"], "Ada L.");
}

// The parts of a token, to be put together wrongly.
class ForgedTokens : public AccountsTest {
 protected:
  void SetUp() override {
    ada_ = sign_up("ada");
    header_ = ada_.access.substr(0, ada_.access.find('.'));
    rest_ = ada_.access.substr(header_.size() + 1);
    claims_ = rest_.substr(0, rest_.find('.'));
  }

  static std::string encoded(const std::string& text) {
    return base64url(std::vector<std::uint8_t>(text.begin(), text.end()));
  }

  // Refused, and still who it was.
  void expect_refused(const std::string& token) {
    EXPECT_EQ(code_of(me(token)), "auth.invalid") << token;
    EXPECT_EQ(code_of(world_.http("POST", "/v1/ws/tickets", bearer(token))), "auth.invalid");
    EXPECT_EQ(code_of(world_.http("DELETE", "/v1/sessions", bearer(token))), "auth.invalid");
    EXPECT_EQ(me(ada_.access).status, 200);
  }

  std::string forged_claims(chat::AccessTokens& tokens, UnixMillis lifetime) const {
    const UnixMillis now = read_clocks().unix_ms;
    return tokens.sign({.user = chat::UserId::parse(ada_.user).value(),
                        .device = chat::DeviceId::parse(ada_.device).value(),
                        .token_number = 1,
                        .expires_at = now + lifetime},
                       now);
  }

  Tokens ada_;
  std::string header_;
  std::string rest_;
  std::string claims_;
};

TEST_F(ForgedTokens, WithoutASignature) {
  expect_refused(encoded(R"({"alg":"none","typ":"JWT"})") + "." + claims_ + ".");
  expect_refused(encoded(R"({"alg":"none"})") + "." + claims_ + ".AA");
  expect_refused(encoded(R"({"alg":7})") + "." + claims_ + ".AA");
  expect_refused(header_ + "." + claims_ + ".");
  expect_refused(header_ + "." + claims_);
  expect_refused("..");
  expect_refused(ada_.access + ".AA");
}

TEST_F(ForgedTokens, SignedWithThePublicKeyAsASecret) {
  const Json keys = Json::parse(world_.http("GET", "/.well-known/jwks.json").body);
  ASSERT_EQ(keys["keys"].size(), 1U);
  EXPECT_EQ(keys["keys"][0]["crv"], "P-256");
  EXPECT_FALSE(keys["keys"][0].contains("d"));
  for (const std::string& secret : {keys.dump(), keys["keys"][0].dump()}) {
    const std::string kid = keys["keys"][0]["kid"];
    const std::string text =
        encoded(Json({{"alg", "HS256"}, {"kid", kid}, {"typ", "JWT"}}).dump()) + "." + claims_;
    std::vector<std::uint8_t> mac(32);
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    HMAC(EVP_sha256(),
         secret.data(),
         static_cast<int>(secret.size()),
         bytes.data(),
         bytes.size(),
         mac.data(),
         nullptr);
    expect_refused(text + "." + base64url(mac));
  }
}

TEST_F(ForgedTokens, SignedWithAnotherKey) {
  const auto strangers = chat::make_jwt_tokens();
  const std::string foreign = forged_claims(*strangers, 60'000);
  expect_refused(foreign);
  // Under our own header, so that our key is asked.
  expect_refused(header_ + foreign.substr(foreign.find('.')));
}

TEST_F(ForgedTokens, WithOtherClaimsUnderOurSignature) {
  std::string claims = claims_;
  claims[claims.size() / 2] = claims[claims.size() / 2] == 'A' ? 'B' : 'A';
  expect_refused(header_ + "." + claims + rest_.substr(claims_.size()));
  expect_refused(header_ + "." + encoded("[]") + rest_.substr(claims_.size()));
  expect_refused(header_ + "." + encoded("{}") + rest_.substr(claims_.size()));
  expect_refused(header_ + ".\xFF\xFE" + rest_.substr(claims_.size()));
}

TEST_F(ForgedTokens, OfYesterday) {
  const auto ours = chat::open_jwt_tokens(world_.keys()).value();
  EXPECT_EQ(me(forged_claims(*ours, 60'000)).status, 200);
  expect_refused(forged_claims(*ours, -1'000));
}

class LimitedSignIns : public AccountsTest {
 protected:
  LimitedSignIns() : AccountsTest(limited()) {}

  static SignalingOptions limited() {
    SignalingOptions options;
    options.sign_ins_per_minute_and_address = 40;
    options.sign_ins_per_minute_and_login = 10;
    return options;
  }
};

TEST_F(LimitedSignIns, GuessingAPasswordIsStoppedBeforeItIsHashed) {
  sign_up("ada");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(code_of(sign_in(i % 2 == 0 ? "ada" : "ADA", "guess " + std::to_string(i))),
              "auth.invalid");
  }
  const int hashed = world_.hashes();
  const HttpAnswer refused = sign_in("Ada", "guess");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code_of(refused), "rate_limited");
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  EXPECT_EQ(code_of(sign_in("ada")), "rate_limited") << "even with the right one";
  EXPECT_EQ(world_.hashes(), hashed);
  EXPECT_EQ(code_of(sign_in("ben")), "auth.invalid") << "others may go on";
}

TEST_F(LimitedSignIns, TryingManyLoginsFromOneAddressIsStoppedToo) {
  std::string last;
  for (int i = 0; i < 25 && last != "rate_limited"; ++i) {
    last = code_of(sign_in("user" + std::to_string(i)));
  }
  EXPECT_EQ(last, "rate_limited");
  EXPECT_EQ(world_.hashes(), 20);
}

}  // namespace
}  // namespace parlance::signaling::test
