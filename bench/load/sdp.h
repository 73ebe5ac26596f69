// As much of SDP as it takes to offer tracks to Janus and to answer its offers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/terms.h"

namespace parlance::load {

// An m= section.
struct SdpSection {
  std::string mid;
  MediaKind kind = MediaKind::kVideo;
  std::vector<std::string> lines;    // all of it, the m= line first
  std::vector<std::uint32_t> ssrcs;  // in the order of their first mention
  std::uint8_t payload_type = 0;     // the first of the m= line
  std::uint8_t transport_cc_id = 0;  // 0: not offered
};

struct Sdp {
  RemoteTerms remote;  // the first usable candidate: UDP, IPv4
  std::vector<SdpSection> sections;
};

// Nothing where transport or candidate are missing.
std::optional<Sdp> read_sdp(std::string_view text);

// Sends these tracks, receives nothing; we are the DTLS client.
std::string write_offer(const std::vector<Track>& tracks, const LocalTerms& local);

// Receives everything that was offered.
std::string write_answer(const Sdp& offer, const LocalTerms& local);

}  // namespace parlance::load
