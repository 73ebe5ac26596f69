#include <algorithm>
#include <chrono>
#include <span>
#include <string>

#include "sfu/forward/stats.h"
#include "sfu/transport/transport.h"

namespace parlance::sfu {

namespace {

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::string ice_state_name(IceState state, bool nominated) {
  switch (state) {
    case IceState::kNew:
      return "new";
    case IceState::kConnected:
      return nominated ? "completed" : "connected";
    case IceState::kDisconnected:
      return "disconnected";
  }
  return "new";
}

std::string dtls_state_name(DtlsState state) {
  switch (state) {
    case DtlsState::kIdle:
      return "new";
    case DtlsState::kHandshaking:
      return "connecting";
    case DtlsState::kConnected:
      return "connected";
    case DtlsState::kClosed:
      return "closed";
    case DtlsState::kFailed:
      return "failed";
  }
  return "new";
}

// All sockets listen on every address of theirs: the one that a client sends to is, of those that
// it was given, the best of its own IP version.
const IceCandidate* local_end(std::span<const IceCandidate> candidates, const Path& path) {
  const auto same_version = [&](const IceCandidate& candidate) {
    return candidate.address.contains(':') == path.remote.is_v6();
  };
  const auto found = std::ranges::find_if(candidates, same_version);
  return found == candidates.end() ? nullptr : &*found;
}

void put_tuple(std::span<const IceCandidate> candidates, const Path& path, StatsEntry& entry) {
  if (const IceCandidate* const local = local_end(candidates, path)) {
    entry["iceSelectedTuple.localAddress"] = local->address;
    entry["iceSelectedTuple.localPort"] = std::int64_t{local->port};
  }
  entry["iceSelectedTuple.remoteIp"] = path.remote.ip_str();
  entry["iceSelectedTuple.remotePort"] = std::int64_t{path.remote.port()};
  entry["iceSelectedTuple.protocol"] = std::string("udp");
}

}  // namespace

Stats Transport::stats(Timestamp now) {
  Stats all;
  all.push_back(own_stats(now));
  const std::int64_t unix_ms = context_.clock.unix_ms(now);
  for (const Producer* producer : producers()) {
    append_stats(now, unix_ms, *producer, all);
  }
  for (Consumer* consumer : consumers()) {
    append_stats(now, unix_ms, *consumer, all);
  }
  return all;
}

StatsEntry Transport::own_stats(Timestamp now) {
  StatsEntry entry;
  entry["type"] = std::string("webrtc-transport");
  entry["transportId"] = id_.str();
  entry["timestamp"] = context_.clock.unix_ms(now);
  entry["iceRole"] = std::string("controlled");
  entry["iceState"] = ice_state_name(ice_.state(), ice_.selected().has_value());
  entry["dtlsState"] = dtls_state_name(dtls_->state());
  if (const auto path = ice_.selected()) {
    put_tuple(context_.candidates, *path, entry);
  }
  if (dtls_->state() == DtlsState::kConnected) {
    entry["srtpProfile"] = std::string(to_string(dtls_->srtp_keys().profile));
  }
  entry["bytesReceived"] = number(received_.total_bytes());
  entry["recvBitrate"] = number(received_.bits_per_second(now));
  entry["bytesSent"] = number(sender_.rate().total_bytes());
  entry["sendBitrate"] = number(sender_.rate().bits_per_second(now));
  entry["rtpBytesReceived"] = number(receiver_.rtp_rate().total_bytes());
  entry["rtpRecvBitrate"] = number(receiver_.rtp_rate().bits_per_second(now));
  entry["rtxBytesReceived"] = number(receiver_.rtx_rate().total_bytes());
  entry["rtxRecvBitrate"] = number(receiver_.rtx_rate().bits_per_second(now));
  entry["rtpBytesSent"] = number(sender_.rtp_rate().total_bytes());
  entry["rtpSendBitrate"] = number(sender_.rtp_rate().bits_per_second(now));
  entry["rtxBytesSent"] = number(sender_.rtx_rate().total_bytes());
  entry["rtxSendBitrate"] = number(sender_.rtx_rate().bits_per_second(now));
  const SentHistory::Totals& history = sender_.history().totals();
  if (history.feedbacks > 0) {
    entry["rtpPacketLossSent"] = static_cast<double>(history.fraction_lost) / 256.0;
    entry["transportCcPacketsSent"] = number(history.sent);
    entry["transportCcPacketsArrived"] = number(history.arrived);
    entry["transportCcFeedbacks"] = number(history.feedbacks);
  }
  if (const auto estimate = rtcp_.estimate_bps()) {
    entry["availableOutgoingBitrate"] = number(*estimate);
  }
  return entry;
}

}  // namespace parlance::sfu
