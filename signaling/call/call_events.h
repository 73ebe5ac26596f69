// What happens in a call, and whom to tell.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "signaling/call/types.h"

namespace parlance::signaling {

enum class LeaveReason : std::uint8_t { kLeft, kRemoved, kTimeout };

// One event of the table in docs/protocol.md. All are connection-reliable but Speaker and Levels.
struct CallEvent {
  struct CallStarted {
    CallSummary call;
  };

  struct CallUpdated {
    CallSummary call;
  };

  struct CallEnded {
    CallId call;
  };

  struct ParticipantJoined {
    ParticipantInfo participant;
  };

  struct ParticipantLeft {
    ParticipantId participant;
    LeaveReason reason = LeaveReason::kLeft;
  };

  struct ProducerCreated {
    ProducerInfo producer;
  };

  struct ProducerUpdated {
    ProducerInfo producer;
    std::optional<chat::UserId> by;  // the host who muted it
  };

  struct ProducerClosed {
    ProducerInfo producer;
  };

  struct ConsumerCreated {
    ConsumerInfo consumer;
  };

  struct ConsumerClosed {
    sfu::ConsumerId consumer;
    sfu::ProducerId producer;
  };

  // Of the states, only connected, disconnected, failed and closed are announced.
  struct TransportChanged {
    sfu::TransportId transport;
    sfu::TransportState state = sfu::TransportState::kNew;
  };

  struct Speaker {
    std::optional<ParticipantId> participant;  // nothing: silence
  };

  struct Levels {
    struct Level {
      ParticipantId participant;
      std::int8_t dbov = 0;
    };

    std::vector<Level> levels;  // loudest first
  };

  using What = std::variant<CallStarted,
                            CallUpdated,
                            CallEnded,
                            ParticipantJoined,
                            ParticipantLeft,
                            ProducerCreated,
                            ProducerUpdated,
                            ProducerClosed,
                            ConsumerCreated,
                            ConsumerClosed,
                            TransportChanged,
                            Speaker,
                            Levels>;

  chat::ConversationId conversation;
  What what;

  bool ephemeral() const {
    return std::holds_alternative<Speaker>(what) || std::holds_alternative<Levels>(what);
  }
};

// Where a CallService puts its events, in the order in which clients have to see them. An answer
// given to a reply callback before an event has to reach the session before that event.
class CallEventSink {
 public:
  virtual ~CallEventSink() = default;
  // To every session of every member of the event's conversation.
  virtual void to_members(CallEvent event) = 0;
  // To these sessions (participants), each named once.
  virtual void to_sessions(std::span<const SessionKey> sessions, CallEvent event) = 0;
};

}  // namespace parlance::signaling
