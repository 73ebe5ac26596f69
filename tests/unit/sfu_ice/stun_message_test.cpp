#include "sfu/ice/stun_message.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/stun/stun_builder.h"

namespace parlance::sfu::stun {
namespace {

using test::Check;
using test::parse_answer;

using Bytes = std::vector<std::uint8_t>;

// RFC 5769 2.1: sample request, with its username and password.
const Bytes kSampleRequest = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73,
    0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09,
    0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14,
    0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49,
    0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};
constexpr const char* kSampleUfrag = "evtj";
constexpr const char* kSamplePassword = "VOkJxbRl1RmTxUk/WvJxBt";

class Passwords : public PasswordLookup {
 public:
  Passwords(const std::string& ufrag, std::string password) { all_[ufrag] = std::move(password); }

  std::string_view password_of(std::string_view local_ufrag) const override {
    const auto found = all_.find(std::string(local_ufrag));
    return found == all_.end() ? std::string_view{} : found->second;
  }

 private:
  std::map<std::string, std::string> all_;
};

const Passwords kSamplePasswords(kSampleUfrag, kSamplePassword);

std::expected<BindingRequest, StunError> validate(const Bytes& bytes) {
  return RequestValidator().validate(bytes, kSamplePasswords);
}

Check check() {
  Check check;
  check.username = "evtj:h6vY";
  check.password = kSamplePassword;
  return check;
}

bool contains(std::span<const std::uint8_t> message, const Bytes& part) {
  return !std::ranges::search(message, part).empty();
}

TEST(StunMessage, AcceptsTheSampleRequestOfRfc5769) {
  const auto request = validate(kSampleRequest);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->priority, 0x6e0001ffU);
  EXPECT_TRUE(request->claims_controlled);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_FALSE(request->nomination);
}

TEST(StunMessage, WritesTheMappedAddressesOfRfc5769) {
  // RFC 5769 2.2 and 2.3 have the same transaction as the sample request.
  RequestValidator validator;
  ASSERT_TRUE(validator.validate(kSampleRequest, kSamplePasswords));
  EXPECT_TRUE(contains(validator.accept(*SocketAddress::parse("192.0.2.1", 32853)),
                       {0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43}));
  EXPECT_TRUE(contains(
      validator.accept(*SocketAddress::parse("2001:db8:1234:5678:11:2233:4455:6677", 32853)),
      {0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa,
       0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9}));
}

TEST(StunMessage, SignsAnswersWithThePasswordOfTheRequest) {
  RequestValidator validator;
  ASSERT_TRUE(validator.validate(check().bytes(), kSamplePasswords));
  const auto success =
      parse_answer(validator.accept(SocketAddress::v4({192, 0, 2, 7}, 9)), kSamplePassword);
  EXPECT_EQ(success.type, 0x0101);
  EXPECT_EQ(success.mapped, SocketAddress::v4({192, 0, 2, 7}, 9));
  EXPECT_TRUE(success.integrity_ok);
  EXPECT_TRUE(success.fingerprint_ok);
  const auto conflict =
      parse_answer(validator.reject(StunErrorCode::kRoleConflict), kSamplePassword);
  EXPECT_EQ(conflict.type, 0x0111);
  EXPECT_EQ(conflict.error_code, 487);
  EXPECT_TRUE(conflict.integrity_ok);
  EXPECT_TRUE(conflict.fingerprint_ok);
}

TEST(StunMessage, ReadsWhatTheClientNominates) {
  Check nominating = check();
  nominating.use_candidate = true;
  for (const std::uint16_t type : {std::uint16_t{0xC001}, std::uint16_t{0x0030}}) {
    nominating.nomination = 7;
    nominating.nomination_type = type;
    const auto request = validate(nominating.bytes());
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->use_candidate);
    EXPECT_EQ(request->nomination, 7U);
    EXPECT_FALSE(request->claims_controlled);
  }
}

struct Refused {
  const char* name;
  Bytes bytes;
  StunError error;
  std::optional<int> answered;
};

std::vector<Refused> refused_requests() {
  Check wrong_password = check();
  wrong_password.password = "another password 12345";
  Check unknown_user = check();
  unknown_user.username = "nobody:h6vY";
  Check no_colon = check();
  no_colon.username = "evtj";
  Check no_username = check();
  no_username.username = "";
  Check no_integrity = check();
  no_integrity.integrity = false;
  Check no_fingerprint = check();
  no_fingerprint.fingerprint = false;
  Check no_priority = check();
  no_priority.priority.reset();
  Check unknown_attribute = check();
  unknown_attribute.extra_attribute = 0x7777;
  Check indication = check();
  indication.type = 0x0011;
  Check success = check();
  success.type = 0x0101;
  Check allocate = check();
  allocate.type = 0x0003;
  Bytes changed = check().bytes();
  changed[changed.size() - 1] ^= 1U;
  Bytes truncated = check().bytes();
  truncated.resize(truncated.size() - 4);
  Bytes huge(2000, 0);
  std::ranges::copy(check().bytes(), huge.begin());
  huge[2] = 1980 >> 8;
  huge[3] = 1980 & 0xFF;
  return {
      {"wrong password", wrong_password.bytes(), StunError::kUnauthorized, 401},
      {"unknown user", unknown_user.bytes(), StunError::kUnauthorized, 401},
      {"username without colon", no_colon.bytes(), StunError::kUnauthorized, 401},
      {"no username", no_username.bytes(), StunError::kBadRequest, 400},
      {"no integrity", no_integrity.bytes(), StunError::kBadRequest, 400},
      {"no fingerprint", no_fingerprint.bytes(), StunError::kBadRequest, 400},
      {"wrong fingerprint", changed, StunError::kBadRequest, 400},
      {"no priority", no_priority.bytes(), StunError::kBadRequest, 400},
      {"unknown attribute", unknown_attribute.bytes(), StunError::kUnknownAttribute, 420},
      {"indication", indication.bytes(), StunError::kNotARequest, std::nullopt},
      {"response", success.bytes(), StunError::kNotARequest, std::nullopt},
      {"another method", allocate.bytes(), StunError::kNotARequest, std::nullopt},
      {"truncated", truncated, StunError::kMalformed, std::nullopt},
      {"huge", huge, StunError::kMalformed, std::nullopt},
      {"empty", {}, StunError::kMalformed, std::nullopt},
      {"header cut", Bytes(19, 0), StunError::kMalformed, std::nullopt},
  };
}

TEST(StunMessage, RefusesWithTheRightAnswer) {
  for (const Refused& refused : refused_requests()) {
    RequestValidator validator;
    const auto request = validator.validate(refused.bytes, kSamplePasswords);
    ASSERT_FALSE(request) << refused.name;
    EXPECT_EQ(request.error(), refused.error) << refused.name;
    const auto answer = parse_answer(validator.response(), kSamplePassword);
    EXPECT_EQ(answer.error_code, refused.answered) << refused.name;
    EXPECT_EQ(answer.fingerprint_ok, refused.answered.has_value()) << refused.name;
  }
}

TEST(StunMessage, RefusesIntegrityOfAnotherLength) {
  // A MESSAGE-INTEGRITY of four bytes in front of the fingerprint.
  Check unsigned_check = check();
  unsigned_check.integrity = false;
  unsigned_check.extra_attribute = 0x0008;
  EXPECT_FALSE(validate(unsigned_check.bytes()));
}

TEST(StunMessage, RefusesEveryTruncationAndEveryFlippedByte) {
  const Bytes good = check().bytes();
  ASSERT_TRUE(validate(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(validate(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)))) << i;
    Bytes flipped = good;
    flipped[i] ^= 0x10U;
    EXPECT_FALSE(validate(flipped)) << i;
  }
}

TEST(StunMessage, FindsTheLocalUfragWithoutAuthentication) {
  EXPECT_EQ(local_ufrag(kSampleRequest), "evtj");
  Check no_fingerprint = check();
  no_fingerprint.fingerprint = false;
  EXPECT_EQ(local_ufrag(no_fingerprint.bytes()), "evtj");
  Check no_colon = check();
  no_colon.username = "evtj";
  EXPECT_FALSE(local_ufrag(no_colon.bytes()));
  Check nobody = check();
  nobody.username = ":h6vY";
  EXPECT_FALSE(local_ufrag(nobody.bytes()));
  Check response = check();
  response.type = 0x0101;
  EXPECT_FALSE(local_ufrag(response.bytes()));
  EXPECT_FALSE(local_ufrag(Bytes{}));
}

TEST(StunMessage, TellsStunFromOtherDatagrams) {
  EXPECT_TRUE(looks_like_stun(kSampleRequest));
  EXPECT_FALSE(looks_like_stun(Bytes{22, 0xFE, 0xFD}));
  Bytes rtp = kSampleRequest;
  rtp[0] = 0x80;
  EXPECT_FALSE(looks_like_stun(rtp));
  Bytes no_cookie = kSampleRequest;
  no_cookie[4] = 0;
  EXPECT_FALSE(looks_like_stun(no_cookie));
}

TEST(StunMessage, AnswersTheLongestUsername) {
  Check longest = check();
  longest.username = std::string("evtj:") + std::string(256, 'x');
  RequestValidator validator;
  ASSERT_TRUE(validator.validate(longest.bytes(), kSamplePasswords));
  EXPECT_FALSE(validator.accept(SocketAddress::v6({}, 1)).empty());
}

}  // namespace
}  // namespace parlance::sfu::stun
