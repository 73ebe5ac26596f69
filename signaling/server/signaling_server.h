// The front of the server: HTTP and WebSocket on one port, K threads, static files.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "chat/service/account_service.h"
#include "chat/service/chat_service.h"
#include "sfu/api/media_engine.h"
#include "signaling/call/call_service.h"
#include "signaling/server/http_types.h"
#include "signaling/session/session.h"

namespace parlance::signaling {

struct TlsFiles {
  std::filesystem::path certificate;  // PEM, the chain
  std::filesystem::path key;          // PEM
};

struct SignalingOptions {
  // "0.0.0.0", "::" (which takes IPv4 as well), "127.0.0.1".
  std::vector<std::string> listen_addresses = {"::"};
  std::uint16_t port = 8080;  // 0 picks a free one (tests)
  unsigned threads = 2;       // 1 to kMaxSignalingThreads
  std::optional<TlsFiles> tls;
  std::filesystem::path web_root;  // empty: no static files
  // Pages that may connect beside those of the server's own host: "https://app.example.org".
  std::vector<std::string> allowed_origins;
  // Who may read /metrics and use kTrusted routes: numeric addresses. Empty: this machine.
  std::vector<std::string> trusted_addresses;
  std::string node = "1";
  SessionLimits session;
  CallLimits call;
  std::uint32_t guests_per_minute_and_address = 60;
  // Attempts to sign up or in; half of them at once.
  std::uint32_t sign_ins_per_minute_and_address = 20;
  std::uint32_t sign_ins_per_minute_and_login = 10;
  // SO_SNDBUF of every connection; 0 leaves it to the kernel, which lets it grow with the network.
  int send_buffer_bytes = 0;
};

inline constexpr unsigned kMaxSignalingThreads = 64;

struct SignalingDependencies {
  chat::ChatService& chat;
  sfu::MediaEngine& media;
  // The ICE servers of one user, with credentials minted now. Called on any signaling thread.
  std::function<std::vector<IceServer>(chat::UserId, UnixMillis)> ice_servers;
  // Prometheus' text format, for /metrics. Called on any signaling thread.
  std::function<std::string()> metrics_text;
  // For /readyz: nothing, or what isn't ready. Called on any signaling thread.
  std::function<std::optional<std::string>()> not_ready;
  // Further routes (admin). They come before the static files.
  std::vector<HttpRoute> routes;
  // One line for the operator's log. Called on any signaling thread, rate limited by the server.
  std::function<void(const std::string&)> log;
  // Outlives the server's threads.
  chat::AccountService* accounts = nullptr;
};

// One per process. Everything but start() may be called from any thread.
class SignalingServer {
 public:
  virtual ~SignalingServer() = default;

  // The port in use, where options.port was 0.
  virtual std::uint16_t port() const = 0;

  // The sink of the chat service: a committed event goes to everyone whom it concerns. Called on
  // store threads; serialises there, never blocks.
  virtual void publish(std::shared_ptr<const chat::Event> event) = 0;

  // Ends the sessions of these devices and closes their connections with 4503; their tickets are
  // good for nothing any more. From any thread.
  virtual void revoke(chat::UserId user, const std::vector<chat::DeviceId>& devices) = 0;

  // Stops listening, tells every client to reconnect (after up to `spread`, each at a time of its
  // own) and closes with 4001. Returns when all connections are closed or `patience` is over.
  // Blocks.
  virtual void drain(std::chrono::milliseconds spread, std::chrono::milliseconds patience) = 0;

  // Ends the threads; drains first where that was not done. Blocks. After it the chat service and
  // the media engine may be destroyed.
  virtual void stop() = 0;

  // Totals since start and current numbers ("connections", "sessions", "calls", "participants",
  // ...), for the metrics.
  virtual std::map<std::string, std::uint64_t> counters() const = 0;
};

// Binds first: the error is a text for the operator, which port is taken and what to change.
std::expected<std::unique_ptr<SignalingServer>, std::string> start_signaling_server(
    SignalingOptions options, SignalingDependencies dependencies);

}  // namespace parlance::signaling
