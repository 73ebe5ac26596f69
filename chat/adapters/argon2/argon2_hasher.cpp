#include "chat/adapters/argon2/argon2_hasher.h"

#include <array>
#include <cstdint>

#include <argon2.h>
#include <sys/random.h>

#include "base/check.h"

namespace parlance::chat {

namespace {

constexpr std::uint32_t kMemoryKib = 19'456;
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;

class Argon2Hasher final : public PasswordHasher {
 public:
  Argon2Hasher() {
    std::array<std::uint8_t, kHashBytes> nobody{};
    fill_random(nobody);
    decoy_ = hash(std::string(nobody.begin(), nobody.end())).value_or("");
  }

  std::optional<std::string> hash(std::string_view password) override {
    std::array<std::uint8_t, kSaltBytes> salt{};
    fill_random(salt);
    std::string phc(
        argon2_encodedlen(kPasses, kMemoryKib, kLanes, kSaltBytes, kHashBytes, Argon2_id), '\0');
    const int done = argon2id_hash_encoded(kPasses,
                                           kMemoryKib,
                                           kLanes,
                                           password.data(),
                                           password.size(),
                                           salt.data(),
                                           salt.size(),
                                           kHashBytes,
                                           phc.data(),
                                           phc.size());
    if (done != ARGON2_OK) {
      return std::nullopt;
    }
    phc.resize(phc.find('\0'));
    return phc;
  }

  bool verify(std::string_view password, const std::string& phc) override {
    return argon2id_verify(phc.c_str(), password.data(), password.size()) == ARGON2_OK;
  }

  const std::string& decoy() const override { return decoy_; }

 private:
  template <std::size_t kSize>
  static void fill_random(std::array<std::uint8_t, kSize>& bytes) {
    CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }

  std::string decoy_;
};

}  // namespace

std::unique_ptr<PasswordHasher> make_argon2_hasher() {
  return std::make_unique<Argon2Hasher>();
}

}  // namespace parlance::chat
