// The media plane's and the negotiation's errors as reasons to refuse a call operation.
#pragma once

#include "rtp/ortc.h"
#include "sfu/api/media_engine.h"
#include "signaling/call/call_error.h"

namespace parlance::signaling {

constexpr CallError call_error(sfu::MediaError error) {
  switch (error) {
    case sfu::MediaError::kNotFound:
      return CallError::kUnknownTransport;
    case sfu::MediaError::kDuplicateId:
      return CallError::kIdTaken;
    case sfu::MediaError::kSsrcInUse:
      return CallError::kSsrcInUse;
    case sfu::MediaError::kNotConnected:
      return CallError::kNotConnected;
    case sfu::MediaError::kAlreadyConnected:
      return CallError::kAlreadyConnected;
    case sfu::MediaError::kBadDtlsParameters:
      return CallError::kBadDtlsParameters;
    case sfu::MediaError::kUnsupported:
      return CallError::kUnsupported;
    case sfu::MediaError::kLimitReached:
    case sfu::MediaError::kOverloaded:
    case sfu::MediaError::kStopped:
      return CallError::kUnavailable;
  }
  return CallError::kUnavailable;
}

constexpr CallError call_error(rtp::ortc::OrtcError error) {
  switch (error) {
    case rtp::ortc::OrtcError::kUnsupportedCodec:
    case rtp::ortc::OrtcError::kCannotConsume:
      return CallError::kUnsupportedCodec;
    case rtp::ortc::OrtcError::kSeveralEncodings:
      return CallError::kSeveralEncodings;
    case rtp::ortc::OrtcError::kNoMediaCodec:
    case rtp::ortc::OrtcError::kDuplicatedPayloadType:
    case rtp::ortc::OrtcError::kDuplicatedExtensionId:
    case rtp::ortc::OrtcError::kDuplicatedSsrc:
    case rtp::ortc::OrtcError::kBadPayloadType:
    case rtp::ortc::OrtcError::kNoEncoding:
    case rtp::ortc::OrtcError::kMissingSsrc:
      return CallError::kBadRtpParameters;
  }
  return CallError::kUnsupported;
}

}  // namespace parlance::signaling
