#include "sfu/packet/drop_reason.h"

namespace parlance::sfu {

std::string_view to_string(DropReason reason) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(DropReason::kCount)>
      kNames{
          "unknown_datagram",     "unknown_path",      "unknown_ufrag",     "bad_stun",
          "dtls_too_early",       "media_before_dtls", "media_after_close", "replayed_media",
          "bad_media_auth",       "malformed_rtp",     "malformed_rtcp",    "unknown_ssrc",
          "unknown_payload_type", "malformed_rtx",     "duplicate_rtp",     "stale_rtp",
          "paused_producer",      "no_packet_slot",    "outbox_full",       "no_path",
          "protect_failed",       "too_large",
      };
  const auto at = static_cast<std::size_t>(reason);
  return at < kNames.size() ? kNames[at] : "unknown";
}

}  // namespace parlance::sfu
