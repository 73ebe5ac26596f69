// A media plane without media: it writes down what it is told and answers what the test wants.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sfu/api/media_engine.h"

namespace parlance::test {

// Each command is recorded as "verb id". Answers are posted on the asker's executor; `refuse` makes
// the next command of a verb fail.
class FakeMediaEngine final : public sfu::MediaEngine {
 public:
  struct Transport {
    sfu::RouterId router;
    std::optional<sfu::DtlsParameters> remote;
  };

  struct Consumer {
    sfu::TransportId transport;
    sfu::ConsumerOptions options;
  };

  std::vector<std::string> commands;
  std::map<sfu::TransportId, Transport> transports;
  std::map<sfu::ProducerId, sfu::ProducerOptions> producers;
  std::map<sfu::ConsumerId, Consumer> consumers;
  sfu::Stats stats = {new_transport_stats()};  // of every transport

  static sfu::StatsEntry new_transport_stats() {
    sfu::StatsEntry entry = {{"type", std::string("webrtc-transport")},
                             {"transportId", std::string("0190163d-8694-739b-aea5-966c26f8ad91")},
                             {"iceRole", std::string("controlled")},
                             {"iceState", std::string("new")},
                             {"dtlsState", std::string("new")}};
    for (const char* name : {"timestamp",
                             "bytesReceived",
                             "recvBitrate",
                             "bytesSent",
                             "sendBitrate",
                             "rtpBytesReceived",
                             "rtpRecvBitrate",
                             "rtpBytesSent",
                             "rtpSendBitrate",
                             "rtxBytesReceived",
                             "rtxRecvBitrate",
                             "rtxBytesSent",
                             "rtxSendBitrate"}) {
      entry[name] = std::int64_t{0};
    }
    return entry;
  }

  void refuse(std::string verb, sfu::MediaError error) { refused_.emplace(std::move(verb), error); }

  bool has(const std::string& command) const {
    return std::ranges::find(commands, command) != commands.end();
  }

  std::size_t count(const std::string& verb) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        commands, [&](const std::string& command) { return command.starts_with(verb + " "); }));
  }

  std::size_t routers() const { return routers_.size(); }

  // Posts an event of the router, as the media plane would.
  void emit(sfu::RouterId router, decltype(sfu::MediaEvent::what) what) {
    const auto at = routers_.find(router);
    if (at != routers_.end()) {
      at->second.executor->post(
          [sink = at->second.events, router, what = std::move(what)] { sink({router, what}); });
    }
  }

  void create_router(sfu::RouterId id, Executor& reply_on, sfu::MediaEventSink events) override {
    record("create_router", id);
    routers_.insert_or_assign(id, Router{&reply_on, std::move(events)});
  }

  void close_router(sfu::RouterId id) override {
    record("close_router", id);
    routers_.erase(id);
  }

  void create_transport(sfu::RouterId router,
                        sfu::TransportId id,
                        Executor& reply_on,
                        sfu::MediaReply<sfu::TransportDescription> reply) override {
    record("create_transport", id);
    const auto error = take_refusal("create_transport");
    if (!error) {
      transports.insert_or_assign(id, Transport{router, std::nullopt});
    }
    answer<sfu::TransportDescription>(reply_on, std::move(reply), error, describe(id));
  }

  void connect_transport(sfu::RouterId,
                         sfu::TransportId id,
                         sfu::DtlsParameters remote,
                         Executor& reply_on,
                         sfu::MediaReply<void> reply) override {
    record("connect_transport", id);
    auto error = take_refusal("connect_transport");
    const auto at = transports.find(id);
    if (!error && at == transports.end()) {
      error = sfu::MediaError::kNotFound;
    }
    if (!error) {
      at->second.remote = std::move(remote);
    }
    answer_void(reply_on, std::move(reply), error);
  }

  void restart_ice(sfu::RouterId,
                   sfu::TransportId id,
                   Executor& reply_on,
                   sfu::MediaReply<sfu::IceParameters> reply) override {
    record("restart_ice", id);
    answer<sfu::IceParameters>(reply_on,
                               std::move(reply),
                               take_refusal("restart_ice"),
                               {"restarted", "a-password-of-22-letters"});
  }

  void close_transport(sfu::RouterId, sfu::TransportId id) override {
    record("close_transport", id);
    transports.erase(id);
  }

  void produce(sfu::RouterId,
               sfu::TransportId,
               sfu::ProducerOptions options,
               Executor& reply_on,
               sfu::MediaReply<void> reply) override {
    record("produce", options.id);
    auto error = take_refusal("produce");
    if (!error) {
      producers.insert_or_assign(options.id, std::move(options));
    }
    answer_void(reply_on, std::move(reply), error);
  }

  void set_producer_paused(sfu::RouterId, sfu::ProducerId id, bool paused) override {
    record(paused ? "pause_producer" : "resume_producer", id);
  }

  void close_producer(sfu::RouterId, sfu::ProducerId id) override {
    record("close_producer", id);
    producers.erase(id);
  }

  void consume(sfu::RouterId,
               sfu::TransportId transport,
               sfu::ConsumerOptions options,
               Executor& reply_on,
               sfu::MediaReply<void> reply) override {
    record("consume", options.id);
    auto error = take_refusal("consume");
    if (!error) {
      const sfu::ConsumerId id = options.id;
      consumers.insert_or_assign(id, Consumer{transport, std::move(options)});
    }
    answer_void(reply_on, std::move(reply), error);
  }

  void set_consumer_paused(sfu::RouterId, sfu::ConsumerId id, bool paused) override {
    record(paused ? "pause_consumer" : "resume_consumer", id);
  }

  void request_key_frame(sfu::RouterId, sfu::ConsumerId id) override {
    record("request_key_frame", id);
  }

  void close_consumer(sfu::RouterId, sfu::ConsumerId id) override {
    record("close_consumer", id);
    consumers.erase(id);
  }

  void transport_stats(sfu::RouterId,
                       sfu::TransportId id,
                       Executor& reply_on,
                       sfu::MediaReply<sfu::Stats> reply) override {
    record("transport_stats", id);
    answer<sfu::Stats>(reply_on, std::move(reply), take_refusal("transport_stats"), stats);
  }

  void set_workers(unsigned count, Executor& reply_on, sfu::MediaReply<void> reply) override {
    commands.push_back("set_workers " + std::to_string(count));
    answer_void(reply_on, std::move(reply), take_refusal("set_workers"));
  }

  sfu::EngineLoad load() const override { return {}; }

 private:
  struct Router {
    Executor* executor = nullptr;
    sfu::MediaEventSink events;
  };

  template <typename IdType>
  void record(const std::string& verb, IdType id) {
    commands.push_back(verb + " " + id.str());
  }

  std::optional<sfu::MediaError> take_refusal(const std::string& verb) {
    const auto at = refused_.find(verb);
    if (at == refused_.end()) {
      return std::nullopt;
    }
    const sfu::MediaError error = at->second;
    refused_.erase(at);
    return error;
  }

  static std::string fingerprint() {
    std::string value = "AA";
    for (int i = 1; i < 32; ++i) {
      value += ":BB";
    }
    return value;
  }

  static sfu::TransportDescription describe(sfu::TransportId id) {
    return {{"ufrag-" + id.str(), "a-password-of-22-letters"},
            {{"udpcandidate", 1, "192.0.2.1", "udp", 40000}},
            {sfu::DtlsRole::kAuto, {{"sha-256", fingerprint()}}}};
  }

  template <typename T>
  static void answer(Executor& on,
                     sfu::MediaReply<T> reply,
                     std::optional<sfu::MediaError> error,
                     T value) {
    on.post([reply = std::move(reply), error, value = std::move(value)]() mutable {
      if (error) {
        reply(std::unexpected(*error));
      } else {
        reply(std::move(value));
      }
    });
  }

  static void answer_void(Executor& on,
                          sfu::MediaReply<void> reply,
                          std::optional<sfu::MediaError> error) {
    on.post([reply = std::move(reply), error]() mutable {
      if (error) {
        reply(std::unexpected(*error));
      } else {
        reply({});
      }
    });
  }

  std::map<sfu::RouterId, Router> routers_;
  std::multimap<std::string, sfu::MediaError> refused_;
};

}  // namespace parlance::test
