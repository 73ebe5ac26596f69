#include "chat/domain/account.h"

#include <algorithm>
#include <array>

#include "chat/domain/text_rules.h"

namespace parlance::chat {

namespace {

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

constexpr bool is_mark(char c) {
  return c == '.' || c == '_' || c == '-';
}

// The most frequent ones of the lists that were published after break-ins, as far as they are long
// enough to come here at all. In lower case and sorted.
constexpr auto kCommonPasswords = std::to_array<std::string_view>({
    "00000000",      "0000000000",   "0123456789",   "0987654321",  "11111111",   "1111111111",
    "11223344",      "112233445566", "12121212",     "123123123",   "12341234",   "1234512345",
    "12345678",      "123456789",    "1234567890",   "12345678910", "123456789a", "123456abc",
    "1234qwer",      "123abc123",    "123qwe123",    "12qwaszx",    "147258369",  "1q2w3e4r",
    "1q2w3e4r5t",    "1qaz2wsx",     "1qazxsw2",     "22222222",    "33333333",   "55555555",
    "66666666",      "77777777",     "87654321",     "88888888",    "987654321",  "9876543210",
    "99999999",      "a1234567",     "a12345678",    "a123456789",  "aa123456",   "aaaaaaaa",
    "abc12345",      "abc123456",    "abcd1234",     "abcdefgh",    "admin123",   "admin1234",
    "administrator", "alexander",    "america1",     "asdf1234",    "asdfasdf",   "asdfghjk",
    "asdfghjkl",     "babygirl",     "babygirl1",    "baseball",    "baseball1",  "basketball",
    "blink182",      "butterfly",    "changeme",     "changeme1",   "charlie1",   "chocolate",
    "christian",     "computer",     "corvette",     "danielle",    "darkness",   "diamond1",
    "dolphin1",      "dragon123",    "elephant",     "evolution",   "facebook",   "football",
    "football1",     "forever1",     "freedom1",     "godzilla",    "hello123",   "hellohello",
    "iloveyou",      "iloveyou1",    "iloveyou2",    "internet",    "jennifer",   "jessica1",
    "jonathan",      "jordan23",     "letmein1",     "letmein123",  "liverpool",  "lovelove",
    "loveyou1",      "manchester",   "marlboro",     "master123",   "maverick",   "mercedes",
    "michael1",      "michelle",     "midnight",     "minecraft",   "monkey123",  "mustang1",
    "mypassword",    "naruto123",    "nicholas",     "ninja123",    "p@ssw0rd",   "p@ssword",
    "pa55word",      "passw0rd",     "password",     "password!",   "password1",  "password1!",
    "password12",    "password123",  "password1234", "patrick1",    "pokemon1",   "princess",
    "princess1",     "q1w2e3r4",     "q1w2e3r4t5",   "qazwsx123",   "qazwsxedc",  "qwer1234",
    "qwerasdf",      "qwerqwer",     "qwerty12",     "qwerty123",   "qwerty1234", "qwerty123456",
    "qwertyui",      "qwertyuiop",   "samantha",     "samsung1",    "scorpion",   "secret123",
    "september",     "slipknot",     "soccer10",     "spiderman",   "startrek",   "starwars",
    "steelers",      "summer01",     "sunshine",     "sunshine1",   "superman",   "superman1",
    "superstar",     "target123",    "test1234",     "testtest",    "trustno1",   "veronica",
    "victoria",      "welcome1",     "welcome123",   "whatever",    "william1",   "zaq12wsx",
    "zaq1zaq1",      "zxcvbnm1",     "zxcvbnm123",   "zzzzzzzz",
});
static_assert(std::ranges::is_sorted(kCommonPasswords));

}  // namespace

std::string fold_ascii(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return folded;
}

std::optional<std::string> clean_login(std::string_view text) {
  if (text.size() < kMinLoginCharacters || text.size() > kMaxLoginCharacters) {
    return std::nullopt;
  }
  std::string login = fold_ascii(text);
  const bool fits = is_letter_or_digit(login.front()) && std::ranges::all_of(login, [](char c) {
                      return is_letter_or_digit(c) || is_mark(c);
                    });
  return fits ? std::optional(std::move(login)) : std::nullopt;
}

bool is_good_password(std::string_view password, std::string_view login) {
  const auto characters = count_characters(password);
  if (!characters || *characters < kMinPasswordCharacters || *characters > kMaxPasswordCharacters) {
    return false;
  }
  const std::string folded = fold_ascii(password);
  return folded != login && !std::ranges::binary_search(kCommonPasswords, folded);
}

}  // namespace parlance::chat
