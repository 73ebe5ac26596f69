// The live state of the conversations that one thread owns: their calls, and who is online.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "chat/domain/types.h"
#include "signaling/call/call_service.h"
#include "signaling/session/presence.h"
#include "signaling/session/shared_event.h"

namespace parlance::signaling {

class SignalingThread;

class CallHome final : public CallEventSink {
 public:
  // How long a user without connection is shown as online: longer than a reload.
  static constexpr Duration kPresenceLinger = std::chrono::seconds(5);

  explicit CallHome(SignalingThread& thread);

  CallService& service() { return service_; }

  // One session of the user got a connection, or lost it.
  void on_presence(const chat::UserId& user,
                   const std::vector<chat::ConversationId>& conversations,
                   bool online);

  struct Live {
    std::vector<chat::UserId> online;
    std::optional<CallSummary> call;
  };

  Live live(const chat::ConversationId& conversation) const;

  void to_members(CallEvent event) override;
  void to_sessions(std::span<const SessionKey> sessions, CallEvent event) override;

  // When to be called next.
  Timestamp end_turn(Moment at);

 private:
  void tell_members(const chat::ConversationId& conversation, const EventPtr& event);
  void tell_presence(const Presence::Change& change);
  void count();

  SignalingThread& thread_;
  CallService service_;
  Presence presence_{kPresenceLinger};
  CallService::Counts counted_;
};

}  // namespace parlance::signaling
