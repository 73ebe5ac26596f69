// Ways into a conversation that end: after some time, or after so many people.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "chat/domain/types.h"

namespace parlance::chat {

// Reading, with the guarantees of Directory.
class Invites {
 public:
  virtual ~Invites() = default;
  virtual std::optional<Invite> invite(InviteId id) = 0;
  virtual std::optional<Invite> invite_by_code(std::string_view code) = 0;
  // In the order of their ids.
  virtual std::vector<Invite> invites(ConversationId conversation) = 0;
};

// Writing, with the guarantees of DirectoryWriter.
class InviteWriter {
 public:
  virtual ~InviteWriter() = default;
  // Adds the invite, or replaces how often it has been used.
  virtual void put(const Invite& invite) = 0;
  virtual void erase(InviteId id) = 0;
};

}  // namespace parlance::chat
