#include "signaling/protocol/call_json.h"

#include <array>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/json_fields.h"
#include "signaling/protocol/media_json.h"

namespace parlance::signaling {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kSources = {
    "microphone", "camera", "screen", "screen_audio"};
constexpr std::array<std::string_view, 3> kLeaveReasons = {"left", "removed", "timeout"};

std::string_view source_name(Source source) {
  return kSources.at(static_cast<std::size_t>(source));
}

std::string_view state_name(sfu::TransportState state) {
  switch (state) {
    case sfu::TransportState::kNew:
      return "new";
    case sfu::TransportState::kConnecting:
      return "connecting";
    case sfu::TransportState::kConnected:
      return "connected";
    case sfu::TransportState::kDisconnected:
      return "disconnected";
    case sfu::TransportState::kFailed:
      return "failed";
    case sfu::TransportState::kClosed:
      return "closed";
  }
  return "failed";
}

template <typename T>
Json array_of(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) {
    array.push_back(to_json(value));
  }
  return array;
}

template <typename IdType>
void required_id(JsonFields& fields, const char* name, IdType& target) {
  std::string text;
  fields.required(name, text);
  const auto id = IdType::parse(text);
  if (!id) {
    return fields.fail();
  }
  target = *id;
}

CallEventText text_of(const CallEvent::CallStarted& e) {
  return {"call.started", {{"call", to_json(e.call)}}};
}

CallEventText text_of(const CallEvent::CallUpdated& e) {
  return {"call.updated", {{"call", to_json(e.call)}}};
}

CallEventText text_of(const CallEvent::CallEnded& e) {
  return {"call.ended", {{"call", e.call.str()}}};
}

CallEventText text_of(const CallEvent::ParticipantJoined& e) {
  return {"participant.joined", {{"participant", to_json(e.participant)}}};
}

CallEventText text_of(const CallEvent::ParticipantLeft& e) {
  return {"participant.left",
          {{"participant", e.participant.str()},
           {"reason", kLeaveReasons.at(static_cast<std::size_t>(e.reason))}}};
}

CallEventText text_of(const CallEvent::ProducerCreated& e) {
  return {"producer.created", {{"producer", to_json(e.producer)}}};
}

CallEventText text_of(const CallEvent::ProducerUpdated& e) {
  Json d = {{"producer", e.producer.id.str()},
            {"participant", e.producer.participant.str()},
            {"source", source_name(e.producer.source)},
            {"paused", e.producer.paused}};
  if (e.by) {
    d["by"] = e.by->str();
  }
  return {"producer.updated", std::move(d)};
}

CallEventText text_of(const CallEvent::ProducerClosed& e) {
  return {"producer.closed",
          {{"producer", e.producer.id.str()},
           {"participant", e.producer.participant.str()},
           {"source", source_name(e.producer.source)}}};
}

CallEventText text_of(const CallEvent::ConsumerCreated& e) {
  return {"consumer.created", {{"consumer", to_json(e.consumer)}}};
}

CallEventText text_of(const CallEvent::ConsumerClosed& e) {
  return {"consumer.closed", {{"consumer", e.consumer.str()}, {"producer", e.producer.str()}}};
}

CallEventText text_of(const CallEvent::TransportChanged& e) {
  return {"transport.state", {{"transport", e.transport.str()}, {"state", state_name(e.state)}}};
}

CallEventText text_of(const CallEvent::Speaker& e) {
  Json d = {{"participant", nullptr}};
  if (e.participant) {
    d["participant"] = e.participant->str();
  }
  return {"speaker", std::move(d)};
}

CallEventText text_of(const CallEvent::Levels& e) {
  Json levels = Json::array();
  for (const auto& level : e.levels) {
    levels.push_back({{"participant", level.participant.str()}, {"dbov", level.dbov}});
  }
  return {"levels", {{"levels", std::move(levels)}}};
}

}  // namespace

Json to_json(const CallSummary& summary) {
  return {{"call", summary.call.str()},
          {"started_at", summary.started_at},
          {"locked", summary.locked},
          {"participants", summary.participants}};
}

Json to_json(const ParticipantInfo& participant) {
  return {{"id", participant.id.str()},
          {"user", participant.user.str()},
          {"name", participant.name},
          {"role", role_name(participant.role)},
          {"joined_at", participant.joined_at}};
}

Json to_json(const ProducerInfo& producer) {
  return {{"id", producer.id.str()},
          {"participant", producer.participant.str()},
          {"kind", kind_name(kind_of(producer.source))},
          {"source", source_name(producer.source)},
          {"paused", producer.paused}};
}

Json to_json(const ConsumerInfo& consumer) {
  return {{"id", consumer.id.str()},
          {"producer", consumer.producer.str()},
          {"participant", consumer.participant.str()},
          {"kind", kind_name(kind_of(consumer.source))},
          {"source", source_name(consumer.source)},
          {"rtp_parameters", to_json(consumer.rtp_parameters)},
          {"paused", consumer.paused},
          {"producer_paused", consumer.producer_paused}};
}

Json to_json(const TransportInfo& transport) {
  return {{"id", transport.id.str()},
          {"ice_parameters", to_json(transport.description.ice)},
          {"ice_candidates", array_of(transport.description.candidates)},
          {"dtls_parameters", to_json(transport.description.dtls)}};
}

Json to_json(const IceServer& server) {
  Json object = {{"urls", server.urls}};
  if (!server.username.empty()) {
    object["username"] = server.username;
    object["credential"] = server.credential;
  }
  return object;
}

Json to_json(const CallView& call) {
  Json object{{"call", call.call.str()},
              {"c", call.conversation.str()},
              {"started_at", call.started_at},
              {"locked", call.locked},
              {"participants", array_of(call.participants)},
              {"producers", array_of(call.producers)}};
  if (call.speaker) {
    object["speaker"] = call.speaker->str();
  }
  return object;
}

Json to_json(const JoinAnswer& answer) {
  return {{"call", to_json(answer.call)},
          {"self", to_json(answer.self)},
          {"send_transport", to_json(answer.send_transport)},
          {"recv_transport", to_json(answer.recv_transport)},
          {"ice_servers", array_of(answer.ice_servers)},
          {"consumers", array_of(answer.consumers)}};
}

CallEventText text_of(const CallEvent& event) {
  return std::visit([](const auto& what) { return text_of(what); }, event.what);
}

EventPtr share(const CallEvent& event) {
  const CallEventText text = text_of(event);
  return make_event(event.ephemeral() ? EventClass::kEphemeral : EventClass::kReliable,
                    text.ev,
                    event.conversation,
                    text.d);
}

JoinText join_text(const JoinAnswer& answer, std::size_t max_bytes) {
  Json ok = to_json(answer);
  std::string whole = write_json(ok);
  if (whole.size() <= max_bytes) {
    return {std::move(whole), {}};
  }
  for (Json* list : {&ok["call"]["participants"], &ok["call"]["producers"], &ok["consumers"]}) {
    *list = Json::array();
  }
  JoinText text;
  std::size_t used = write_json(ok).size();
  const auto place = [&](Json& list, const auto& values, const auto& event_of) {
    for (const auto& value : values) {
      Json item = to_json(value);
      const std::size_t size = write_json(item).size() + 1;
      // Behind the first that did not fit everything is told by events.
      if (text.rest.empty() && used + size <= max_bytes) {
        used += size;
        list.push_back(std::move(item));
      } else {
        text.rest.push_back(share({answer.call.conversation, event_of(value)}));
      }
    }
  };
  place(ok["call"]["participants"], answer.call.participants, [](const ParticipantInfo& info) {
    return CallEvent::ParticipantJoined{info};
  });
  place(ok["call"]["producers"], answer.call.producers, [](const ProducerInfo& info) {
    return CallEvent::ProducerCreated{info};
  });
  place(ok["consumers"], answer.consumers, [](const ConsumerInfo& info) {
    return CallEvent::ConsumerCreated{info};
  });
  text.ok = write_json(ok);
  return text;
}

Problem to_problem(CallError error) {
  const auto code = problem_code_named(problem_code(error));
  return {code.value_or(ProblemCode::kInternal), std::string(problem_detail(error))};
}

std::optional<Source> parse_source(const Json& value) {
  for (std::size_t i = 0; i < kSources.size(); ++i) {
    if (value == kSources.at(i)) {
      return static_cast<Source>(i);
    }
  }
  return std::nullopt;
}

std::optional<JoinRequest> parse_join_request(const Json& d) {
  JsonFields fields(d);
  JoinRequest request;
  required_id(fields, "c", request.conversation);
  required_id(fields, "participant", request.participant);
  const Json* capabilities = fields.find("rtp_capabilities");
  auto parsed = capabilities == nullptr ? std::nullopt : parse_rtp_capabilities(*capabilities);
  if (!fields.ok() || !parsed) {
    return std::nullopt;
  }
  request.rtp_capabilities = std::move(*parsed);
  return request;
}

std::optional<ProduceRequest> parse_produce_request(const Json& d) {
  JsonFields fields(d);
  ProduceRequest request;
  required_id(fields, "c", request.conversation);
  required_id(fields, "transport", request.transport);
  required_id(fields, "producer", request.producer);
  fields.optional("paused", request.paused);
  const Json* kind = fields.find("kind");
  const Json* source = fields.find("source");
  const Json* parameters = fields.find("rtp_parameters");
  if (kind == nullptr || source == nullptr || parameters == nullptr) {
    return std::nullopt;
  }
  const auto parsed_kind = parse_kind(*kind);
  const auto parsed_source = parse_source(*source);
  auto parsed = parse_rtp_parameters(*parameters);
  if (!fields.ok() || !parsed_kind || !parsed_source || !parsed) {
    return std::nullopt;
  }
  request.kind = *parsed_kind;
  request.source = *parsed_source;
  request.rtp_parameters = std::move(*parsed);
  return request;
}

}  // namespace parlance::signaling
