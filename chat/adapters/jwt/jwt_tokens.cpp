#include "chat/adapters/jwt/jwt_tokens.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <jwt/jwt.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "chat/adapters/jwt/signing_key.h"

namespace parlance::chat {

namespace {

using Json = nlohmann::json;

constexpr const char* kAudience = "parlance";
// Ours have some 400 bytes.
constexpr std::size_t kMaxTokenBytes = 1024;

// The token library looks bytes up in a table without asking whether they are in it.
bool is_base64url(std::string_view part) {
  return !part.empty() && std::ranges::all_of(part, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

struct NamedKey {
  std::string kid;
  SigningKey key;
};

class JwtTokens final : public AccessTokens {
 public:
  // By kid; the last one signs.
  explicit JwtTokens(const std::map<std::string, SigningKey>& keys) {
    for (const auto& [kid, key] : keys) {
      verifiers_.emplace(header_of(kid, key), NamedKey{kid, key});
      signer_ = {kid, key};
    }
  }

  std::string sign(const AccessClaims& claims, UnixMillis now) const override {
    using namespace jwt::params;
    jwt::jwt_object token{algorithm("ES256"), secret(signer_.key.private_pem)};
    token.header().add_header("kid", signer_.kid);
    token.add_claim("aud", kAudience)
        .add_claim("sub", claims.user.str())
        .add_claim("device", claims.device.str())
        .add_claim("n", claims.token_number)
        .add_claim("iat", now / 1000)
        .add_claim("exp", claims.expires_at / 1000);
    return token.signature();
  }

  std::optional<AccessClaims> verify(std::string_view token, UnixMillis now) const override {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (token.size() > kMaxTokenBytes || first == std::string_view::npos || first == last ||
        !is_base64url(token.substr(first + 1, last - first - 1)) ||
        !is_base64url(token.substr(last + 1))) {
      return std::nullopt;
    }
    // All our tokens of a key have the same header, so that nothing of a foreign one is read: not
    // its algorithm, and not its key.
    const auto key = verifiers_.find(token.substr(0, first));
    if (key == verifiers_.end()) {
      return std::nullopt;
    }
    try {
      return claims_of(std::string(token), key->second.key.public_pem, now);
    } catch (const std::exception&) {
      return std::nullopt;  // the library's way of saying that claims have other types than ours
    }
  }

  std::string key_set() const override {
    Json keys = Json::array();
    for (const auto& [header, named] : verifiers_) {
      keys.push_back({{"kty", "EC"},
                      {"crv", "P-256"},
                      {"use", "sig"},
                      {"alg", "ES256"},
                      {"kid", named.kid},
                      {"x", named.key.x},
                      {"y", named.key.y}});
    }
    return Json({{"keys", std::move(keys)}}).dump();
  }

 private:
  static std::string header_of(const std::string& kid, const SigningKey& key) {
    using namespace jwt::params;
    jwt::jwt_object token{algorithm("ES256"), secret(key.private_pem)};
    token.header().add_header("kid", kid);
    const std::string text = token.signature();
    return text.substr(0, text.find('.'));
  }

  static std::optional<AccessClaims> claims_of(const std::string& token,
                                               const std::string& public_pem,
                                               UnixMillis now) {
    using namespace jwt::params;
    std::error_code error;
    // The clock is ours: the library's own check gets so much leeway that it says nothing.
    const jwt::jwt_object read = jwt::decode(token,
                                             algorithms({"ES256"}),
                                             error,
                                             secret(public_pem),
                                             aud(kAudience),
                                             leeway(std::numeric_limits<std::uint32_t>::max()),
                                             jwt::params::verify(true));
    if (error) {
      return std::nullopt;
    }
    const Json claims = read.payload().create_json_obj();
    const auto user = UserId::parse(claims.at("sub").get<std::string>());
    const auto device = DeviceId::parse(claims.at("device").get<std::string>());
    const std::int64_t expires_at = claims.at("exp").get<std::int64_t>();
    if (!user || !device || expires_at <= now / 1000) {
      return std::nullopt;
    }
    return AccessClaims{.user = *user,
                        .device = *device,
                        .token_number = claims.at("n").get<std::int64_t>(),
                        .expires_at = expires_at * 1000};
  }

  std::map<std::string, NamedKey, std::less<>> verifiers_;  // by the token's first part
  NamedKey signer_;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool write_private(const std::filesystem::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return false;
  }
  const ssize_t written = write(file, text.data(), text.size());
  const bool kept = written == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  return close(file) == 0 && kept;
}

// Names sort by the time they were made.
std::string new_kid() {
  using std::chrono::system_clock;
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch());
  return "key-" + std::to_string(now.count());
}

}  // namespace

std::expected<std::unique_ptr<AccessTokens>, std::string> open_jwt_tokens(
    const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  std::map<std::string, SigningKey> keys;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    if (file.path().extension() != ".pem") {
      continue;
    }
    auto key = read_signing_key(read_file(file.path()));
    if (!key) {
      return std::unexpected("the key " + file.path().string() +
                             " can't be read, or is no private key on P-256: move it away");
    }
    keys.emplace(file.path().stem().string(), std::move(*key));
  }
  if (keys.empty()) {
    const std::string kid = new_kid();
    SigningKey key = new_signing_key();
    if (!write_private(folder / (kid + ".pem"), key.private_pem)) {
      return std::unexpected("the folder " + folder.string() +
                             " for the keys of access tokens can't be written");
    }
    keys.emplace(kid, std::move(key));
  }
  return std::make_unique<JwtTokens>(keys);
}

std::unique_ptr<AccessTokens> make_jwt_tokens() {
  return std::make_unique<JwtTokens>(
      std::map<std::string, SigningKey>{{new_kid(), new_signing_key()}});
}

}  // namespace parlance::chat
