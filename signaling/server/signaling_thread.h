// One signaling thread: its loop, its connections and sessions, and the conversations it owns.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chat/domain/types.h"
#include "signaling/protocol/schema_registry.h"
#include "signaling/server/call_home.h"
#include "signaling/server/connection.h"
#include "signaling/server/deadlines.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/http_api.h"
#include "signaling/server/lws_bridge.h"
#include "signaling/server/sessions.h"

namespace parlance::signaling {

struct ServerState;

class SignalingThread final : public BridgeEvents {
 public:
  SignalingThread(ServerState& state, unsigned index);
  ~SignalingThread() override;

  // Starts the thread. The error is a text for the operator.
  std::expected<void, std::string> start(std::vector<FileDescriptor> sockets);

  // Instead of start(), where another thread could not.
  void abandon() { loop_.close(); }

  // Ends it; everything that is left closes. From another thread.
  void join();

  // From any thread.
  bool post(Task task) { return loop_.post(std::move(task)); }

  Executor& executor() { return loop_; }

  ServerState& state() const { return state_; }

  unsigned index() const { return index_; }

  // Nothing when there is no such thread.
  SignalingThread* other(unsigned index) const;

  // Keys name the thread that the session lives on.
  SessionKey key_of(std::uint64_t number) const;
  SignalingThread* home_of(SessionKey key) const;

  // The rest is for the thread itself.
  Sessions& sessions() { return sessions_; }

  CallHome& calls() { return *calls_; }

  SchemaChecker& checker() { return checker_; }

  Connection* find_connection(std::uint64_t number);
  void forget_connection(std::uint64_t number);

  void stop_listening() { bridge_->stop_listening(); }

  // Tells every client to come back after a time of its own, and closes.
  void drain(std::chrono::milliseconds spread);

  // Ends what the device has here.
  void revoke(const chat::UserId& user, const chat::DeviceId& device);

  std::size_t connections() const { return connections_.size(); }

  // Runs `action` with the connection on its thread, if it is still there.
  template <typename Action>
  void on_connection(const LinkRef& link, Action action) {
    SignalingThread* const there = other(link.thread);
    if (there == this) {
      if (Connection* const connection = find_connection(link.connection)) {
        action(*connection);
      }
      return;
    }
    there->post([there, number = link.connection, run = std::move(action)]() mutable {
      if (Connection* const connection = there->find_connection(number)) {
        run(*connection);
      }
    });
  }

  // Runs `action` with the calls of every thread, on their threads.
  void tell_calls(const std::function<void(CallService&)>& action) const;

  void on_request(std::uint64_t exchange, HttpRequest request) override;
  std::expected<chat::Identity, HttpResponse> on_upgrade(const HttpRequest& request) override;
  std::unique_ptr<SocketEvents> on_open(WebSocket& socket, chat::Identity identity) override;
  void on_bug(const char* what) override;

 private:
  Timestamp end_turn();
  void on_overflow();

  ServerState& state_;
  const unsigned index_;
  SchemaChecker checker_;
  EventLoop loop_;
  HttpApi http_;
  Sessions sessions_;
  std::unique_ptr<CallHome> calls_;
  std::unordered_map<std::uint64_t, Connection*> connections_;  // owned by their sockets
  Deadlines starting_;                                          // of connections without session
  std::uint64_t last_connection_ = 0;
  std::unique_ptr<LwsBridge> bridge_;
  std::thread thread_;
};

}  // namespace parlance::signaling
