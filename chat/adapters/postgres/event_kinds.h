// The numbers by which the tables of events tell their rows' kinds. They are in people's databases:
// never change one.
#pragma once

#include <cstdint>

namespace parlance::chat::postgres {

// NOLINTNEXTLINE(performance-enum-size): as wide as what is read and written
enum class ConversationEventKind : std::int64_t {
  kMessageCreated = 1,
  kMemberJoined = 2,
  kMemberUpdated = 3,
  kMemberLeft = 4,
  kProfileChanged = 5,
};

// NOLINTNEXTLINE(performance-enum-size): as wide as what is read and written
enum class UserEventKind : std::int64_t {
  kConversationAdded = 1,
  kConversationRemoved = 2,
  kProfileChanged = 3,
};

}  // namespace parlance::chat::postgres
