// Who may do what in a conversation: the one place where that is decided.
#pragma once

#include "chat/domain/types.h"

namespace parlance::chat {

// Hosts remove whoever ranks below them, never their equals; everybody may leave.
constexpr bool may_remove(UserId asker, Role asker_role, UserId member, Role member_role) {
  return asker == member || (is_host(asker_role) && asker_role < member_role);
}

// The same for muting and for another role, which ranks no higher than the asker's own.
constexpr bool may_change(Role asker_role, Role member_role, Role new_role) {
  return is_host(asker_role) && asker_role < member_role && asker_role <= new_role;
}

// Invites, bans and members that are brought in. Nobody joins the two of a direct conversation.
constexpr bool may_admit(Role role, ConversationKind kind) {
  return is_host(role) && kind != ConversationKind::kDirect;
}

constexpr bool is_open(const Invite& invite, UnixMillis now) {
  return (invite.expires_at == 0 || now < invite.expires_at) &&
         (invite.max_uses == 0 || invite.uses < invite.max_uses);
}

// Title, archive and settings. The two of a direct conversation have nothing to decide.
constexpr bool may_configure(Role role, ConversationKind kind) {
  return role <= Role::kAdmin && kind != ConversationKind::kDirect;
}

inline bool may_post(const Member& member, const ConversationProfile& profile) {
  return !profile.archived && !member.muted && member.role <= profile.may_post;
}

inline bool may_start_call(const Member& member, const ConversationProfile& profile) {
  return !profile.archived && member.role <= profile.may_call;
}

// In a channel hosts write and the others read.
constexpr Role first_posters(ConversationKind kind) {
  return kind == ConversationKind::kChannel ? Role::kModerator : Role::kGuest;
}

constexpr bool may_read(const Member& member, Number q) {
  return q >= member.visible_from;
}

// The invite code lets anybody in as a member, who may read what was written before.
inline constexpr Role kRoleByInvite = Role::kMember;
inline constexpr Number kVisibleFromByInvite = 1;

}  // namespace parlance::chat
