#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>
#include <sys/epoll.h>

#include "base/uuid.h"
#include "bench/load/clock.h"
#include "bench/load/descriptor.h"
#include "bench/load/parlance_client.h"
#include "bench/load/sfu.h"

namespace parlance::load {

namespace {

using nlohmann::json;

constexpr std::size_t kSessionsPerUser = 16;
constexpr const char* kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

std::string new_id() {
  static std::mt19937_64 random{std::random_device{}()};
  std::array<std::uint8_t, 10> bytes{};
  std::ranges::generate(bytes, [] { return static_cast<std::uint8_t>(random()); });
  return Uuid::v7(now_ns() / kMillisecond, bytes).str();
}

RemoteTerms remote_of(const json& transport) {
  RemoteTerms remote;
  const auto usable = std::ranges::find_if(transport.at("ice_candidates"), [](const json& one) {
    return one.at("protocol") == "udp" &&
           one.at("ip").get<std::string>().find(':') == std::string::npos;
  });
  if (usable == transport.at("ice_candidates").end()) {
    throw std::runtime_error("the server offers no candidate over UDP and IPv4");
  }
  remote.ip = usable->at("ip");
  remote.port = usable->at("port");
  remote.ice.username_fragment = transport.at("ice_parameters").at("usernameFragment");
  remote.ice.password = transport.at("ice_parameters").at("password");
  remote.fingerprint = transport.at("dtls_parameters").at("fingerprints").at(0).at("value");
  return remote;
}

json rtp_parameters_of(const Track& track) {
  const bool video = track.kind == MediaKind::kVideo;
  json codec{
      {"mimeType", video ? "video/VP8" : "audio/opus"},
      {"payloadType", track.payload_type},
      {"clockRate", video ? 90'000 : 48'000},
      {"parameters", json::object()},
      {"rtcpFeedback",
       {{{"type", "transport-cc"}, {"parameter", ""}}, {{"type", "nack"}, {"parameter", ""}}}}};
  if (video) {
    codec["rtcpFeedback"].push_back({{"type", "nack"}, {"parameter", "pli"}});
  } else {
    codec["channels"] = 2;
  }
  return {{"mid", video ? "1" : "0"},
          {"codecs", {codec}},
          {"headerExtensions",
           {{{"uri", kTransportCc}, {"id", track.transport_cc_id}, {"encrypt", false}}}},
          {"encodings", {{{"ssrc", track.ssrc}}}},
          {"rtcp", {{"cname", "load"}, {"reducedSize", true}}}};
}

struct Client {
  std::size_t call = 0;
  std::unique_ptr<ParlanceClient> session;
  json joined;  // call.join's answer
  json consumer_ids = json::array();
};

struct User {
  std::string token;
  std::size_t sessions = 0;
  std::vector<std::size_t> calls;  // whose conversations it is a member of
};

struct Call {
  std::string conversation;
  std::string invite;
  std::map<std::string, std::size_t> publishers;  // by participant
};

class Parlance : public Sfu {
 public:
  explicit Parlance(std::uint16_t port) : port_(port), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

  ClientId enter(std::size_t call) override {
    User& user = user_with_room();
    const std::string ticket = post("/v1/ws/tickets", json::object(), user.token).at("ticket");
    const ClientId id = clients_.size();
    Client& client = clients_.emplace_back();
    client.call = call;
    client.session = std::make_unique<ParlanceClient>(port_, ticket);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = id;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.session->descriptor(), &event);
    request(id, "session.start", json::object());
    become_member(id, user);
    if (capabilities_.is_null()) {
      capabilities_ = request(id, "router.capabilities", json::object()).at("rtp_capabilities");
    }
    clients_[id].joined = request(id,
                                  "call.join",
                                  {{"c", calls_[call].conversation},
                                   {"participant", new_id()},
                                   {"rtp_capabilities", capabilities_}});
    return id;
  }

  RemoteTerms publish(ClientId id,
                      const std::vector<Track>& tracks,
                      const LocalTerms& local) override {
    Client& client = clients_[id];
    Call& call = calls_[client.call];
    const json transport = client.joined.at("send_transport");
    connect(id, transport, local);
    for (const Track& track : tracks) {
      const bool video = track.kind == MediaKind::kVideo;
      request(id,
              "producer.create",
              {{"c", call.conversation},
               {"transport", transport.at("id")},
               {"producer", new_id()},
               {"kind", video ? "video" : "audio"},
               {"source", video ? "camera" : "microphone"},
               {"rtp_parameters", rtp_parameters_of(track)}});
    }
    call.publishers.emplace(client.joined.at("self").at("id"), call.publishers.size());
    return remote_of(transport);
  }

  ReceiveTerms subscribe(ClientId id, const LocalTerms& local) override {
    Client& client = clients_[id];
    const json transport = client.joined.at("recv_transport");
    connect(id, transport, local);
    ReceiveTerms terms;
    terms.remote = remote_of(transport);
    json consumers = client.joined.at("consumers");
    for (const json& later : client.session->consumers) {
      consumers.push_back(later);
    }
    for (const json& consumer : consumers) {
      const json& parameters = consumer.at("rtp_parameters");
      const json& encoding = parameters.at("encodings").at(0);
      Stream stream;
      stream.kind = consumer.at("kind") == "video" ? MediaKind::kVideo : MediaKind::kAudio;
      stream.ssrc = encoding.at("ssrc");
      stream.rtx_ssrc =
          encoding.contains("rtx") ? encoding.at("rtx").at("ssrc").get<std::uint32_t>() : 0;
      stream.payload_type = parameters.at("codecs").at(0).at("payloadType");
      stream.publisher = calls_[client.call].publishers.at(consumer.at("participant"));
      terms.streams.push_back(stream);
      client.consumer_ids.push_back(consumer.at("id"));
      for (const json& extension : parameters.at("headerExtensions")) {
        if (extension.at("uri") == kTransportCc) {
          terms.transport_cc_id = extension.at("id");
        }
      }
    }
    return terms;
  }

  void begin(ClientId id) override {
    const Client& client = clients_[id];
    request(id,
            "consumer.resume",
            {{"c", calls_[client.call].conversation}, {"consumers", client.consumer_ids}});
  }

  void attend(std::chrono::milliseconds time) override {
    const Nanoseconds end = now_ns() + time.count() * kMillisecond;
    do {
      pump(std::max<int>(static_cast<int>((end - now_ns()) / kMillisecond), 0));
    } while (now_ns() < end);
  }

 private:
  json post(const std::string& path, const json& body, const std::string& token) {
    constexpr int kCreated = 201;
    constexpr int kTooMany = 429;
    test::Headers headers{{"content-type", "application/json"}};
    if (!token.empty()) {
      headers.emplace_back("authorization", "Bearer " + token);
    }
    for (;;) {
      const auto answer = test::http(port_, "POST", path, headers, body.dump());
      if (answer.status == kCreated) {
        return json::parse(answer.body);
      }
      if (answer.status != kTooMany) {
        throw std::runtime_error("POST " + path + ": HTTP " + std::to_string(answer.status) + " " +
                                 answer.body);
      }
      attend(std::chrono::milliseconds(json::parse(answer.body).value("retry_after_ms", 1000)));
    }
  }

  User& user_with_room() {
    if (users_.empty() || users_.back().sessions == kSessionsPerUser) {
      const json made = post("/v1/guests", {{"name", "load"}}, {});
      users_.emplace_back().token = made.at("token");
    }
    ++users_.back().sessions;
    return users_.back();
  }

  void become_member(ClientId id, User& user) {
    const std::size_t number = clients_[id].call;
    if (calls_.size() <= number) {
      calls_.resize(number + 1);
    }
    Call& call = calls_[number];
    if (call.conversation.empty()) {
      call.conversation = new_id();
      const json made =
          request(id, "conversation.create", {{"c", call.conversation}, {"title", "load"}});
      call.invite = made.at("conversation").at("invite_code");
    } else if (std::ranges::find(user.calls, number) == user.calls.end()) {
      request(id, "invite.accept", {{"code", call.invite}});
    } else {
      return;
    }
    user.calls.push_back(number);
  }

  void connect(ClientId id, const json& transport, const LocalTerms& local) {
    request(id,
            "transport.connect",
            {{"c", calls_[clients_[id].call].conversation},
             {"transport", transport.at("id")},
             {"dtls_parameters",
              {{"role", "client"},
               {"fingerprints", {{{"algorithm", "sha-256"}, {"value", local.fingerprint}}}}}}});
  }

  json request(ClientId id, std::string_view op, const json& d) {
    constexpr Nanoseconds kPatience = 20 * kSecond;
    const std::uint32_t number = clients_[id].session->ask(op, d);
    const Nanoseconds give_up = now_ns() + kPatience;
    for (;;) {
      if (auto answer = clients_[id].session->take_answer(number)) {
        return *answer;
      }
      if (now_ns() > give_up) {
        throw std::runtime_error("no answer to " + std::string(op));
      }
      pump(1000);
    }
  }

  void pump(int wait_ms) {
    constexpr Nanoseconds kHeartbeat = 20 * kSecond;
    std::array<epoll_event, 64> ready{};
    const int count = epoll_wait(epoll_.get(), ready.data(), ready.size(), wait_ms);
    for (int i = 0; i < count; ++i) {
      clients_[ready[static_cast<std::size_t>(i)].data.u64].session->on_readable();
    }
    if (now_ns() >= next_heartbeat_) {
      next_heartbeat_ = now_ns() + kHeartbeat;
      for (Client& client : clients_) {
        client.session->heartbeat();
      }
    }
  }

  std::uint16_t port_;
  Descriptor epoll_;
  std::vector<Client> clients_;
  std::vector<User> users_;
  std::vector<Call> calls_;
  json capabilities_;
  Nanoseconds next_heartbeat_ = 0;
};

}  // namespace

std::unique_ptr<Sfu> make_parlance(std::uint16_t port) {
  return std::make_unique<Parlance>(port);
}

}  // namespace parlance::load
