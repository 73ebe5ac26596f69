#include "server/metrics.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace parlance::server {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Of signaling's numbers those that go up and down; all others are totals.
constexpr std::array<std::string_view, 5> kCurrentNumbers = {
    "connections", "connections_paused", "sessions", "calls", "participants"};

class Page {
 public:
  void gauge(const std::string& name, const std::string& help, Labels labels, double value) {
    add(name, help, prometheus::MetricType::Gauge, std::move(labels), value);
  }

  void counter(const std::string& name, const std::string& help, Labels labels, double value) {
    add(name, help, prometheus::MetricType::Counter, std::move(labels), value);
  }

  std::string text() const {
    std::vector<prometheus::MetricFamily> families;
    families.reserve(families_.size());
    for (const auto& [name, family] : families_) {
      families.push_back(family);
    }
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  void add(const std::string& name,
           const std::string& help,
           prometheus::MetricType type,
           Labels labels,
           double value) {
    prometheus::MetricFamily& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    prometheus::ClientMetric metric;
    for (auto& [label, text] : labels) {
      metric.label.push_back({std::move(label), std::move(text)});
    }
    if (type == prometheus::MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    family.metric.push_back(std::move(metric));
  }

  std::map<std::string, prometheus::MetricFamily> families_;
};

std::string metric_name(std::string_view name) {
  std::string safe;
  for (const char letter : name) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9');
    safe += plain ? letter : '_';
  }
  return safe;
}

void add_shard(Page& page, const sfu::ShardLoad& shard) {
  const Labels labels = {{"shard", std::to_string(shard.shard)}};
  const auto gauge = [&](const char* name, const char* help, double value) {
    page.gauge(name, help, labels, value);
  };
  gauge("parlance_shard_cpu_ratio", "Share of one core over the last second.", shard.cpu);
  gauge("parlance_shard_worker", "The worker that runs the shard.", shard.worker);
  gauge("parlance_shard_routers", "Calls placed on the shard.", shard.routers);
  gauge("parlance_shard_transports", "Transports on the shard.", shard.transports);
  gauge("parlance_shard_producers", "Producers on the shard.", shard.producers);
  gauge("parlance_shard_consumers", "Consumers on the shard.", shard.consumers);
  gauge("parlance_shard_packets_in_per_second",
        "Datagrams received in the last second.",
        static_cast<double>(shard.packets_in_per_s));
  gauge("parlance_shard_packets_out_per_second",
        "Datagrams sent in the last second.",
        static_cast<double>(shard.packets_out_per_s));
}

}  // namespace

std::string metrics_text(const sfu::EngineLoad& media,
                         const std::map<std::string, std::uint64_t>& signaling) {
  Page page;
  for (const sfu::ShardLoad& shard : media.shards) {
    add_shard(page, shard);
  }
  for (const sfu::WorkerLoad& worker : media.workers) {
    const Labels labels = {{"worker", std::to_string(worker.worker)}};
    page.gauge(
        "parlance_worker_cpu_ratio", "Share of one core over the last second.", labels, worker.cpu);
    page.gauge("parlance_worker_shards", "Shards that the worker runs.", labels, worker.shards);
  }
  for (const auto& [name, value] : media.counters) {
    page.counter("parlance_media_events_total",
                 "What the media plane counted since its start, drops by reason among it.",
                 {{"event", name}},
                 static_cast<double>(value));
  }
  for (const auto& [name, value] : signaling) {
    const std::string full = "parlance_signaling_" + metric_name(name);
    if (std::ranges::find(kCurrentNumbers, name) != kCurrentNumbers.end()) {
      page.gauge(full, "Signaling, now.", {}, static_cast<double>(value));
    } else {
      page.counter(full + "_total", "Signaling, since its start.", {}, static_cast<double>(value));
    }
  }
  return page.text();
}

}  // namespace parlance::server
