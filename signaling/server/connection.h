// A WebSocket before it has a session, and the wire between the two afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "chat/domain/types.h"
#include "signaling/call/types.h"
#include "signaling/protocol/envelope.h"
#include "signaling/server/web_socket.h"

namespace parlance::signaling {

class SignalingThread;

// Names a connection for other threads.
struct LinkRef {
  unsigned thread = 0;
  std::uint64_t connection = 0;

  bool operator==(const LinkRef&) const = default;
};

// Says hello, takes session.start and session.resume, and then hands every frame to the session,
// which may live on another thread: a session stays where it was started, its connections come and
// go.
class Connection final : public SocketEvents {
 public:
  Connection(SignalingThread& thread,
             std::uint64_t number,
             WebSocket& socket,
             chat::Identity identity,
             Moment at);
  ~Connection() override;

  void on_text(std::string_view frame) override;
  void on_drained() override;
  void on_closed() override;

  // The session's side. on_attached: this connection is the session's now; refused: it has none.
  void on_attached(SessionKey session);
  void on_refused(std::string answer);
  void send(std::string frame);

  void close(CloseCode code, std::string_view reason) { socket_.close(code, reason); }

  void kill() { socket_.kill(); }

  void pause_reading(bool paused) { socket_.pause_reading(paused); }

  // Until a session is attached.
  const chat::Identity& identity() const { return identity_; }

  Timestamp next_timeout() const { return starts_until_; }

  void tick(Timestamp now);

  // Objects refused before a session is there; more are no accident.
  static constexpr int kMaxRefusals = 32;

 private:
  void on_object(std::string_view object);
  void on_handshake(const ClientMessage& message, std::uint32_t id);
  void refuse(std::optional<std::uint32_t> id, const Problem& problem);
  void forward(SessionKey session, std::string_view frame);
  void wait_for_session();

  SignalingThread& thread_;
  const LinkRef self_;
  WebSocket& socket_;
  const chat::Identity identity_;
  const std::string session_token_;  // of the session that session.start will make
  Timestamp starts_until_;
  std::optional<SessionKey> session_;
  bool waiting_ = false;  // for the answer to session.start or session.resume
  int refusals_ = 0;
  std::vector<std::string> backlog_;  // what the client sent meanwhile
};

}  // namespace parlance::signaling
