#include "sfu/secure/certificate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "sfu/secure/crypto.h"
#include "sfu/secure/openssl_certificate.h"

namespace parlance::sfu {
namespace {

constexpr const char* kText =
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:FC:FD:FE:"
    "FF";

TEST(Fingerprint, IsReadAndWrittenAsInSdp) {
  const auto fingerprint = Fingerprint::parse(kText);
  ASSERT_TRUE(fingerprint);
  EXPECT_EQ(fingerprint->digest()[1], 1);
  EXPECT_EQ(fingerprint->digest()[31], 0xFF);
  EXPECT_EQ(fingerprint->str(), kText);
}

TEST(Fingerprint, IsReadInLowerCase) {
  std::string lower = kText;
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_EQ(Fingerprint::parse(lower), Fingerprint::parse(kText));
}

TEST(Fingerprint, IsRefusedInAnyOtherShape) {
  const std::string text = kText;
  std::string no_hex = text;
  no_hex[0] = 'G';
  std::string no_colon = text;
  no_colon[2] = '-';
  for (const std::string& wrong : {std::string(), text.substr(3), text + ":00", no_hex, no_colon}) {
    EXPECT_FALSE(Fingerprint::parse(wrong)) << wrong;
  }
}

TEST(Certificate, IsEcdsaP256SignedByItself) {
  const OwnCertificate own = make_certificate();
  std::array<char, 64> group{};
  std::size_t size = 0;
  ASSERT_EQ(EVP_PKEY_get_group_name(own.key.get(), group.data(), group.size(), &size), 1);
  EXPECT_STREQ(group.data(), "prime256v1");
  EXPECT_EQ(X509_get_signature_nid(own.certificate.get()), NID_ecdsa_with_SHA256);
  EXPECT_EQ(X509_verify(own.certificate.get(), own.key.get()), 1);
  EXPECT_EQ(X509_cmp_current_time(X509_get0_notBefore(own.certificate.get())), -1);
  EXPECT_EQ(X509_cmp_current_time(X509_get0_notAfter(own.certificate.get())), 1);
}

TEST(Certificate, IsANewOneForEveryServer) {
  EXPECT_NE(make_crypto()->fingerprint(), make_crypto()->fingerprint());
}

}  // namespace
}  // namespace parlance::sfu
