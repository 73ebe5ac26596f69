#include "rtp/packet/extension_map.h"

#include <algorithm>

namespace parlance::rtp {

namespace {

// In the order of ExtensionKind.
constexpr std::array<std::string_view, kExtensionKinds> kUris = {
    "",
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
    "urn:3gpp:video-orientation",
    "urn:ietf:params:rtp-hdrext:toffset",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "urn:mediasoup:params:rtp-hdrext:packet-id",
};

}  // namespace

ExtensionKind extension_kind(std::string_view uri) {
  const auto found = std::find(kUris.begin() + 1, kUris.end(), uri);
  return found == kUris.end() ? ExtensionKind::kNone
                              : static_cast<ExtensionKind>(found - kUris.begin());
}

std::string_view extension_uri(ExtensionKind kind) {
  return kUris[static_cast<std::size_t>(kind)];
}

ExtensionMap::ExtensionMap(std::span<const RtpHeaderExtensionParameters> negotiated) {
  for (const RtpHeaderExtensionParameters& extension : negotiated) {
    add(extension_kind(extension.uri), extension.id);
  }
}

void ExtensionMap::add(ExtensionKind kind, std::uint8_t id) {
  if (kind == ExtensionKind::kNone || id == 0) {
    return;
  }
  kinds_[id] = kind;
  ids_[static_cast<std::size_t>(kind)] = id;
}

}  // namespace parlance::rtp
