// Capability negotiation by the ORTC rules that mediasoup-client expects. Pure functions; whoever
// calls them has checked the shapes of what came from the network (the JSON Schemas), these check
// the sense.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "rtp/parameters.h"

namespace parlance::rtp::ortc {

enum class OrtcError : std::uint8_t {
  kUnsupportedCodec,  // no codec of the router matches
  kNoMediaCodec,      // an rtx without its media codec, or no codec at all
  kDuplicatedPayloadType,
  kBadPayloadType,  // out of range, or not to be told from RTCP
  kDuplicatedExtensionId,
  kNoEncoding,
  kSeveralEncodings,  // simulcast: refused until layers are forwarded
  kMissingSsrc,
  kDuplicatedSsrc,  // rtx on the SSRC of its media
  kCannotConsume,   // the consumer's capabilities hold no codec of the producer
};

// A stable text for the reply to the client: what was wrong with its parameters.
std::string to_string(OrtcError error);

// The one router description that this server offers: Opus, VP8, VP9 (profiles 0 and 2), H264
// (constrained baseline, main and high, packetization-mode 1), AV1, each video codec with RTX, and
// the header extensions with the ids of ExtensionKind. Payload types from 100 on.
const RtpCapabilities& router_capabilities();

// Whether every codec (rtx included) is of that kind, as its MIME type says. To be asked before
// producer_mapping().
bool is_of_kind(MediaKind kind, const RtpParameters& parameters);

// Codecs and encodings of `produced` mapped to the router's; mapped SSRCs count up from first_ssrc.
std::expected<RtpMapping, OrtcError> producer_mapping(const RtpParameters& produced,
                                                      const RtpCapabilities& router,
                                                      Ssrc first_ssrc);

// What consumers choose from: the producer's parameters in the router's numbers.
RtpParameters consumable_parameters(MediaKind kind,
                                    const RtpParameters& produced,
                                    const RtpCapabilities& router,
                                    const RtpMapping& mapping);

bool can_consume(const RtpParameters& consumable, const RtpCapabilities& consumer);

struct ConsumerNumbers {
  Ssrc ssrc = 0;      // of the media stream
  Ssrc rtx_ssrc = 0;  // used only where rtx was agreed on
  std::string mid;    // unique in the transport, 8 characters at most
};

// The parameters of one consumer (one encoding out, whatever the producer has).
std::expected<RtpParameters, OrtcError> consumer_parameters(const RtpParameters& consumable,
                                                            const RtpCapabilities& consumer,
                                                            const ConsumerNumbers& numbers,
                                                            bool enable_rtx);

}  // namespace parlance::rtp::ortc
