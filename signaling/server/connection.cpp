#include "signaling/server/connection.h"

#include <utility>

#include "signaling/server/server_state.h"
#include "signaling/server/sessions.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling {

Connection::Connection(SignalingThread& thread,
                       std::uint64_t number,
                       WebSocket& socket,
                       chat::Identity identity,
                       Moment at)
    : thread_(thread),
      self_{thread.index(), number},
      socket_(socket),
      identity_(std::move(identity)),
      session_token_(Sessions::new_token(thread.index())),
      starts_until_(at.now + thread.state().options.session.start) {
  const SignalingOptions& options = thread_.state().options;
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const auto count = [](auto duration) {
    return static_cast<std::uint32_t>(duration.count());
  };
  send(write_hello({session_token_,
                    options.node,
                    count(duration_cast<milliseconds>(options.session.heartbeat)),
                    count(duration_cast<milliseconds>(options.session.grace)),
                    count(duration_cast<seconds>(options.session.resume_ttl)),
                    kMaxClientFrameBytes,
                    at.unix_ms,
                    thread_.state().capabilities_hash}));
  thread_.state().counters.add(Count::kConnections);
}

Connection::~Connection() {
  thread_.state().counters.subtract(Count::kConnections);
}

void Connection::on_text(std::string_view frame) {
  thread_.state().counters.add(Count::kFramesIn);
  thread_.state().counters.add(Count::kBytesIn, frame.size());
  if (session_) {
    return forward(*session_, frame);
  }
  if (waiting_) {
    backlog_.emplace_back(frame);
    return;
  }
  for (const std::string_view object : split_frame(frame)) {
    if (waiting_) {
      backlog_.emplace_back(object);
    } else {
      on_object(object);
    }
  }
}

void Connection::on_object(std::string_view object) {
  const auto message = parse_client_message(object);
  if (!message) {
    return refuse(message.error().id, {ProblemCode::kFrameMalformed, message.error().detail});
  }
  if (message->is_heartbeat()) {
    return;
  }
  if (message->op != "session.start" && message->op != "session.resume") {
    return refuse(message->id,
                  {ProblemCode::kSessionNotStarted, "Say session.start or session.resume first."});
  }
  const std::optional<std::uint32_t> id = message->id;
  if (!id) {
    return refuse(std::nullopt, {ProblemCode::kInvalid, message->op + " needs an `id`."});
  }
  std::vector<Violation> violations = thread_.checker().check(message->op + ".request", message->d);
  if (!violations.empty()) {
    return refuse(id, {ProblemCode::kSchemaViolation, {}, std::nullopt, std::move(violations)});
  }
  on_handshake(*message, *id);
}

void Connection::on_handshake(const ClientMessage& message, std::uint32_t id) {
  wait_for_session();
  if (message.op == "session.start") {
    return thread_.sessions().start({self_, identity_, session_token_, id});
  }
  const Sessions::ResumeRequest request{self_,
                                        identity_,
                                        message.d["session_id"].get<std::string>(),
                                        message.d["s"].get<std::uint64_t>(),
                                        id};
  const std::optional<unsigned> home = Sessions::thread_of(request.token);
  SignalingThread* const there = home ? thread_.other(*home) : nullptr;
  if (there == nullptr || !there->post([there, request] { there->sessions().resume(request); })) {
    on_refused(write_reply(id, R"({"resumed":false,"reason":"unknown session"})"));
  }
}

// Nothing is read until the session is there, so that nothing has to be kept but the rest of this
// frame.
void Connection::wait_for_session() {
  waiting_ = true;
  socket_.pause_reading(true);
}

void Connection::on_attached(SessionKey session) {
  waiting_ = false;
  session_ = session;
  starts_until_ = kNever;
  socket_.pause_reading(false);
  for (const std::string& frame : std::exchange(backlog_, {})) {
    forward(session, frame);
  }
}

void Connection::on_refused(std::string answer) {
  waiting_ = false;
  send(std::move(answer));
  socket_.pause_reading(false);
  for (const std::string& frame : std::exchange(backlog_, {})) {
    on_text(frame);
  }
}

void Connection::refuse(std::optional<std::uint32_t> id, const Problem& problem) {
  thread_.state().counters.add(Count::kRefusals);
  send(write_error(id, problem));
  if (++refusals_ > kMaxRefusals) {
    close(CloseCode::kRateLimited, "too many refused requests");
  }
}

void Connection::send(std::string frame) {
  thread_.state().counters.add(Count::kFramesOut);
  thread_.state().counters.add(Count::kBytesOut, frame.size());
  socket_.send(std::move(frame));
}

void Connection::forward(SessionKey session, std::string_view frame) {
  SignalingThread* const home = thread_.home_of(session);
  if (home == &thread_) {
    return home->sessions().on_text(session, self_, frame);
  }
  home->post([home, session, self = self_, text = std::string(frame)] {
    home->sessions().on_text(session, self, text);
  });
}

void Connection::on_drained() {
  if (!session_) {
    return;
  }
  SignalingThread* const home = thread_.home_of(*session_);
  if (home == &thread_) {
    return home->sessions().on_drained(*session_, self_);
  }
  home->post(
      [home, session = *session_, self = self_] { home->sessions().on_drained(session, self); });
}

void Connection::on_closed() {
  if (session_) {
    SignalingThread* const home = thread_.home_of(*session_);
    home->post([home, session = *session_, self = self_] {
      home->sessions().on_link_closed(session, self);
    });
  }
  thread_.forget_connection(self_.connection);
}

void Connection::tick(Timestamp now) {
  if (starts_until_ <= now) {
    starts_until_ = kNever;
    close(CloseCode::kNotStartedInTime, "say session.start or session.resume");
  }
}

}  // namespace parlance::signaling
