#include "chat/service/commands.h"

#include <algorithm>
#include <optional>

#include "chat/domain/permissions.h"
#include "chat/domain/text_rules.h"

namespace parlance::chat {

namespace {

constexpr auto fault(ChatError error) {
  return std::unexpected(error);
}

}  // namespace

std::expected<Identity, ChatError> Commands::run(const CreateGuest& request) {
  auto name = clean_name(request.name);
  if (!name) {
    return fault(ChatError::kInvalid);
  }
  writes_.directory.add_user({.id = request.user, .name = *name, .guest = true, .created_at = now_},
                             {.id = request.device,
                              .user = request.user,
                              .token_hash = request.token_hash,
                              .created_at = now_});
  return Identity{
      .user = request.user, .device = request.device, .name = std::move(*name), .guest = true};
}

std::expected<User, ChatError> Commands::run(const RenameUser& request) {
  auto name = clean_name(request.name);
  if (!name) {
    return fault(ChatError::kInvalid);
  }
  auto head = reads_.directory.user(request.user);
  if (!head) {
    return fault(ChatError::kUnauthenticated);
  }
  if (head->user.name == *name) {
    return head->user;
  }
  writes_.directory.rename_user(request.user, *name);
  change(*head, UserEvent::ProfileChanged{.name = *name});
  for (const Conversation& conversation : reads_.memberships.conversations_of(request.user)) {
    if (const auto member = reads_.memberships.member(conversation.id, request.user)) {
      change(conversation, ConversationEvent::MemberUpdated{.member = *member});
    }
  }
  head->user.name = std::move(*name);
  return head->user;
}

std::expected<ConversationView, ChatError> Commands::run(const CreateConversation& request) {
  auto title = clean_title(request.title);
  if (!title || request.conversation.is_nil() || request.kind == ConversationKind::kDirect) {
    return fault(ChatError::kInvalid);
  }
  const auto creator = reads_.directory.user(request.creator);
  if (!creator) {
    return fault(ChatError::kUnauthenticated);
  }
  if (const auto taken = reads_.directory.conversation(request.conversation)) {
    const bool repeated = taken->creator == request.creator &&
                          reads_.memberships.member(request.conversation, request.creator);
    if (!repeated) {
      return fault(ChatError::kConflict);
    }
    return view(request.conversation);
  }
  if (in_too_many(request.creator)) {
    return fault(ChatError::kTooMany);
  }
  ConversationRecord record{.conversation = {}, .creator = request.creator};
  record.conversation.id = request.conversation;
  record.conversation.kind = request.kind;
  record.conversation.profile.title = std::move(*title);
  record.conversation.profile.may_post = first_posters(request.kind);
  record.conversation.invite_code = request.invite_code;
  record.conversation.created_at = now_;
  writes_.directory.add_conversation(record);
  return join(*creator, request.conversation, Role::kOwner);
}

std::expected<Conversation, ChatError> Commands::run(const ConfigureConversation& request) {
  const auto asker = reads_.memberships.member(request.conversation, request.asker);
  const auto record = reads_.directory.conversation(request.conversation);
  if (!asker || !record) {
    return fault(ChatError::kNotFound);
  }
  const Conversation& before = record->conversation;
  if (!may_configure(asker->role, before.kind)) {
    return fault(ChatError::kForbidden);
  }
  auto title = clean_title(request.title.value_or(before.profile.title));
  if (!title) {
    return fault(ChatError::kInvalid);
  }
  ConversationProfile profile{.title = std::move(*title),
                              .archived = request.archived.value_or(before.profile.archived),
                              .may_post = request.may_post.value_or(before.profile.may_post),
                              .may_call = request.may_call.value_or(before.profile.may_call)};
  if (profile == before.profile) {
    return before;
  }
  Conversation after = before;
  after.profile = std::move(profile);
  ++after.last_r;
  change(before, ConversationEvent::ProfileChanged{.profile = after.profile});
  return after;
}

std::expected<Member, ChatError> Commands::run(const ChangeMember& request) {
  const auto asker = reads_.memberships.member(request.conversation, request.asker);
  auto member = reads_.memberships.member(request.conversation, request.member);
  const auto record = reads_.directory.conversation(request.conversation);
  if (!asker || !member || !record) {
    return fault(ChatError::kNotFound);
  }
  const Member before = *member;
  member->role = request.role.value_or(before.role);
  member->muted = request.muted.value_or(before.muted);
  const bool direct = record->conversation.kind == ConversationKind::kDirect;
  if (direct || !may_change(asker->role, before.role, member->role)) {
    return fault(ChatError::kForbidden);
  }
  if (*member != before) {
    writes_.memberships.put(request.conversation, *member);
    change(record->conversation, ConversationEvent::MemberUpdated{.member = *member});
  }
  return std::move(*member);
}

std::expected<ConversationView, ChatError> Commands::run(const AcceptInvite& request) {
  const auto user = reads_.directory.user(request.user);
  if (!user) {
    return fault(ChatError::kUnauthenticated);
  }
  const auto invited = reads_.directory.conversation_invited_by(request.code);
  auto invite = invited ? std::nullopt : reads_.invites.invite_by_code(request.code);
  if (!invited && !invite) {
    return fault(ChatError::kNotFound);
  }
  const ConversationId conversation = invited ? invited->conversation.id : invite->conversation;
  if (reads_.memberships.member(conversation, request.user)) {
    return view(conversation);
  }
  // Whoever is kept out is told no more than a stranger without a code.
  if ((invite && !is_open(*invite, now_)) ||
      reads_.memberships.is_banned(conversation, request.user)) {
    return fault(ChatError::kNotFound);
  }
  if (const auto room = room_for(request.user, conversation); !room) {
    return fault(room.error());
  }
  if (invite) {
    ++invite->uses;
    writes_.invites.put(*invite);
  }
  return join(*user, conversation, kRoleByInvite);
}

std::expected<std::vector<Member>, ChatError> Commands::run(const AddMembers& request) {
  const auto conversation = admitted_by(request.asker, request.conversation);
  if (!conversation) {
    return fault(conversation.error());
  }
  if (request.users.empty() || request.users.size() > kMaxAdded) {
    return fault(ChatError::kInvalid);
  }
  // All or none: whatever can be refused is refused before the first one is in.
  std::vector<UserHead> added;
  for (const UserId id : request.users) {
    const bool repeated =
        std::ranges::any_of(added, [&](const UserHead& head) { return head.user.id == id; });
    if (repeated || reads_.memberships.member(request.conversation, id)) {
      continue;
    }
    const auto head = reads_.directory.user(id);
    if (!head) {
      return fault(ChatError::kNotFound);
    }
    if (reads_.memberships.is_banned(request.conversation, id)) {
      return fault(ChatError::kForbidden);
    }
    if (in_too_many(id)) {
      return fault(ChatError::kTooMany);
    }
    added.push_back(*head);
  }
  if (reads_.memberships.members(request.conversation).size() + added.size() > kMaxMembers) {
    return fault(ChatError::kTooMany);
  }
  std::vector<Member> members;
  for (const UserHead& head : added) {
    join(head, request.conversation, kRoleByInvite);
    if (auto member = reads_.memberships.member(request.conversation, head.user.id)) {
      members.push_back(std::move(*member));
    }
  }
  return members;
}

std::expected<void, ChatError> Commands::run(const BanMember& request) {
  const auto asker = reads_.memberships.member(request.conversation, request.asker);
  const auto conversation = admitted_by(request.asker, request.conversation);
  if (!conversation) {
    return fault(conversation.error());
  }
  const auto head = reads_.directory.user(request.member);
  if (!head) {
    return fault(ChatError::kNotFound);
  }
  const auto member = reads_.memberships.member(request.conversation, request.member);
  const bool above =
      !member || (request.asker != request.member &&
                  may_remove(request.asker, asker->role, request.member, member->role));
  if (!above) {
    return fault(ChatError::kForbidden);
  }
  if (request.banned && !reads_.memberships.is_banned(request.conversation, request.member) &&
      reads_.memberships.banned(request.conversation).size() >= kMaxBans) {
    return fault(ChatError::kTooMany);
  }
  writes_.memberships.set_banned(request.conversation, request.member, request.banned);
  if (request.banned && member) {
    remove(*conversation, *head);
  }
  return {};
}

std::expected<Invite, ChatError> Commands::run(const CreateInvite& request) {
  const auto conversation = admitted_by(request.asker, request.conversation);
  if (!conversation) {
    return fault(conversation.error());
  }
  if (auto taken = reads_.invites.invite(request.id)) {
    return taken->conversation == request.conversation && taken->creator == request.asker
               ? std::expected<Invite, ChatError>(std::move(*taken))
               : fault(ChatError::kConflict);
  }
  const bool ends_before = request.expires_at != 0 && request.expires_at <= now_;
  if (request.id.is_nil() || ends_before || request.expires_at < 0 || request.max_uses < 0) {
    return fault(ChatError::kInvalid);
  }
  if (reads_.invites.invites(request.conversation).size() >= kMaxInvites) {
    return fault(ChatError::kTooMany);
  }
  Invite invite{.id = request.id,
                .conversation = request.conversation,
                .code = request.code,
                .creator = request.asker,
                .created_at = now_,
                .expires_at = request.expires_at,
                .max_uses = request.max_uses};
  writes_.invites.put(invite);
  return invite;
}

std::expected<void, ChatError> Commands::run(const RevokeInvite& request) {
  const auto conversation = admitted_by(request.asker, request.conversation);
  if (!conversation) {
    return fault(conversation.error());
  }
  const auto invite = reads_.invites.invite(request.id);
  if (invite && invite->conversation == request.conversation) {
    writes_.invites.erase(request.id);
  }
  return {};
}

std::expected<void, ChatError> Commands::run(const RemoveMember& request) {
  const auto asker = reads_.memberships.member(request.conversation, request.asker);
  const auto member = reads_.memberships.member(request.conversation, request.member);
  const auto record = reads_.directory.conversation(request.conversation);
  const auto head = reads_.directory.user(request.member);
  if (!asker || !member || !record || !head) {
    return fault(ChatError::kNotFound);
  }
  if (!may_remove(request.asker, asker->role, request.member, member->role)) {
    return fault(ChatError::kForbidden);
  }
  remove(record->conversation, *head);
  return {};
}

std::expected<Sent, ChatError> Commands::run(const SendMessage& request) {
  auto body = clean_body(request.body);
  if (!body || request.cmid.is_nil()) {
    return fault(ChatError::kInvalid);
  }
  const auto member = reads_.memberships.member(request.conversation, request.sender);
  auto taken = reads_.log.message(request.conversation, request.cmid);
  if (taken && taken->sender == request.sender) {
    // Also for a sender who was removed since: what it doesn't know yet is only that this was
    // stored.
    return Sent{.message = std::move(*taken), .duplicate = true};
  }
  if (!member) {
    return fault(ChatError::kNotFound);
  }
  if (taken) {
    return fault(ChatError::kConflict);
  }
  const auto record = reads_.directory.conversation(request.conversation);
  if (!record) {
    return fault(ChatError::kNotFound);
  }
  const Conversation& head = record->conversation;
  if (!may_post(*member, head.profile)) {
    return fault(ChatError::kForbidden);
  }
  Message message{.id = request.cmid,
                  .conversation = request.conversation,
                  .q = head.last_q + 1,
                  .r = head.last_r + 1,
                  .sender = request.sender,
                  .body = std::move(*body),
                  .at = now_};
  change(head, ConversationEvent::MessageCreated{.message = message});
  return Sent{.message = std::move(message)};
}

void Commands::change(const Conversation& head, ConversationChange what) {
  ConversationEvent event{
      .conversation = head.id, .r = head.last_r + 1, .at = now_, .what = std::move(what)};
  writes_.log.append(event);
  events_.emplace_back(std::move(event));
}

void Commands::change(const UserHead& head, UserChange what) {
  UserEvent event{.user = head.user.id, .r = head.last_r + 1, .at = now_, .what = std::move(what)};
  writes_.log.append(event);
  events_.emplace_back(std::move(event));
}

bool Commands::in_too_many(UserId user) {
  return reads_.memberships.conversations_of(user).size() >= kMaxConversations;
}

std::expected<Conversation, ChatError> Commands::admitted_by(UserId asker,
                                                             ConversationId conversation) {
  const auto member = reads_.memberships.member(conversation, asker);
  auto record = reads_.directory.conversation(conversation);
  if (!member || !record) {
    return fault(ChatError::kNotFound);
  }
  if (!may_admit(member->role, record->conversation.kind)) {
    return fault(ChatError::kForbidden);
  }
  return std::move(record->conversation);
}

std::expected<void, ChatError> Commands::room_for(UserId user, ConversationId conversation) {
  if (in_too_many(user) || reads_.memberships.members(conversation).size() >= kMaxMembers) {
    return fault(ChatError::kTooMany);
  }
  return {};
}

void Commands::remove(const Conversation& conversation, const UserHead& member) {
  writes_.memberships.erase(conversation.id, member.user.id);
  change(conversation, ConversationEvent::MemberLeft{.user = member.user.id});
  change(member, UserEvent::ConversationRemoved{.conversation = conversation.id});
}

ConversationView Commands::join(const UserHead& user, ConversationId conversation, Role role) {
  const Member member{.user = user.user.id,
                      .name = user.user.name,
                      .role = role,
                      .joined_at = now_,
                      .visible_from = kVisibleFromByInvite};
  writes_.memberships.put(conversation, member);
  if (const auto record = reads_.directory.conversation(conversation)) {
    change(record->conversation, ConversationEvent::MemberJoined{.member = member});
  }
  ConversationView joined = view(conversation);
  change(user, UserEvent::ConversationAdded{.conversation = joined.conversation});
  return joined;
}

ConversationView Commands::view(ConversationId conversation) {
  ConversationView view;
  if (auto record = reads_.directory.conversation(conversation)) {
    view.conversation = std::move(record->conversation);
  }
  view.members = reads_.memberships.members(conversation);
  return view;
}

}  // namespace parlance::chat
