// One thread's libwebsockets context: accepts connections, reads requests, opens WebSockets.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <uv.h>

#include "chat/domain/types.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/http_types.h"
#include "signaling/server/listener.h"
#include "signaling/server/signaling_server.h"
#include "signaling/server/web_socket.h"

struct lws;
struct lws_context;
struct lws_vhost;

namespace parlance::signaling {

inline constexpr char kSubprotocol[] = "parlance.v1.json";

class HttpExchange;

// What the bridge asks of the rest of the thread.
class BridgeEvents {
 public:
  virtual ~BridgeEvents() = default;
  // To be answered by LwsBridge::respond(), now or later.
  virtual void on_request(std::uint64_t exchange, HttpRequest request) = 0;
  // May this request become a WebSocket, and whose.
  virtual std::expected<chat::Identity, HttpResponse> on_upgrade(const HttpRequest& request) = 0;
  virtual std::unique_ptr<SocketEvents> on_open(WebSocket& socket, chat::Identity identity) = 0;
  virtual void on_bug(const char* what) = 0;
};

class LwsBridge {
 public:
  // The error is a text for the operator.
  static std::expected<std::unique_ptr<LwsBridge>, std::string> create(
      EventLoop& loop, BridgeEvents& events, const std::optional<TlsFiles>& tls);
  ~LwsBridge();
  LwsBridge(const LwsBridge&) = delete;
  LwsBridge& operator=(const LwsBridge&) = delete;

  // Accepts from these. The buffer is SignalingOptions' send_buffer_bytes.
  void listen(std::vector<FileDescriptor> sockets, int send_buffer_bytes);
  void stop_listening();

  // Ignored when the client is gone.
  void respond(std::uint64_t exchange, HttpResponse response);

  // On the thread, after its loop has ended: closes everything.
  void shut_down();

  struct Peer;
  // libwebsockets' callback for one connection; the result is its result.
  int on_event(lws* wsi, int reason, void* in, std::size_t size);

 private:
  struct Listening;

  LwsBridge(EventLoop& loop, BridgeEvents& events);

  void accept_from(int fd);
  int on_http(Peer& peer, lws* wsi, int reason, void* in, std::size_t size);
  int on_socket(Peer& peer, lws* wsi, int reason, void* in, std::size_t size);
  int begin_request(Peer& peer, lws* wsi);
  int decide_upgrade(Peer& peer, lws* wsi);
  void dispatch(std::uint64_t id, HttpExchange& exchange);

  EventLoop& loop_;
  BridgeEvents& events_;
  lws_context* context_ = nullptr;
  lws_vhost* vhost_ = nullptr;
  std::vector<std::unique_ptr<Listening>> listening_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Peer>> peers_;
  std::uint64_t last_peer_ = 0;
  int send_buffer_bytes_ = 0;
  int wake_descriptor_ = -1;  // libwebsockets' own
};

}  // namespace parlance::signaling
