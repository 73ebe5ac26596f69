#include "bench/load/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace parlance::load {

namespace {

using nlohmann::json;

double share(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

json percentiles(const Histogram& histogram, Nanoseconds unit) {
  const auto in_units = [unit](Nanoseconds value) {
    return static_cast<double>(value) / static_cast<double>(unit);
  };
  return {{"p50", in_units(histogram.percentile(0.5))},
          {"p90", in_units(histogram.percentile(0.9))},
          {"p99", in_units(histogram.percentile(0.99))},
          {"p99_9", in_units(histogram.percentile(0.999))},
          {"max", in_units(histogram.most())},
          {"samples", histogram.count()}};
}

json scenario_json(const Scenario& scenario) {
  json description{{"calls", scenario.calls},
                   {"publishers", scenario.publishers},
                   {"light_subscribers", scenario.light},
                   {"full_subscribers", scenario.full},
                   {"meeting", scenario.meeting},
                   {"duration_s", scenario.duration.count()}};
  if (scenario.video) {
    description["video"] = {{"codec", "VP8"},
                            {"width", scenario.size.width},
                            {"height", scenario.size.height},
                            {"fps", scenario.fps},
                            {"bitrate", scenario.video_bitrate}};
  }
  if (scenario.audio) {
    description["audio"] = {{"codec", "opus"}, {"bitrate", scenario.audio_bitrate}};
  }
  return description;
}

json full_json(const FullResult& full) {
  return {{"subscribers", full.subscribers},
          {"pictures", full.pictures},
          {"sounds", full.sounds},
          {"broken", full.broken},
          {"unreadable", full.unreadable},
          {"out_of_order", full.out_of_order},
          {"asked_again", full.asked_again},
          {"retransmitted", full.retransmitted},
          {"key_frames_asked", full.key_frames_asked},
          {"picture_delay_ms", percentiles(full.picture_delay, kMillisecond)}};
}

json server_json(const Measured& measured) {
  const double cpu = measured.after.on_cpu_s - measured.before.on_cpu_s;
  const double user = measured.after.user_s - measured.before.user_s;
  const double system = measured.after.system_s - measured.before.system_s;
  json threads = json::array();
  for (const auto& [id, thread] : measured.after.threads) {
    const auto then = measured.before.threads.find(id);
    const double busy =
        thread.on_cpu_s - (then == measured.before.threads.end() ? 0 : then->second.on_cpu_s);
    constexpr double kWorthNaming = 0.001;
    if (share(busy, measured.seconds) >= kWorthNaming) {
      threads.push_back({{"name", thread.name}, {"cores", share(busy, measured.seconds)}});
    }
  }
  const auto gained = static_cast<double>(measured.after.resident_bytes) -
                      static_cast<double>(measured.resident_without_subscribers);
  return {{"cpu_us_per_packet", share(cpu * 1e6, static_cast<double>(measured.traffic.packets))},
          {"cores", share(cpu, measured.seconds)},
          {"cores_by_ticks", share(user + system, measured.seconds)},
          {"user_share", share(user, user + system)},
          {"threads", threads},
          {"resident_bytes", measured.after.resident_bytes},
          {"bytes_per_consumer", share(gained, static_cast<double>(measured.consumers))}};
}

}  // namespace

std::vector<std::string> faults_of(const Scenario& scenario, const Measured& measured) {
  std::vector<std::string> faults;
  const auto fail_if = [&faults](bool failed, std::string text) {
    if (failed) {
      faults.push_back(std::move(text));
    }
  };
  fail_if(measured.traffic.packets == 0, "no media arrived");
  fail_if(
      measured.silent_consumers > 0,
      fmt::format(
          "{} of {} consumers received nothing", measured.silent_consumers, measured.consumers));
  const auto sent = static_cast<double>(measured.traffic.sent);
  const double missing = share(sent - static_cast<double>(measured.traffic.packets), sent);
  // What is on its way when counting begins and ends makes a little difference, most with a key
  // frame: as much as 100 ms of media.
  constexpr double kEdgeSeconds = 0.1;
  fail_if(missing > scenario.most_loss + share(kEdgeSeconds, measured.seconds),
          fmt::format("{:.2f} % of what should have been forwarded did not arrive", missing * 100));
  const auto expected = static_cast<double>(measured.traffic.expected);
  const double lost = share(expected - static_cast<double>(measured.traffic.packets), expected);
  fail_if(lost > scenario.most_loss, fmt::format("{:.3f} % lost by sequence numbers", lost * 100));
  fail_if(measured.undecryptable > 0,
          fmt::format("{} packets could not be decrypted", measured.undecryptable));
  fail_if(measured.unrecognised > 0,
          fmt::format("{} packets hold nothing that was sent", measured.unrecognised));
  const FullResult& full = measured.full;
  fail_if(full.broken + full.unreadable + full.out_of_order > 0,
          fmt::format("of {} pictures and sounds decoded {} were refused by a decoder, {} have no "
                      "number, {} don't follow the one before",
                      full.pictures + full.sounds,
                      full.broken,
                      full.unreadable,
                      full.out_of_order));
  fail_if(measured.decrypted == 0 && scenario.light > 0 && measured.traffic.packets > 0,
          "no packet was looked into");
  fail_if(measured.traffic.receive_drops > 0,
          fmt::format("the generator was the bottleneck: it read too late, {} datagrams dropped",
                      measured.traffic.receive_drops));
  fail_if(
      measured.refused_sends > 0,
      fmt::format("the generator was the bottleneck: {} packets not sent", measured.refused_sends));
  fail_if(scenario.deaf > 0 && measured.bad.unread == 0, "nobody was deaf: all was read");
  const double nacks = static_cast<double>(scenario.calls * scenario.nackers) *
                       scenario.nacks_per_second * measured.seconds;
  constexpr double kEnoughNacks = 0.9;
  fail_if(static_cast<double>(measured.bad.nacks) < kEnoughNacks * nacks,
          fmt::format("the generator was the bottleneck: {} NACKs sent, not {:.0f}",
                      measured.bad.nacks,
                      nacks));
  const Nanoseconds late = measured.late.percentile(0.99);
  fail_if(late > scenario.most_late.count() * kMillisecond,
          fmt::format("the generator was the bottleneck: 1 % of frames were begun {:.1f} ms late",
                      static_cast<double>(late) / kMillisecond));
  return faults;
}

json report_of(const Scenario& scenario, const Measured& measured) {
  const auto packets = static_cast<double>(measured.traffic.packets);
  const auto expected = static_cast<double>(measured.traffic.expected);
  json report;
  report["sfu"] = scenario.sfu;
  report["scenario"] = scenario_json(scenario);
  report["forwarded"] = {
      {"packets", measured.traffic.packets},
      {"packets_per_s", share(packets, measured.seconds)},
      {"bits_per_s", share(8 * static_cast<double>(measured.traffic.bytes), measured.seconds)},
      {"expected", measured.traffic.sent},
      {"loss", share(expected - packets, expected)},
      {"missing", measured.traffic.expected - measured.traffic.packets},
      {"retransmitted", measured.retransmitted},
      {"unknown", measured.unknown},
      {"consumers", measured.consumers}};
  report["server"] = server_json(measured);
  report["delay_us"] = percentiles(measured.delay, kMicrosecond);
  report["join_ms"] = {{"connected", percentiles(measured.connect, kMillisecond)},
                       {"first_media", percentiles(measured.first_media, kMillisecond)}};
  if (measured.full.subscribers > 0) {
    report["full"] = full_json(measured.full);
  }
  if (measured.bad_subscribers > 0) {
    report["bad_subscribers"] = {
        {"deaf", scenario.calls * scenario.deaf},
        {"nackers", scenario.calls * scenario.nackers},
        {"nacks_per_s", share(static_cast<double>(measured.bad.nacks), measured.seconds)},
        {"asked_per_s", share(static_cast<double>(measured.bad.asked), measured.seconds)},
        {"got_again_per_s", share(static_cast<double>(measured.bad.got_again), measured.seconds)},
        {"unread_per_s", share(static_cast<double>(measured.bad.unread), measured.seconds)}};
  }
  report["generator"] = {{"cores", share(measured.own_cpu_s, measured.seconds)},
                         {"cpu_us_per_packet", share(measured.own_cpu_s * 1e6, packets)},
                         {"late_us", percentiles(measured.late, kMicrosecond)},
                         {"receive_drops", measured.traffic.receive_drops},
                         {"refused_sends", measured.refused_sends},
                         {"decrypted", measured.decrypted},
                         {"undecryptable", measured.undecryptable},
                         {"unrecognised", measured.unrecognised},
                         {"key_frames_asked", measured.key_frames_asked},
                         {"sent_again", measured.sent_again},
                         {"transport_feedbacks", measured.transport_feedbacks}};
  report["faults"] = faults_of(scenario, measured);
  return report;
}

}  // namespace parlance::load
