#include "signaling/server/lws_bridge.h"

#include <array>
#include <cerrno>
#include <exception>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "signaling/protocol/problem.h"
#include "signaling/server/http_exchange.h"

namespace parlance::signaling {

namespace {

// Request line and headers together.
constexpr unsigned short kMaxHeaderBytes = 8192;
// What the kernel may hold beyond what it has sent: above it the connection counts as not writable,
// so that a slow reader shows in our queue and not in megabytes of socket buffer.
constexpr int kUnsentBytes = 128 * 1024;
constexpr int kAcceptsPerTurn = 64;
constexpr unsigned kServiceBufferBytes = 65'536;
// A connection may wait for its next request, or for the end of its headers, this long.
constexpr int kIdleSeconds = 30;

int on_lws_event(
    lws* wsi, lws_callback_reasons reason, void* /*user*/, void* in, std::size_t size) {
  // Some callbacks come before the context has a user, and concern no connection.
  lws_context* const context = wsi != nullptr ? lws_get_context(wsi) : nullptr;
  void* const user = context != nullptr ? lws_context_user(context) : nullptr;
  return user == nullptr ? 0 : static_cast<LwsBridge*>(user)->on_event(wsi, reason, in, size);
}

// What a connection's reading takes for as long as it lasts; longer messages come in parts. Without
// a value of its own it would take a service buffer.
constexpr std::size_t kConnectionBufferBytes = 4096;

// libwebsockets takes the list as it is and keeps it.
const std::array<lws_protocols, 3> kProtocols{{
    {"http", on_lws_event, 0, 0, 0, nullptr, 0},
    {kSubprotocol, on_lws_event, 0, kConnectionBufferBytes, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
}};

bool asks_for_subprotocol(lws* wsi) {
  std::array<char, 256> offered{};
  if (lws_hdr_copy(wsi, offered.data(), static_cast<int>(offered.size()), WSI_TOKEN_PROTOCOL) <=
      0) {
    return false;
  }
  std::string_view rest(offered.data());
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    one = one.substr(0, one.find(' '));
    if (one == kSubprotocol) {
      return true;
    }
  }
  return false;
}

// The descriptor that wakes the context: the only one that is polled before there are connections.
int wake_descriptor_of(uv_loop_t* loop) {
  int fd = -1;
  uv_walk(
      loop,
      [](uv_handle_t* handle, void* found) {
        if (uv_handle_get_type(handle) == UV_POLL) {
          uv_fileno(handle, static_cast<int*>(found));
        }
      },
      &fd);
  return fd;
}

std::string_view view_of(const void* in, std::size_t size) {
  return in == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(in), size);
}

}  // namespace

// A connection: first requests, one after another, then perhaps a WebSocket.
struct LwsBridge::Peer {
  std::uint64_t id = 0;
  std::optional<chat::Identity> identity;
  std::unique_ptr<HttpExchange> exchange;
  std::unique_ptr<WebSocket> socket;
};

struct LwsBridge::Listening {
  LwsBridge* bridge = nullptr;
  FileDescriptor fd;
  uv_poll_t poll{};
};

LwsBridge::LwsBridge(EventLoop& loop, BridgeEvents& events) : loop_(loop), events_(events) {}

std::expected<std::unique_ptr<LwsBridge>, std::string> LwsBridge::create(
    EventLoop& loop, BridgeEvents& events, const std::optional<TlsFiles>& tls) {
  lws_set_log_level(LLL_ERR, nullptr);
  std::unique_ptr<LwsBridge> bridge(new LwsBridge(loop, events));
  std::array<void*, 1> loops{loop.handle()};
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.protocols = kProtocols.data();
  info.foreign_loops = loops.data();
  info.pcontext = &bridge->context_;
  info.user = bridge.get();
  info.server_string = "parlance";
  info.max_http_header_data = kMaxHeaderBytes;
  info.pt_serv_buf_size = kServiceBufferBytes;
  info.keepalive_timeout = kIdleSeconds;
  info.timeout_secs = kIdleSeconds;
  info.alpn = "http/1.1";
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN |
                 LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
  std::string certificate;
  std::string key;
  if (tls) {
    certificate = tls->certificate.string();
    key = tls->key.string();
    info.ssl_cert_filepath = certificate.c_str();
    info.ssl_private_key_filepath = key.c_str();
    // Without one libwebsockets makes a context for connections of its own, with all authorities
    // that the system trusts, and frees only the last of them where there are several threads. This
    // server opens no connections, so that nothing ever looks at this pointer.
    info.provided_client_ssl_ctx = static_cast<SSL_CTX*>(static_cast<void*>(bridge.get()));
    info.options |= LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS;
    info.options |= LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT;
  }
  bridge->context_ = lws_create_context(&info);
  if (bridge->context_ == nullptr) {
    return std::unexpected(
        "libwebsockets could not start: is the package libwebsockets-evlib-uv installed?");
  }
  bridge->wake_descriptor_ = wake_descriptor_of(loop.handle());
  info.options &= ~static_cast<std::uint64_t>(LWS_SERVER_OPTION_EXPLICIT_VHOSTS);
  bridge->vhost_ = lws_create_vhost(bridge->context_, &info);
  if (bridge->vhost_ == nullptr) {
    return std::unexpected("TLS could not start: are " + certificate + " and " + key +
                           " a certificate and its key in PEM, and readable?");
  }
  // From here on its errors are peers' faults, which cost no log line.
  lws_set_log_level(0, nullptr);
  return bridge;
}

LwsBridge::~LwsBridge() {
  shut_down();
}

void LwsBridge::listen(std::vector<FileDescriptor> sockets, int send_buffer_bytes) {
  send_buffer_bytes_ = send_buffer_bytes;
  for (FileDescriptor& socket : sockets) {
    auto listening = std::make_unique<Listening>();
    listening->bridge = this;
    listening->fd = std::move(socket);
    uv_poll_init(loop_.handle(), &listening->poll, listening->fd.get());
    listening->poll.data = listening.get();
    uv_poll_start(&listening->poll, UV_READABLE, [](uv_poll_t* handle, int, int) {
      auto* ready = static_cast<Listening*>(handle->data);
      ready->bridge->accept_from(ready->fd.get());
    });
    listening_.push_back(std::move(listening));
  }
}

void LwsBridge::stop_listening() {
  for (std::unique_ptr<Listening>& listening : listening_) {
    uv_poll_stop(&listening->poll);
    listening->fd.reset();
    // The handle lives until the loop has let go of it.
    Listening* const closing = listening.release();
    uv_close(static_cast<uv_handle_t*>(static_cast<void*>(&closing->poll)),
             [](uv_handle_t* handle) {
               const std::unique_ptr<Listening> done(static_cast<Listening*>(handle->data));
             });
  }
  listening_.clear();
}

void LwsBridge::accept_from(int fd) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int accepted = accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) {
      return;
    }
    const int one = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(accepted, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
    if (send_buffer_bytes_ > 0) {
      setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes_, sizeof send_buffer_bytes_);
    }
    lws_adopt_socket_vhost(vhost_, accepted);
  }
}

void LwsBridge::shut_down() {
  if (context_ == nullptr) {
    return;
  }
  stop_listening();
  // In two steps with a foreign loop: the first closes handles, which the loop has to finish, the
  // second frees the context and clears context_ (pcontext).
  lws_context_destroy(context_);
  // It has closed the descriptor that wakes it, and closes that number once more when the loop has
  // let go of the handle. Until then the number is kept, or another thread's file would be closed.
  FileDescriptor kept(fcntl(uv_backend_fd(loop_.handle()), F_DUPFD_CLOEXEC, wake_descriptor_));
  if (kept.get() == wake_descriptor_) {
    kept.release();
  }
  loop_.finish([this] { return uv_loop_alive(loop_.handle()) == 0; });
  if (context_ != nullptr) {
    lws_context_destroy(context_);
  }
  context_ = nullptr;
}

void LwsBridge::respond(std::uint64_t exchange, HttpResponse response) {
  const auto found = peers_.find(exchange);
  if (found != peers_.end() && found->second->exchange) {
    found->second->exchange->respond(std::move(response));
  }
}

int LwsBridge::on_event(lws* wsi, int reason, void* in, std::size_t size) {
  try {
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED) {
      auto peer = std::make_unique<Peer>();
      peer->id = ++last_peer_;
      lws_set_opaque_user_data(wsi, peer.get());
      peers_.emplace(peer->id, std::move(peer));
      return 0;
    }
    auto* const peer = static_cast<Peer*>(lws_get_opaque_user_data(wsi));
    if (peer == nullptr) {
      return 0;
    }
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
      lws_set_opaque_user_data(wsi, nullptr);
      if (peer->socket) {
        peer->socket->on_closed();
      }
      peers_.erase(peer->id);
      return 0;
    }
    return peer->socket || reason == LWS_CALLBACK_ESTABLISHED
               ? on_socket(*peer, wsi, reason, in, size)
               : on_http(*peer, wsi, reason, in, size);
  } catch (const std::exception& error) {
    // Our bug costs this connection, and no other.
    events_.on_bug(error.what());
    return -1;
  }
}

int LwsBridge::on_http(Peer& peer, lws* wsi, int reason, void* in, std::size_t size) {
  switch (reason) {
    case LWS_CALLBACK_HTTP:
      return begin_request(peer, wsi);
    case LWS_CALLBACK_HTTP_BODY:
      if (peer.exchange &&
          peer.exchange->on_body(view_of(in, size)) == HttpExchange::Next::kDispatch) {
        dispatch(peer.id, *peer.exchange);
      }
      return 0;
    case LWS_CALLBACK_HTTP_WRITEABLE: {
      const auto progress =
          peer.exchange ? peer.exchange->on_writable() : HttpExchange::Progress::kNothing;
      if (progress == HttpExchange::Progress::kFailed) {
        return -1;
      }
      if (progress != HttpExchange::Progress::kDone) {
        return 0;
      }
      const bool close = peer.exchange->close_after();
      peer.exchange.reset();
      return close || lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
    }
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return decide_upgrade(peer, wsi);
    case LWS_CALLBACK_CLOSED_HTTP:
      peer.exchange.reset();
      return 0;
    default:
      return 0;
  }
}

int LwsBridge::begin_request(Peer& peer, lws* wsi) {
  peer.exchange = std::make_unique<HttpExchange>(wsi, read_http_request(wsi));
  switch (peer.exchange->begin()) {
    case HttpExchange::Next::kMoreBody:
      break;
    case HttpExchange::Next::kDispatch:
      dispatch(peer.id, *peer.exchange);
      break;
    case HttpExchange::Next::kRefuse:
      peer.exchange->respond(peer.exchange->refusal());
      break;
  }
  return 0;
}

void LwsBridge::dispatch(std::uint64_t id, HttpExchange& exchange) {
  events_.on_request(id, std::move(exchange.request()));
}

int LwsBridge::decide_upgrade(Peer& peer, lws* wsi) {
  std::expected<chat::Identity, HttpResponse> decision = events_.on_upgrade(read_http_request(wsi));
  if (decision && !asks_for_subprotocol(wsi)) {
    const Problem problem{ProblemCode::kInvalid,
                          std::string("Ask for the subprotocol ") + kSubprotocol + "."};
    decision =
        std::unexpected(HttpResponse{400, "application/problem+json", write_problem(problem)});
  }
  if (!decision) {
    return write_whole_response(wsi, decision.error()) ? 1 : -1;
  }
  peer.identity = std::move(*decision);
  return 0;
}

int LwsBridge::on_socket(Peer& peer, lws* wsi, int reason, void* in, std::size_t size) {
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED: {
      const std::optional<chat::Identity> identity = std::exchange(peer.identity, {});
      if (!identity) {
        return -1;
      }
      peer.exchange.reset();
      peer.socket = std::make_unique<WebSocket>(wsi);
      peer.socket->set_events(events_.on_open(*peer.socket, *identity));
      return 0;
    }
    case LWS_CALLBACK_RECEIVE: {
      const bool last = lws_is_final_fragment(wsi) != 0 && lws_remaining_packet_payload(wsi) == 0;
      peer.socket->on_receive(view_of(in, size), lws_frame_is_binary(wsi) != 0, last);
      return 0;
    }
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return peer.socket->on_writable() ? 0 : -1;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return peer.socket->on_peer_close() ? 0 : -1;
    case LWS_CALLBACK_CLOSED:
      peer.socket->on_closed();
      return 0;
    default:
      return 0;
  }
}

}  // namespace parlance::signaling
