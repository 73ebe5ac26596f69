#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "bench/load/clock.h"
#include "bench/load/sdp.h"
#include "bench/load/sfu.h"
#include "tests/support/ws/ws_client.h"

namespace parlance::load {

namespace {

using nlohmann::json;

constexpr std::uint64_t kFirstRoom = 7000;

// One WebSocket, one session, a handle for each transport: so Janus' own signaling costs least.
class JanusConnection {
 public:
  explicit JanusConnection(std::uint16_t port)
      : socket_(port, "/", {{"sec-websocket-protocol", "janus-protocol"}}) {
    if (!socket_.open()) {
      throw std::runtime_error("Janus has no WebSocket on this port");
    }
    session_ = request({{"janus", "create"}}).at("data").at("id");
  }

  std::uint64_t attach() {
    return request({{"janus", "attach"}, {"plugin", "janus.plugin.videoroom"}}).at("data").at("id");
  }

  // The plugin's answer, with `jsep` where it has one.
  json ask(std::uint64_t handle, json body, const json& jsep = nullptr) {
    json message{{"janus", "message"}, {"handle_id", handle}, {"body", std::move(body)}};
    if (!jsep.is_null()) {
      message["jsep"] = jsep;
    }
    json answer = request(std::move(message));
    const json& data = answer.at("plugindata").at("data");
    if (data.contains("error")) {
      throw std::runtime_error("Janus refuses: " + data.at("error").get<std::string>());
    }
    return answer;
  }

  void pump(int wait_ms) {
    constexpr Nanoseconds kKeepAlive = 20 * kSecond;
    pollfd waiting{socket_.descriptor(), POLLIN, 0};
    while (socket_.has_frame() || poll(&waiting, 1, wait_ms) > 0) {
      const auto frame = socket_.receive();
      if (!frame) {
        throw std::runtime_error("Janus closed its WebSocket");
      }
      on_message(json::parse(*frame));
      wait_ms = 0;
    }
    if (now_ns() >= next_keep_alive_) {
      next_keep_alive_ = now_ns() + kKeepAlive;
      send({{"janus", "keepalive"}, {"transaction", "keepalive"}});
    }
  }

 private:
  void send(json message) {
    if (session_ != 0) {
      message["session_id"] = session_;
    }
    if (!socket_.send_text(message.dump())) {
      throw std::runtime_error("Janus closed its WebSocket");
    }
  }

  void on_message(json message) {
    // "ack" says only that the answer will come.
    const auto transaction = message.value("transaction", std::string());
    if (!transaction.empty() && message.at("janus") != "ack") {
      answers_[transaction] = std::move(message);
    }
  }

  json request(json message) {
    constexpr Nanoseconds kPatience = 20 * kSecond;
    const std::string transaction = std::to_string(++last_transaction_);
    const Nanoseconds give_up = now_ns() + kPatience;
    message["transaction"] = transaction;
    send(std::move(message));
    while (!answers_.contains(transaction)) {
      if (now_ns() > give_up) {
        throw std::runtime_error("no answer from Janus");
      }
      pump(1000);
    }
    json answer = std::move(answers_.at(transaction));
    answers_.erase(transaction);
    if (answer.at("janus") == "error") {
      throw std::runtime_error("Janus refuses: " + answer.at("error").dump());
    }
    return answer;
  }

  test::WsClient socket_;
  std::uint64_t session_ = 0;
  std::uint64_t last_transaction_ = 0;
  std::map<std::string, json> answers_;
  Nanoseconds next_keep_alive_ = 0;
};

class Janus : public Sfu {
 public:
  explicit Janus(std::uint16_t port) : connection_(port) {}

  ClientId enter(std::size_t call) override {
    if (rooms_.size() <= call) {
      make_room(call);
    }
    clients_.push_back({.call = call});
    return clients_.size() - 1;
  }

  RemoteTerms publish(ClientId id,
                      const std::vector<Track>& tracks,
                      const LocalTerms& local) override {
    Client& client = clients_[id];
    const std::uint64_t handle = connection_.attach();
    client.feed = id + 1;
    connection_.ask(handle,
                    {{"request", "join"},
                     {"ptype", "publisher"},
                     {"room", kFirstRoom + client.call},
                     {"id", client.feed}});
    const json answer = connection_.ask(
        handle, {{"request", "publish"}}, {{"type", "offer"}, {"sdp", write_offer(tracks, local)}});
    rooms_[client.call].push_back(client.feed);
    return sdp_of(answer).remote;
  }

  ReceiveTerms subscribe(ClientId id, const LocalTerms& local) override {
    Client& client = clients_[id];
    const auto& feeds = rooms_[client.call];
    client.subscriber = connection_.attach();
    json streams = json::array();
    for (const std::uint64_t feed : feeds) {
      if (feed != client.feed) {
        streams.push_back({{"feed", feed}});
      }
    }
    const json offer = connection_.ask(client.subscriber,
                                       {{"request", "join"},
                                        {"ptype", "subscriber"},
                                        {"room", kFirstRoom + client.call},
                                        {"streams", streams}});
    const Sdp sdp = sdp_of(offer);
    ReceiveTerms terms;
    terms.remote = sdp.remote;
    for (const json& described : offer.at("plugindata").at("data").at("streams")) {
      const auto section =
          std::ranges::find(sdp.sections, described.at("mid").get<std::string>(), &SdpSection::mid);
      if (section == sdp.sections.end() || section->ssrcs.empty()) {
        throw std::runtime_error("Janus describes a stream that it does not offer");
      }
      const auto feed = std::ranges::find(feeds, described.at("feed_id").get<std::uint64_t>());
      Stream& stream = terms.streams.emplace_back();
      stream.kind = section->kind;
      stream.ssrc = section->ssrcs[0];
      stream.rtx_ssrc = section->ssrcs.size() > 1 ? section->ssrcs[1] : 0;
      stream.payload_type = section->payload_type;
      stream.publisher = static_cast<std::size_t>(feed - feeds.begin());
      terms.transport_cc_id = std::max(terms.transport_cc_id, section->transport_cc_id);
    }
    connection_.ask(client.subscriber,
                    {{"request", "start"}},
                    {{"type", "answer"}, {"sdp", write_answer(sdp, local)}});
    return terms;
  }

  // Media comes as soon as the transport stands.
  void begin(ClientId) override {}

  void attend(std::chrono::milliseconds time) override {
    const Nanoseconds end = now_ns() + time.count() * kMillisecond;
    do {
      connection_.pump(std::max<int>(static_cast<int>((end - now_ns()) / kMillisecond), 0));
    } while (now_ns() < end);
  }

 private:
  struct Client {
    std::size_t call = 0;
    std::uint64_t feed = 0;  // 0: publishes nothing
    std::uint64_t subscriber = 0;
  };

  void make_room(std::size_t call) {
    constexpr int kPublishers = 1000;
    if (maker_ == 0) {
      maker_ = connection_.attach();
    }
    connection_.ask(maker_,
                    {{"request", "create"},
                     {"room", kFirstRoom + call},
                     {"publishers", kPublishers},
                     {"bitrate", 0},
                     {"videocodec", "vp8"},
                     {"audiocodec", "opus"},
                     {"transport_wide_cc_ext", true}});
    rooms_.resize(call + 1);
  }

  static Sdp sdp_of(const json& message) {
    if (!message.contains("jsep")) {
      throw std::runtime_error("Janus gives no SDP: " + message.dump());
    }
    auto sdp = read_sdp(message.at("jsep").at("sdp").get<std::string>());
    if (!sdp) {
      throw std::runtime_error("Janus' SDP has no transport over UDP and IPv4");
    }
    return *sdp;
  }

  JanusConnection connection_;
  std::vector<Client> clients_;
  std::vector<std::vector<std::uint64_t>> rooms_;  // feeds, in the order of publishing
  std::uint64_t maker_ = 0;
};

}  // namespace

std::unique_ptr<Sfu> make_janus(std::uint16_t port) {
  return std::make_unique<Janus>(port);
}

}  // namespace parlance::load
