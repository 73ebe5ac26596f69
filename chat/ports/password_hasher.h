// Passwords, as they are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parlance::chat {

// Slow on purpose and hungry for memory: for a thread that nobody waits for. One call at a time.
class PasswordHasher {
 public:
  virtual ~PasswordHasher() = default;
  // A PHC string with a new salt; nothing where the memory for it isn't there.
  virtual std::optional<std::string> hash(std::string_view password) = 0;
  // False also for what is no PHC string of ours.
  virtual bool verify(std::string_view password, const std::string& phc) = 0;
  // A string that no password fits and that costs as much to verify as any other.
  virtual const std::string& decoy() const = 0;
};

}  // namespace parlance::chat
