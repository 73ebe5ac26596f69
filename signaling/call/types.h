// The nouns of a call, as signaling answers and announces them (docs/protocol.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "chat/domain/types.h"
#include "rtp/parameters.h"
#include "sfu/api/media_engine.h"

namespace parlance::signaling {

using CallId = Id<struct CallTag>;
using ParticipantId = Id<struct ParticipantTag>;

// Names a session for as long as the process lives; given out by the session layer, never on the
// wire.
enum class SessionKey : std::uint64_t {};

// One reading of both clocks, taken by the shell for a batch of work.
struct Moment {
  Timestamp now;
  UnixMillis unix_ms = 0;
};

// Who asks. The role is the user's in the conversation: whoever calls has made sure of membership.
struct Caller {
  SessionKey session{};
  chat::UserId user;
  std::string name;
  chat::Role role = chat::Role::kGuest;
  bool may_start = true;  // a call where there is none
};

enum class Source : std::uint8_t { kMicrophone, kCamera, kScreen, kScreenAudio };

constexpr rtp::MediaKind kind_of(Source source) {
  return source == Source::kMicrophone || source == Source::kScreenAudio ? rtp::MediaKind::kAudio
                                                                         : rtp::MediaKind::kVideo;
}

// What members of a conversation see of its call.
struct CallSummary {
  CallId call;
  UnixMillis started_at = 0;
  bool locked = false;
  std::size_t participants = 0;
};

struct ParticipantInfo {
  ParticipantId id;
  chat::UserId user;
  std::string name;
  chat::Role role = chat::Role::kGuest;
  UnixMillis joined_at = 0;
};

struct ProducerInfo {
  sfu::ProducerId id;
  ParticipantId participant;
  Source source = Source::kMicrophone;
  bool paused = false;
};

struct ConsumerInfo {
  sfu::ConsumerId id;
  sfu::ProducerId producer;
  ParticipantId participant;  // who is seen or heard
  Source source = Source::kMicrophone;
  rtp::RtpParameters rtp_parameters;
  bool paused = true;
  bool producer_paused = false;
};

struct TransportInfo {
  sfu::TransportId id;
  sfu::TransportDescription description;
};

struct IceServer {
  std::vector<std::string> urls;
  std::string username;  // empty: none needed
  std::string credential;
};

// What participants see of their call.
struct CallView {
  CallId call;
  chat::ConversationId conversation;
  UnixMillis started_at = 0;
  bool locked = false;
  std::vector<ParticipantInfo> participants;
  std::vector<ProducerInfo> producers;
  std::optional<ParticipantId> speaker;  // who has the floor
};

struct JoinAnswer {
  CallView call;
  ParticipantInfo self;
  TransportInfo send_transport;
  TransportInfo recv_transport;
  std::vector<IceServer> ice_servers;
  std::vector<ConsumerInfo> consumers;
};

struct JoinRequest {
  chat::ConversationId conversation;
  ParticipantId participant;
  rtp::RtpCapabilities rtp_capabilities;
};

struct ProduceRequest {
  chat::ConversationId conversation;
  sfu::TransportId transport;
  sfu::ProducerId producer;
  rtp::MediaKind kind = rtp::MediaKind::kAudio;
  Source source = Source::kMicrophone;
  rtp::RtpParameters rtp_parameters;
  bool paused = false;
};

}  // namespace parlance::signaling
