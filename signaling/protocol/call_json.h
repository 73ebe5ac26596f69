// Calls, their requests, answers and events, as JSON of docs/protocol.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "signaling/call/call_error.h"
#include "signaling/call/call_events.h"
#include "signaling/call/types.h"
#include "signaling/protocol/problem.h"
#include "signaling/session/shared_event.h"

namespace parlance::signaling {

nlohmann::json to_json(const CallSummary& summary);
nlohmann::json to_json(const ParticipantInfo& participant);
nlohmann::json to_json(const ProducerInfo& producer);
nlohmann::json to_json(const ConsumerInfo& consumer);
nlohmann::json to_json(const TransportInfo& transport);
nlohmann::json to_json(const IceServer& server);
nlohmann::json to_json(const CallView& call);
nlohmann::json to_json(const JoinAnswer& answer);

// An event's `ev` ("call.started") and its `d`.
struct CallEventText {
  std::string_view ev;
  nlohmann::json d;
};

CallEventText text_of(const CallEvent& event);

// The event ready to be shared between sessions.
EventPtr share(const CallEvent& event);

// call.join's answer as far as it fits, and the rest of the call as events that belong right behind
// it: participants first, then producers, then consumers, so that nothing is named that was not
// told before.
struct JoinText {
  std::string ok;
  std::vector<EventPtr> rest;
};

JoinText join_text(const JoinAnswer& answer, std::size_t max_bytes);

Problem to_problem(CallError error);

// `d` of the requests that hold more than ids and flags.
std::optional<Source> parse_source(const nlohmann::json& value);
std::optional<JoinRequest> parse_join_request(const nlohmann::json& d);
std::optional<ProduceRequest> parse_produce_request(const nlohmann::json& d);

}  // namespace parlance::signaling
