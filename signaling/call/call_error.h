// Why a call operation was refused.
#pragma once

#include <cstdint>
#include <string_view>

namespace parlance::signaling {

enum class CallError : std::uint8_t {
  kNoCall,              // not_found: the conversation has no call
  kUnknownParticipant,  // not_found
  kUnknownTransport,    // not_found: none, or another participant's
  kUnknownProducer,     // not_found
  kUnknownConsumer,     // not_found
  kNotHost,             // forbidden
  kMayNotStart,         // forbidden
  kNotYourParticipant,  // forbidden
  kNotSendTransport,    // forbidden: producing on the receiving transport
  kParticipantTaken,    // conflict: that id is another user's
  kSessionInCall,       // conflict: this session is another participant of the call
  kSuperseded,        // conflict: a newer join of the same participant took over, or it was removed
  kIdTaken,           // conflict
  kAlreadyConnected,  // conflict: connected with other DTLS parameters
  kSsrcInUse,         // conflict
  kKindMismatch,      // invalid: a microphone that sends video
  kBadRtpParameters,  // invalid
  kBadDtlsParameters,  // invalid
  kTooManyProducers,   // invalid
  kLongParameters,     // invalid
  kTooManyInCall,      // limit.reached
  kFull,               // call.full
  kLocked,             // call.locked
  kNotJoined,          // call.not_joined
  kUnsupportedCodec,   // media.unsupported
  kSeveralEncodings,   // media.unsupported
  kUnsupported,        // media.unsupported
  kNotConnected,       // media.not_connected
  kUnavailable,        // unavailable
};

// The stable code of docs/protocol.md ("call.full").
std::string_view problem_code(CallError error);

// A sentence for the problem's `detail`.
std::string_view problem_detail(CallError error);

}  // namespace parlance::signaling
