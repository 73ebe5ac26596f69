#include "chat/service/requests.h"

namespace parlance::chat {

void announce(const CreateGuest& request, Footprint& footprint) {
  footprint.users.push_back(request.user);
}

void announce(const RenameUser& request, Footprint& footprint) {
  footprint.renamed.push_back(request.user);
}

void announce(const CreateConversation& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.creator);
}

void announce(const ConfigureConversation& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
}

void announce(const ChangeMember& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
  footprint.users.push_back(request.member);
}

void announce(const AcceptInvite& request, Footprint& footprint) {
  footprint.invite_codes.push_back(request.code);
  footprint.users.push_back(request.user);
}

void announce(const AddMembers& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
  footprint.users.insert(footprint.users.end(), request.users.begin(), request.users.end());
}

void announce(const BanMember& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
  footprint.users.push_back(request.member);
}

void announce(const CreateInvite& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
}

void announce(const RevokeInvite& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
}

void announce(const RemoveMember& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.users.push_back(request.asker);
  footprint.users.push_back(request.member);
}

void announce(const SendMessage& request, Footprint& footprint) {
  footprint.conversations.push_back(request.conversation);
  footprint.messages.push_back(
      {.conversation = request.conversation, .cmid = request.cmid, .sender = request.sender});
}

}  // namespace parlance::chat
