// Changes, decided: each request against what the store says, inside of one write transaction.
#pragma once

#include <expected>
#include <utility>
#include <vector>

#include "chat/ports/store.h"
#include "chat/service/answers.h"
#include "chat/service/requests.h"

namespace parlance::chat {

// Runs requests one after another in a transaction that the caller has begun and commits. A request
// that is answered with an error has written nothing. Events are collected in the order of their
// revisions, to be published after the commit and thrown away without it, like the answers.
class Commands {
 public:
  Commands(StoreReads reads, StoreWrites writes, UnixMillis now)
      : reads_(reads), writes_(writes), now_(now) {}

  std::expected<Identity, ChatError> run(const CreateGuest& request);
  std::expected<User, ChatError> run(const RenameUser& request);
  std::expected<ConversationView, ChatError> run(const CreateConversation& request);
  std::expected<Conversation, ChatError> run(const ConfigureConversation& request);
  std::expected<Member, ChatError> run(const ChangeMember& request);
  std::expected<ConversationView, ChatError> run(const AcceptInvite& request);
  std::expected<std::vector<Member>, ChatError> run(const AddMembers& request);
  std::expected<void, ChatError> run(const BanMember& request);
  std::expected<Invite, ChatError> run(const CreateInvite& request);
  std::expected<void, ChatError> run(const RevokeInvite& request);
  std::expected<void, ChatError> run(const RemoveMember& request);
  std::expected<Sent, ChatError> run(const SendMessage& request);

  // account_commands.cpp
  std::expected<SignedIn, ChatError> run(const RegisterAccount& request);
  std::expected<SignedIn, ChatError> run(const SignIn& request);
  std::expected<Refreshed, ChatError> run(const RefreshSession& request);
  std::expected<void, ChatError> run(const ConfirmToken& request);
  std::expected<std::vector<DeviceId>, ChatError> run(const EndDevices& request);

  // What happened so far; the collection is empty afterwards.
  std::vector<Event> take_events() { return std::exchange(events_, {}); }

 private:
  using ConversationChange = decltype(ConversationEvent::what);
  using UserChange = decltype(UserEvent::what);

  void change(const Conversation& head, ConversationChange what);
  void change(const UserHead& head, UserChange what);
  // Puts the user into a conversation that has it in neither stream yet.
  ConversationView join(const UserHead& user, ConversationId conversation, Role role);
  void remove(const Conversation& conversation, const UserHead& member);
  ConversationView view(ConversationId conversation);
  // Whether the asker may bring people into the conversation, or why not.
  std::expected<Conversation, ChatError> admitted_by(UserId asker, ConversationId conversation);
  std::expected<void, ChatError> room_for(UserId user, ConversationId conversation);
  bool in_too_many(UserId user);

  StoreReads reads_;
  StoreWrites writes_;
  UnixMillis now_;
  std::vector<Event> events_;
};

}  // namespace parlance::chat
