#include "signaling/call/call_error.h"

namespace parlance::signaling {

namespace {

struct Problem {
  std::string_view code;
  std::string_view detail;
};

Problem problem(CallError error) {
  switch (error) {
    case CallError::kNoCall:
      return {"not_found", "There is no call in this conversation."};
    case CallError::kUnknownParticipant:
      return {"not_found", "No such participant in this call."};
    case CallError::kUnknownTransport:
      return {"not_found", "You have no such transport; after a new call.join use the new ones."};
    case CallError::kUnknownProducer:
      return {"not_found", "You have no such producer."};
    case CallError::kUnknownConsumer:
      return {"not_found", "You have no such consumer."};
    case CallError::kNotHost:
      return {"forbidden", "Only hosts of the conversation may do this."};
    case CallError::kMayNotStart:
      return {"forbidden", "The conversation lets others start calls, or is archived."};
    case CallError::kNotYourParticipant:
      return {"forbidden", "This participant is another user's."};
    case CallError::kNotSendTransport:
      return {"forbidden", "Producers belong on the send transport."};
    case CallError::kParticipantTaken:
      return {"conflict", "This participant id is another user's."};
    case CallError::kSessionInCall:
      return {"conflict", "This session is in the call already, as another participant."};
    case CallError::kSuperseded:
      return {"conflict",
              "A newer call.join of this participant, or its removal, came in between."};
    case CallError::kIdTaken:
      return {"conflict", "That id is taken."};
    case CallError::kAlreadyConnected:
      return {"conflict", "The transport is connected with other DTLS parameters."};
    case CallError::kSsrcInUse:
      return {"conflict", "Another producer of the transport has this SSRC or MID."};
    case CallError::kKindMismatch:
      return {"invalid", "The source can't send this kind of media."};
    case CallError::kBadRtpParameters:
      return {"invalid", "rtp_parameters contradict themselves or lack an SSRC."};
    case CallError::kBadDtlsParameters:
      return {"invalid", "dtls_parameters need a sha-256 fingerprint and a role."};
    case CallError::kTooManyProducers:
      return {"invalid", "The participant has as many producers as it may have."};
    case CallError::kLongParameters:
      return {"invalid", "The parameters of a codec hold more than 1024 bytes of names and texts."};
    case CallError::kTooManyInCall:
      return {"limit.reached", "The call has as many producers as it can hold."};
    case CallError::kFull:
      return {"call.full", "The call has as many participants as it can hold."};
    case CallError::kLocked:
      return {"call.locked", "The host has locked the call."};
    case CallError::kNotJoined:
      return {"call.not_joined", "Join the call with this session first."};
    case CallError::kUnsupportedCodec:
      return {"media.unsupported", "The router has no such codec; see router.capabilities."};
    case CallError::kSeveralEncodings:
      return {"media.unsupported", "A producer may have one encoding only."};
    case CallError::kUnsupported:
      return {"media.unsupported", "The router can't serve these parameters."};
    case CallError::kNotConnected:
      return {"media.not_connected", "Call transport.connect before producer.create."};
    case CallError::kUnavailable:
      return {"unavailable", "The media worker is busy; try again."};
  }
  return {"internal", ""};
}

}  // namespace

std::string_view problem_code(CallError error) {
  return problem(error).code;
}

std::string_view problem_detail(CallError error) {
  return problem(error).detail;
}

}  // namespace parlance::signaling
