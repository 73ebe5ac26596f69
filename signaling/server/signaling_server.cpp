#include "signaling/server/signaling_server.h"

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "rtp/ortc.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/media_json.h"
#include "signaling/server/content_hash.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/listener.h"
#include "signaling/server/server_state.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling {

namespace {

// What may be left out of the dependencies.
void fill_in(SignalingDependencies& dependencies) {
  if (!dependencies.ice_servers) {
    dependencies.ice_servers = [](chat::UserId, UnixMillis) {
      return std::vector<IceServer>();
    };
  }
  if (!dependencies.metrics_text) {
    dependencies.metrics_text = [] {
      return std::string();
    };
  }
  if (!dependencies.not_ready) {
    dependencies.not_ready = [] {
      return std::optional<std::string>();
    };
  }
  if (!dependencies.log) {
    dependencies.log = [](const std::string&) {
    };
  }
}

// Lets a line of the log through once a second and drops the rest.
std::function<void(const std::string&)> rarely(std::function<void(const std::string&)> log) {
  struct Gate {
    std::mutex mutex;
    std::function<void(const std::string&)> log;
    RateBucket bucket{{1, 10}, read_clocks().now};
  };

  // Shared by the copies of the function.
  const auto gate = std::make_shared<Gate>();
  gate->log = std::move(log);
  return [gate](const std::string& line) {
    const std::lock_guard lock(gate->mutex);
    if (gate->bucket.take(read_clocks().now)) {
      gate->log(line);
    }
  };
}

RateBucket::Limits per_minute(std::uint32_t count) {
  constexpr std::uint32_t kMinute = 60;
  return {.per_second = count, .burst = std::max(count / 2, 1U), .seconds = kMinute};
}

class Server final : public SignalingServer {
 public:
  Server(std::unique_ptr<ServerState> state, std::uint16_t port)
      : state_(std::move(state)), port_(port) {}

  ~Server() override { stop(); }

  std::uint16_t port() const override { return port_; }

  void publish(std::shared_ptr<const chat::Event> event) override;
  void revoke(chat::UserId user, const std::vector<chat::DeviceId>& devices) override;
  void drain(std::chrono::milliseconds spread, std::chrono::milliseconds patience) override;
  void stop() override;
  std::map<std::string, std::uint64_t> counters() const override;

  std::expected<void, std::string> start(Listeners listeners);

 private:
  // Runs `action` on every thread and waits for it.
  void on_every_thread(const std::function<void(SignalingThread&)>& action);

  std::unique_ptr<ServerState> state_;
  std::uint16_t port_;
  bool drained_ = false;
  bool stopped_ = false;
};

std::expected<void, std::string> Server::start(Listeners listeners) {
  std::expected<void, std::string> started;
  for (std::size_t i = 0; i < state_->threads.size(); ++i) {
    if (started) {
      started = state_->threads[i]->start(std::move(listeners.of_thread[i]));
    } else {
      state_->threads[i]->abandon();
    }
  }
  return started;
}

void Server::publish(std::shared_ptr<const chat::Event> event) {
  const ChatEvent shared{event, share(*event)};
  for (const auto& thread : state_->threads) {
    thread->post([there = thread.get(), shared] { there->sessions().on_chat_event(shared); });
  }
  const auto* change = std::get_if<chat::ConversationEvent>(event.get());
  const auto* left =
      change == nullptr ? nullptr : std::get_if<chat::ConversationEvent::MemberLeft>(&change->what);
  if (left != nullptr) {
    SignalingThread& owner = state_->owner_of(change->conversation);
    owner.post([&owner, conversation = change->conversation, user = left->user] {
      owner.calls().service().on_member_left(conversation, user);
    });
  }
}

void Server::revoke(chat::UserId user, const std::vector<chat::DeviceId>& devices) {
  for (const chat::DeviceId& device : devices) {
    state_->tickets.revoke(device, read_clocks().now);
    for (const auto& thread : state_->threads) {
      thread->post([there = thread.get(), user, device] { there->revoke(user, device); });
    }
  }
}

void Server::on_every_thread(const std::function<void(SignalingThread&)>& action) {
  std::vector<std::future<void>> done;
  for (const auto& thread : state_->threads) {
    std::promise<void> promise;
    std::future<void> future = promise.get_future();
    if (thread->post([&action, there = thread.get(), end = std::move(promise)]() mutable {
          action(*there);
          end.set_value();
        })) {
      done.push_back(std::move(future));
    }
  }
  for (const std::future<void>& future : done) {
    future.wait();
  }
}

void Server::drain(std::chrono::milliseconds spread, std::chrono::milliseconds patience) {
  if (std::exchange(drained_, true)) {
    return;
  }
  on_every_thread([spread](SignalingThread& thread) {
    thread.stop_listening();
    thread.drain(spread);
  });
  constexpr auto kStep = std::chrono::milliseconds(10);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (state_->counters.get(Count::kConnections) > 0 &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kStep);
  }
}

void Server::stop() {
  if (std::exchange(stopped_, true)) {
    return;
  }
  constexpr auto kSpread = std::chrono::milliseconds(500);
  constexpr auto kPatience = std::chrono::milliseconds(1000);
  drain(kSpread, kPatience);
  for (const auto& thread : state_->threads) {
    thread->join();
  }
}

std::map<std::string, std::uint64_t> Server::counters() const {
  std::map<std::string, std::uint64_t> all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Count::kCount); ++i) {
    const auto count = static_cast<Count>(i);
    all.emplace(count_name(count), state_->counters.get(count));
  }
  return all;
}

}  // namespace

std::string_view count_name(Count count) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(Count::kCount)> kNames{
      "connections",
      "sessions",
      "calls",
      "participants",
      "connections_paused",
      "http_requests",
      "upgrades_refused",
      "frames_in",
      "frames_out",
      "bytes_in",
      "bytes_out",
      "requests",
      "refusals",
      "sessions_started",
      "sessions_resumed",
      "sessions_reset",
      "sessions_lost",
      "connections_too_slow",
      "events_delivered",
      "ephemerals_dropped",
      "mailbox_overflows",
      "bugs"};
  return kNames[static_cast<std::size_t>(count)];
}

ServerState::~ServerState() = default;

SignalingThread& ServerState::owner_of(const chat::ConversationId& conversation) const {
  return *threads[std::hash<chat::ConversationId>{}(conversation) % threads.size()];
}

std::expected<std::unique_ptr<SignalingServer>, std::string> start_signaling_server(
    SignalingOptions options, SignalingDependencies dependencies) {
  if (options.threads == 0 || options.threads > kMaxSignalingThreads) {
    return std::unexpected("the number of signaling threads has to be from 1 to " +
                           std::to_string(kMaxSignalingThreads) + ".");
  }
  auto schemas = SchemaRegistry::load(embedded_schemas());
  if (!schemas) {
    return std::unexpected("the schemas of this build are broken: " + schemas.error());
  }
  auto files = StaticFiles::load(options.web_root);
  if (!files) {
    return std::unexpected(files.error());
  }
  auto listeners = bind_listeners(options.listen_addresses, options.port, options.threads);
  if (!listeners) {
    return std::unexpected(listeners.error());
  }
  fill_in(dependencies);
  dependencies.log = rarely(std::move(dependencies.log));
  const nlohmann::json capabilities = to_json(rtp::ortc::router_capabilities());
  const std::string hash = content_hash(write_json(capabilities));
  const std::uint32_t guests = std::max(options.guests_per_minute_and_address / 60, 1U);
  const std::uint32_t guests_at_once = options.guests_per_minute_and_address;
  const std::uint32_t sign_ins_of_address = options.sign_ins_per_minute_and_address;
  const std::uint32_t sign_ins_of_login = options.sign_ins_per_minute_and_login;
  const unsigned threads = options.threads;
  std::unique_ptr<ServerState> state(
      new ServerState{std::move(options),
                      std::move(dependencies),
                      std::move(*schemas),
                      std::move(*files),
                      write_json({{"rtp_capabilities", capabilities}, {"hash", hash}}),
                      hash,
                      {},
                      AddressLimiter({guests, guests_at_once}),
                      AddressLimiter(per_minute(sign_ins_of_address)),
                      AddressLimiter(per_minute(sign_ins_of_login)),
                      {},
                      {}});
  for (unsigned i = 0; i < threads; ++i) {
    state->threads.push_back(std::make_unique<SignalingThread>(*state, i));
  }
  const std::uint16_t port = listeners->port;
  auto server = std::make_unique<Server>(std::move(state), port);
  if (auto started = server->start(std::move(*listeners)); !started) {
    return std::unexpected(started.error());
  }
  return server;
}

}  // namespace parlance::signaling
