// A publisher's payload types, as they are looked at for each packet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtp/codec/codec.h"
#include "rtp/parameters.h"

namespace parlance::sfu {

// What one payload type of a publisher means. An rtx type has the media type that it repairs.
struct PayloadType {
  enum class Use : std::uint8_t { kNone, kMedia, kRtx };

  Use use = Use::kNone;
  rtp::Codec codec = rtp::Codec::kOther;
  std::uint8_t router_number = 0;  // media only
  std::uint8_t media_number = 0;   // rtx only: the publisher's number of the media type
  std::uint32_t clock_rate = 90000;
};

// Indexed by the 7 bits of the packet. Built once per producer.
class PayloadTypes {
 public:
  PayloadTypes(const rtp::RtpParameters& parameters, const rtp::RtpMapping& mapping);

  const PayloadType& operator[](std::uint8_t number) const { return types_[number & 0x7FU]; }

  // The first media codec of the parameters.
  const PayloadType& primary() const { return types_[primary_]; }

 private:
  std::array<PayloadType, 128> types_{};
  std::uint8_t primary_ = 0;
};

// The `apt` of an rtx codec (RFC 4588 section 8.1).
std::optional<std::uint8_t> associated_payload_type(const rtp::RtpCodecParameters& codec);

// Whether a codec agreed on some RTCP feedback, e.g. ("nack", "pli").
bool has_feedback(const rtp::RtpCodecParameters& codec,
                  std::string_view type,
                  std::string_view parameter);

}  // namespace parlance::sfu
