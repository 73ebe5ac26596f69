#include "bench/load/sdp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include <fmt/format.h>

namespace parlance::load {

namespace {

constexpr std::string_view kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

// What follows a prefix; nothing when the line doesn't begin with it.
std::optional<std::string_view> after(std::string_view line, std::string_view prefix) {
  return line.starts_with(prefix) ? std::optional(line.substr(prefix.size())) : std::nullopt;
}

template <typename T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// a=candidate:FOUNDATION COMPONENT PROTOCOL PRIORITY ADDRESS PORT typ ...
void read_candidate(std::string_view text, RemoteTerms& remote) {
  std::istringstream words{std::string(text)};
  std::string foundation;
  std::string component;
  std::string protocol;
  std::string priority;
  std::string address;
  std::uint16_t port = 0;
  words >> foundation >> component >> protocol >> priority >> address >> port;
  const bool udp = protocol == "udp" || protocol == "UDP";
  if (remote.ip.empty() && udp && address.find(':') == std::string::npos) {
    remote.ip = address;
    remote.port = port;
  }
}

void read_transport(std::string_view line, RemoteTerms& remote) {
  if (const auto ufrag = after(line, "a=ice-ufrag:")) {
    remote.ice.username_fragment = *ufrag;
  } else if (const auto password = after(line, "a=ice-pwd:")) {
    remote.ice.password = *password;
  } else if (const auto digest = after(line, "a=fingerprint:sha-256 ")) {
    remote.fingerprint = *digest;
  } else if (const auto candidate = after(line, "a=candidate:")) {
    read_candidate(*candidate, remote);
  }
}

void read_media_line(std::string_view line, SdpSection& section) {
  section.kind = line.starts_with("m=audio") ? MediaKind::kAudio : MediaKind::kVideo;
  std::istringstream words{std::string(line)};
  std::string media;
  std::string port;
  std::string protocol;
  unsigned payload_type = 0;
  words >> media >> port >> protocol >> payload_type;
  section.payload_type = static_cast<std::uint8_t>(payload_type);
}

void read_attribute(std::string_view line, SdpSection& section) {
  if (const auto mid = after(line, "a=mid:")) {
    section.mid = *mid;
  } else if (const auto ssrc = after(line, "a=ssrc:")) {
    const auto value = number<std::uint32_t>(*ssrc);
    if (std::ranges::find(section.ssrcs, value) == section.ssrcs.end()) {
      section.ssrcs.push_back(value);
    }
  } else if (const auto extension = after(line, "a=extmap:")) {
    if (extension->find(kTransportCc) != std::string_view::npos) {
      section.transport_cc_id = number<std::uint8_t>(*extension);
    }
  }
}

std::string head(const std::vector<std::string>& mids) {
  std::string text =
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=msid-semantic: WMS load\r\n";
  text += "a=group:BUNDLE";
  for (const std::string& mid : mids) {
    text += " " + mid;
  }
  return text + "\r\n";
}

std::string transport(const LocalTerms& local) {
  // The server takes our address from our checks; the candidate is there because it wants one.
  return fmt::format(
      "a=rtcp-mux\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {}\r\n"
      "a=setup:active\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"
      "a=end-of-candidates\r\n",
      local.ice.username_fragment,
      local.ice.password,
      local.fingerprint);
}

// What an answer takes over from the offer as it is.
bool kept(std::string_view line) {
  constexpr std::array<std::string_view, 6> kKept = {
      "c=", "a=mid:", "a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:"};
  return std::ranges::any_of(kKept,
                             [line](std::string_view prefix) { return line.starts_with(prefix); });
}

}  // namespace

std::optional<Sdp> read_sdp(std::string_view text) {
  Sdp sdp;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    read_transport(line, sdp.remote);
    if (line.starts_with("m=")) {
      read_media_line(line, sdp.sections.emplace_back());
    }
    if (!sdp.sections.empty()) {
      read_attribute(line, sdp.sections.back());
      sdp.sections.back().lines.emplace_back(line);
    }
  }
  const RemoteTerms& remote = sdp.remote;
  const bool complete = !remote.ip.empty() && !remote.fingerprint.empty() &&
                        !remote.ice.username_fragment.empty() && !remote.ice.password.empty();
  return complete ? std::optional(std::move(sdp)) : std::nullopt;
}

std::string write_offer(const std::vector<Track>& tracks, const LocalTerms& local) {
  std::vector<std::string> mids;
  std::string sections;
  for (const Track& track : tracks) {
    const bool video = track.kind == MediaKind::kVideo;
    const unsigned type = track.payload_type;
    mids.push_back(std::to_string(mids.size()));
    sections += fmt::format("m={} 9 UDP/TLS/RTP/SAVPF {}\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\n",
                            video ? "video" : "audio",
                            type,
                            mids.back());
    sections += transport(local);
    sections += fmt::format("a=sendonly\r\na=rtpmap:{} {}\r\na=rtcp-fb:{} transport-cc\r\n",
                            type,
                            video ? "VP8/90000" : "opus/48000/2",
                            type);
    if (video) {
      sections += fmt::format(
          "a=rtcp-fb:{0} nack\r\na=rtcp-fb:{0} nack pli\r\na=rtcp-fb:{0} ccm fir\r\n", type);
    }
    if (track.transport_cc_id != 0) {
      sections += fmt::format("a=extmap:{} {}\r\n", track.transport_cc_id, kTransportCc);
    }
    sections += fmt::format("a=ssrc:{0} cname:load\r\na=ssrc:{0} msid:load {1}\r\n",
                            track.ssrc,
                            video ? "video" : "audio");
  }
  return head(mids) + sections;
}

std::string write_answer(const Sdp& offer, const LocalTerms& local) {
  std::vector<std::string> mids;
  std::string sections;
  for (const SdpSection& section : offer.sections) {
    mids.push_back(section.mid);
    sections += section.lines.front() + "\r\n";
    for (const std::string& line : section.lines) {
      if (kept(line)) {
        sections += line + "\r\n";
      }
    }
    sections += transport(local) + "a=recvonly\r\n";
  }
  return head(mids) + sections;
}

}  // namespace parlance::load
