#include "sfu/forward/stats.h"

#include <chrono>

namespace parlance::sfu {

namespace {

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::string kind_name(rtp::MediaKind kind) {
  return kind == rtp::MediaKind::kAudio ? "audio" : "video";
}

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void put_round_trip(const std::optional<Duration>& round_trip, StatsEntry& entry) {
  if (round_trip) {
    entry["roundTripTime"] = milliseconds(*round_trip);
  }
}

}  // namespace

void append_stats(Timestamp now, UnixMillis unix_ms, const Producer& producer, Stats& out) {
  for (std::size_t i = 0; i < producer.encodings(); ++i) {
    const ProducerStream& stream = producer.stream(i);
    const ProducerStream::Totals totals = stream.totals(now);
    StatsEntry entry;
    entry["type"] = std::string("inbound-rtp");
    entry["timestamp"] = unix_ms;
    entry["producerId"] = producer.id().str();
    entry["kind"] = kind_name(producer.kind());
    entry["mimeType"] = producer.mime_type();
    entry["paused"] = producer.paused();
    if (const auto ssrc = stream.ssrc()) {
      entry["ssrc"] = number(*ssrc);
    }
    if (const auto rtx_ssrc = stream.rtx_ssrc()) {
      entry["rtxSsrc"] = number(*rtx_ssrc);
    }
    entry["packetCount"] = number(totals.packets);
    entry["byteCount"] = number(totals.bytes);
    entry["bitrate"] = totals.bitrate_bps;
    entry["packetsLost"] = totals.lost;
    entry["fractionLost"] = std::int64_t{totals.fraction_lost};
    entry["jitter"] = std::int64_t{totals.jitter};
    entry["packetsDiscarded"] = number(totals.discarded);
    entry["packetsRetransmitted"] = number(totals.retransmitted);
    entry["packetsRepaired"] = number(totals.repaired);
    entry["rtxPacketsDiscarded"] = number(totals.rtx_discarded);
    entry["nackCount"] = number(totals.nacks);
    entry["nackPacketCount"] = number(totals.packets_asked);
    entry["pliCount"] = number(totals.plis);
    entry["firCount"] = number(totals.firs);
    entry["score"] = totals.score;
    put_round_trip(totals.round_trip, entry);
    out.push_back(std::move(entry));
  }
}

void append_stats(Timestamp now, UnixMillis unix_ms, Consumer& consumer, Stats& out) {
  const Consumer::Totals totals = consumer.totals(now);
  StatsEntry entry;
  entry["type"] = std::string("outbound-rtp");
  entry["timestamp"] = unix_ms;
  entry["consumerId"] = consumer.id().str();
  entry["producerId"] = consumer.producer().id().str();
  entry["kind"] = kind_name(consumer.producer().kind());
  entry["mimeType"] = consumer.producer().mime_type();
  entry["paused"] = consumer.paused();
  entry["ssrc"] = number(consumer.ssrc());
  if (const auto rtx_ssrc = consumer.rtx_ssrc()) {
    entry["rtxSsrc"] = number(*rtx_ssrc);
  }
  entry["packetCount"] = number(totals.packets);
  entry["byteCount"] = number(totals.bytes);
  entry["bitrate"] = totals.bitrate_bps;
  entry["packetsLost"] = totals.lost;
  entry["fractionLost"] = std::int64_t{totals.fraction_lost};
  entry["jitter"] = std::int64_t{totals.jitter};
  entry["packetsRetransmitted"] = number(totals.retransmitted);
  entry["nackCount"] = number(totals.nacks);
  entry["nackPacketCount"] = number(totals.packets_asked);
  entry["pliCount"] = number(totals.plis);
  entry["firCount"] = number(totals.firs);
  entry["score"] = totals.score;
  put_round_trip(totals.round_trip, entry);
  out.push_back(std::move(entry));
}

}  // namespace parlance::sfu
