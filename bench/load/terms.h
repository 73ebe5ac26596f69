// What a client and a server tell each other about media, whatever the server's protocol is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/clip.h"
#include "bench/load/ice_checks.h"

namespace parlance::load {

// The client's side, made before it asks.
struct LocalTerms {
  IceCredentials ice;
  std::string fingerprint;
};

// The server's side of one transport.
struct RemoteTerms {
  std::string ip;
  std::uint16_t port = 0;
  IceCredentials ice;
  std::string fingerprint;
};

// A track to publish, with identifiers that the client chose.
struct Track {
  MediaKind kind = MediaKind::kVideo;
  std::uint32_t ssrc = 0;
  std::uint8_t payload_type = 0;
  std::uint8_t transport_cc_id = 0;
};

// A stream to receive, with the server's identifiers. `publisher` counts those of its call.
struct Stream {
  MediaKind kind = MediaKind::kVideo;
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  // 0: none
  std::uint8_t payload_type = 0;
  std::size_t publisher = 0;
};

struct ReceiveTerms {
  RemoteTerms remote;
  std::vector<Stream> streams;
  std::uint8_t transport_cc_id = 0;  // 0: not negotiated
};

}  // namespace parlance::load
