#include "signaling/server/dispatch.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "signaling/server/operations.h"
#include "signaling/server/server_state.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling {

namespace {

constexpr std::array kOperations{
    Operation{"call.get", ops::call_get},
    Operation{"call.join", ops::call_join},
    Operation{"call.leave", ops::call_leave},
    Operation{"call.lock", ops::call_lock},
    Operation{"call.mute", ops::call_mute},
    Operation{"call.remove", ops::call_remove},
    Operation{"consumer.key_frame", ops::consumer_key_frame},
    Operation{"consumer.pause", ops::consumer_pause},
    Operation{"consumer.resume", ops::consumer_resume},
    Operation{"conversation.create", ops::conversation_create},
    Operation{"conversation.get", ops::conversation_get},
    Operation{"conversation.list", ops::conversation_list},
    Operation{"conversation.update", ops::conversation_update},
    Operation{"device.list", ops::device_list},
    Operation{"device.logout", ops::device_logout},
    Operation{"invite.accept", ops::invite_accept},
    Operation{"invite.create", ops::invite_create},
    Operation{"invite.list", ops::invite_list},
    Operation{"invite.revoke", ops::invite_revoke},
    Operation{"member.add", ops::member_add},
    Operation{"member.ban", ops::member_ban},
    Operation{"member.bans", ops::member_bans},
    Operation{"member.remove", ops::member_remove},
    Operation{"member.unban", ops::member_unban},
    Operation{"member.update", ops::member_update},
    Operation{"message.history", ops::message_history},
    Operation{"message.send", ops::message_send},
    Operation{"producer.close", ops::producer_close},
    Operation{"producer.create", ops::producer_create},
    Operation{"producer.pause", ops::producer_pause},
    Operation{"producer.resume", ops::producer_resume},
    Operation{"profile.update", ops::profile_update},
    Operation{"router.capabilities", ops::router_capabilities},
    Operation{"session.resume", ops::session_again},
    Operation{"session.start", ops::session_again},
    Operation{"sync", ops::sync},
    Operation{"transport.connect", ops::transport_connect},
    Operation{"transport.restart", ops::transport_restart},
    Operation{"transport.stats", ops::transport_stats},
    Operation{"typing.start", ops::typing_start},
    Operation{"typing.stop", ops::typing_stop},
    Operation{"user.search", ops::user_search},
};
static_assert(std::ranges::is_sorted(kOperations, {}, &Operation::name));

}  // namespace

std::span<const Operation> operations() {
  return kOperations;
}

void dispatch(SignalingThread& thread, Sessions::Hosted& hosted, const ClientMessage& message) {
  const Asker asker{hosted.session.key(), hosted.session.epoch(), message.id};
  const auto found = std::ranges::lower_bound(kOperations, message.op, {}, &Operation::name);
  if (found == kOperations.end() || found->name != message.op) {
    return thread.sessions().refuse(
        asker, {ProblemCode::kOpUnknown, "There is no operation of that name."});
  }
  std::vector<Violation> violations = thread.checker().check(message.op + ".request", message.d);
  if (!violations.empty()) {
    return thread.sessions().refuse(
        asker, {ProblemCode::kSchemaViolation, {}, std::nullopt, std::move(violations)});
  }
  found->handler({thread, hosted, message.d, asker});
}

}  // namespace parlance::signaling
