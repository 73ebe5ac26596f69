#include "signaling/server/signaling_thread.h"

#include <algorithm>
#include <future>
#include <random>

#include "signaling/server/secure_random.h"
#include "signaling/server/server_state.h"

namespace parlance::signaling {

namespace {

constexpr unsigned kThreadShift = 56;

}  // namespace

SignalingThread::SignalingThread(ServerState& state, unsigned index)
    : state_(state),
      index_(index),
      checker_(state.schemas),
      loop_({[this] { return end_turn(); },
             [this](const char* what) { on_bug(what); },
             [this] {
               on_overflow();
             }}),
      http_(state),
      sessions_(*this) {}

SignalingThread::~SignalingThread() = default;

std::expected<void, std::string> SignalingThread::start(std::vector<FileDescriptor> sockets) {
  std::promise<std::expected<void, std::string>> started;
  std::future<std::expected<void, std::string>> result = started.get_future();
  thread_ = std::thread([this, &started, list = std::move(sockets)]() mutable {
    auto bridge = LwsBridge::create(loop_, *this, state_.options.tls);
    if (!bridge) {
      loop_.close();
      started.set_value(std::unexpected(bridge.error()));
      return;
    }
    bridge_ = std::move(*bridge);
    calls_ = std::make_unique<CallHome>(*this);
    bridge_->listen(std::move(list), state_.options.send_buffer_bytes);
    started.set_value({});
    loop_.run();
    // Closing tells the sessions, and the calls end with them.
    bridge_->shut_down();
    calls_.reset();
  });
  return result.get();
}

void SignalingThread::join() {
  if (!thread_.joinable()) {
    return;
  }
  // A full mailbox empties itself: the thread runs.
  while (bridge_ && !post([this] { loop_.stop(); })) {
    std::this_thread::yield();
  }
  thread_.join();
}

SignalingThread* SignalingThread::other(unsigned index) const {
  return index < state_.threads.size() ? state_.threads[index].get() : nullptr;
}

SessionKey SignalingThread::key_of(std::uint64_t number) const {
  return SessionKey{std::uint64_t{index_} << kThreadShift | number};
}

SignalingThread* SignalingThread::home_of(SessionKey key) const {
  return other(static_cast<unsigned>(static_cast<std::uint64_t>(key) >> kThreadShift));
}

Connection* SignalingThread::find_connection(std::uint64_t number) {
  const auto found = connections_.find(number);
  return found == connections_.end() ? nullptr : found->second;
}

void SignalingThread::forget_connection(std::uint64_t number) {
  connections_.erase(number);
  starting_.forget(number);
}

void SignalingThread::drain(std::chrono::milliseconds spread) {
  std::mt19937_64 spreader{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> after(0, std::max<std::int64_t>(spread.count(), 0));
  for (const auto& [number, connection] : connections_) {
    connection->send(
        write_control("reconnect", R"({"after_ms":)" + std::to_string(after(spreader)) + "}"));
    connection->close(CloseCode::kGoingAway, "the server stops");
  }
}

void SignalingThread::revoke(const chat::UserId& user, const chat::DeviceId& device) {
  for (const auto& [number, connection] : connections_) {
    if (connection->identity().device == device) {
      connection->close(CloseCode::kRevoked, "this device was signed out");
    }
  }
  sessions_.revoke(user, device);
}

void SignalingThread::tell_calls(const std::function<void(CallService&)>& action) const {
  for (const auto& thread : state_.threads) {
    thread->post([there = thread.get(), action] { action(there->calls().service()); });
  }
}

void SignalingThread::on_request(std::uint64_t exchange, HttpRequest request) {
  state_.counters.add(Count::kHttpRequests);
  http_.handle(request, loop_, [this, exchange](HttpResponse response) {
    post([this, exchange, answer = std::move(response)]() mutable {
      bridge_->respond(exchange, std::move(answer));
    });
  });
}

std::expected<chat::Identity, HttpResponse> SignalingThread::on_upgrade(
    const HttpRequest& request) {
  auto decision = http_.decide_upgrade(request, read_clocks().now);
  if (!decision) {
    state_.counters.add(Count::kUpgradesRefused);
  }
  return decision;
}

std::unique_ptr<SocketEvents> SignalingThread::on_open(WebSocket& socket, chat::Identity identity) {
  const std::uint64_t number = ++last_connection_;
  const bool revoked = state_.tickets.is_revoked(identity.device, read_clocks().now);
  auto connection =
      std::make_unique<Connection>(*this, number, socket, std::move(identity), read_clocks());
  connections_.emplace(number, connection.get());
  starting_.schedule(number, connection->next_timeout());
  if (revoked) {
    connection->close(CloseCode::kRevoked, "this device was signed out");
  }
  return connection;
}

void SignalingThread::on_bug(const char* what) {
  state_.counters.add(Count::kBugs);
  state_.dependencies.log(std::string("a bug: ") + what);
}

void SignalingThread::on_overflow() {
  state_.counters.add(Count::kMailboxOverflows);
  state_.dependencies.log(
      "a signaling thread was too busy to take its messages: its sessions start anew");
  sessions_.lose_all();
}

Timestamp SignalingThread::end_turn() {
  const Moment at = read_clocks();
  Timestamp next = sessions_.end_turn(at);
  if (calls_) {
    next = std::min(next, calls_->end_turn(at));
  }
  while (const std::optional<std::uint64_t> due = starting_.pop_due(at.now)) {
    if (Connection* const connection = find_connection(*due)) {
      connection->tick(at.now);
      starting_.schedule(*due, connection->next_timeout());
    }
  }
  return std::min(next, starting_.next());
}

}  // namespace parlance::signaling
