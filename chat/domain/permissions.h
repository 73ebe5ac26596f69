// Who may do what in a conversation: the one place where that is decided.
#pragma once

#include "chat/domain/types.h"

namespace parlance::chat {

// Hosts remove whoever ranks below them, never their equals; everybody may leave.
constexpr bool may_remove(UserId asker, Role asker_role, UserId member, Role member_role) {
  return asker == member || (is_host(asker_role) && asker_role < member_role);
}

constexpr bool may_read(const Member& member, Number q) {
  return q >= member.visible_from;
}

// The invite code lets anybody in as a member, who may read what was written before.
inline constexpr Role kRoleByInvite = Role::kMember;
inline constexpr Number kVisibleFromByInvite = 1;

}  // namespace parlance::chat
