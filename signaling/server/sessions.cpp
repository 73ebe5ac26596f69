#include "signaling/server/sessions.h"

#include <algorithm>
#include <charconv>

#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/server/dispatch.h"
#include "signaling/server/secure_random.h"
#include "signaling/server/server_state.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling {

namespace {

constexpr std::size_t kTokenBytes = 24;

std::string start_answer(const chat::Identity& identity,
                         const chat::ChatService::ConversationList& list) {
  nlohmann::json ok = to_json(list);
  ok["user"] = user_json(identity);
  ok["device_id"] = identity.device.str();
  return write_json(ok);
}

}  // namespace

std::string Sessions::new_token(unsigned thread) {
  return std::to_string(thread) + "-" + random_token(kTokenBytes);
}

std::optional<unsigned> Sessions::thread_of(std::string_view token) {
  const std::string_view digits = token.substr(0, token.find('-'));
  unsigned thread = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), thread);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return thread;
}

Sessions::Hosted* Sessions::find(SessionKey key) {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : found->second.get();
}

// The list is read while events go on: those of the meantime are kept, and told afterwards where
// the list is older.
void Sessions::start(StartRequest request) {
  const std::uint64_t number = ++last_number_;
  const chat::UserId user = request.identity.user;
  starting_.emplace(number, Starting{std::move(request), {}, false});
  thread_.state().dependencies.chat.list_conversations(
      user, thread_.executor(), [this, number](auto list) {
        finish_start(number, std::move(list));
      });
}

void Sessions::finish_start(
    std::uint64_t number,
    std::expected<chat::ChatService::ConversationList, chat::ChatError> list) {
  const auto found = starting_.extract(number);
  if (found.empty()) {
    return;
  }
  const Starting& starting = found.mapped();
  Connection* const connection = thread_.find_connection(starting.request.link.connection);
  if (connection == nullptr) {
    return;
  }
  if (!list || starting.too_many) {
    const chat::ChatError error = list ? chat::ChatError::kUnavailable : list.error();
    return connection->on_refused(write_error(starting.request.id, to_problem(error)));
  }
  Hosted& hosted = open(starting.request, *list);
  for (const ChatEvent& event : starting.events) {
    apply(hosted, event);
  }
  connection->on_attached(hosted.session.key());
}

Sessions::Hosted& Sessions::open(const StartRequest& request,
                                 const chat::ChatService::ConversationList& list) {
  make_room_for(request.identity.user);
  const SessionKey key = thread_.key_of(++last_number_);
  auto& slot = sessions_[key];
  slot = std::make_unique<Hosted>(
      Session(key, request.identity, thread_.state().options.session, read_clocks().now),
      request.token,
      std::nullopt,
      Subscriptions(),
      list.user_r);
  Hosted& hosted = *slot;
  by_token_.emplace(request.token, key);
  hub_.add_user(request.identity.user, key);
  for (const chat::Conversation& conversation : list.conversations) {
    hosted.subscriptions.join(conversation.id, conversation.last_r);
    hub_.subscribe(conversation.id, key);
  }
  attach(hosted, request.link);
  hosted.session.say(write_reply(request.id, start_answer(request.identity, list)));
  thread_.state().counters.add(Count::kSessions);
  thread_.state().counters.add(Count::kSessionsStarted);
  return hosted;
}

void Sessions::make_room_for(const chat::UserId& user) {
  const std::vector<SessionKey> keys = hub_.of_user(user);
  if (keys.size() < kMaxPerUser) {
    return;
  }
  const auto idle = std::ranges::find_if(
      keys, [this](SessionKey key) { return !sessions_.at(key)->session.attached(); });
  const SessionKey oldest = idle == keys.end() ? keys.front() : *idle;
  disconnect(*sessions_.at(oldest), CloseCode::kReplaced, "too many sessions");
  end(oldest);
}

void Sessions::resume(const ResumeRequest& request) {
  const auto token = by_token_.find(request.token);
  std::optional<std::string_view> refusal = "unknown session";
  if (token != by_token_.end()) {
    refusal = sessions_.at(token->second)->session.refuses_to_resume(request.identity, request.s);
  }
  if (refusal) {
    thread_.state().counters.add(Count::kSessionsReset);
    const nlohmann::json ok = {{"resumed", false}, {"reason", *refusal}};
    thread_.on_connection(
        request.link, [answer = write_reply(request.id, write_json(ok))](Connection& connection) {
          connection.on_refused(answer);
        });
    return;
  }
  Hosted& hosted = *sessions_.at(token->second);
  attach(hosted, request.link);
  hosted.session.rename(request.identity.name);
  hosted.session.resume(
      request.s, write_reply(request.id, R"({"resumed":true})"), write_control("resumed", "{}"));
  thread_.state().counters.add(Count::kSessionsResumed);
  thread_.on_connection(request.link, [key = hosted.session.key()](Connection& connection) {
    connection.on_attached(key);
  });
}

void Sessions::attach(Hosted& hosted, const LinkRef& link) {
  const bool was_attached = hosted.session.attached();
  if (hosted.link) {
    thread_.on_connection(*hosted.link, [](Connection& old) {
      old.close(CloseCode::kReplaced, "replaced by a newer connection");
    });
  }
  hosted.link = link;
  note_paused(hosted, false);
  const Timestamp now = read_clocks().now;
  hosted.session.attach(now);
  touch(hosted);
  if (!was_attached) {
    announce(hosted, hosted.subscriptions.all(), true);
    thread_.tell_calls(
        [key = hosted.session.key(), now](CallService& calls) { calls.on_session_back(key, now); });
  }
}

// True when it was otherwise before.
bool Sessions::note_paused(Hosted& hosted, bool paused) {
  if (hosted.reading_paused == paused) {
    return false;
  }
  hosted.reading_paused = paused;
  if (paused) {
    thread_.state().counters.add(Count::kPaused);
  } else {
    thread_.state().counters.subtract(Count::kPaused);
  }
  return true;
}

void Sessions::detach(Hosted& hosted) {
  hosted.link.reset();
  note_paused(hosted, false);
  if (!hosted.session.attached()) {
    return;
  }
  const Timestamp now = read_clocks().now;
  hosted.session.detach(now);
  touch(hosted);
  announce(hosted, hosted.subscriptions.all(), false);
  thread_.tell_calls(
      [key = hosted.session.key(), now](CallService& calls) { calls.on_session_gone(key, now); });
}

void Sessions::disconnect(Hosted& hosted, CloseCode code, std::string_view reason) {
  if (hosted.link) {
    if (code == CloseCode::kTooSlow) {
      thread_.state().counters.add(Count::kTooSlow);
    }
    // A reader that takes nothing takes no farewell either.
    thread_.on_connection(*hosted.link, [code, text = std::string(reason)](Connection& connection) {
      if (code == CloseCode::kTooSlow) {
        connection.kill();
      } else {
        connection.close(code, text);
      }
    });
  }
  detach(hosted);
}

void Sessions::end(SessionKey key) {
  Hosted& hosted = *sessions_.at(key);
  detach(hosted);
  for (const chat::ConversationId& conversation : hosted.subscriptions.all()) {
    hub_.unsubscribe(conversation, key);
  }
  hub_.remove_user(hosted.session.identity().user, key);
  by_token_.erase(hosted.token);
  deadlines_.forget(static_cast<std::uint64_t>(key));
  thread_.state().counters.add(Count::kEphemeralsDropped,
                               hosted.session.counters().ephemerals_dropped);
  thread_.state().counters.subtract(Count::kSessions);
  touched_.erase(key);
  sessions_.erase(key);
}

void Sessions::on_text(SessionKey key, const LinkRef& link, std::string_view frame) {
  Hosted* const hosted = find(key);
  if (hosted == nullptr || hosted->link != link) {
    return;
  }
  hosted->session.on_received(read_clocks().now);
  touch(*hosted);
  for (const std::string_view object : split_frame(frame)) {
    if (hosted->link != link) {
      return;
    }
    on_object(*hosted, object);
  }
}

void Sessions::on_object(Hosted& hosted, std::string_view object) {
  const auto message = parse_client_message(object);
  if (!message) {
    thread_.state().counters.add(Count::kRefusals);
    hosted.session.say(
        write_error(message.error().id, {ProblemCode::kFrameMalformed, message.error().detail}));
    return;
  }
  const Moment at = read_clocks();
  if (const auto ack = message->ack) {  // a heartbeat
    hosted.session.acknowledge(*ack);
    hosted.session.say(write_control("hb", R"({"t":)" + std::to_string(at.unix_ms) + "}"));
    return;
  }
  thread_.state().counters.add(Count::kRequests);
  const Admission admission = hosted.session.admit(at.now);
  if (admission == Admission::kGranted) {
    return dispatch(thread_, hosted, *message);
  }
  thread_.state().counters.add(Count::kRefusals);
  if (admission == Admission::kTooManyRefusals) {
    return disconnect(hosted, CloseCode::kRateLimited, "too many requests");
  }
  constexpr std::uint32_t kShortestWaitMs = 50;
  hosted.session.say(write_error(message->id,
                                 {ProblemCode::kRateLimited,
                                  "Too many requests at once.",
                                  std::max(hosted.session.retry_after_ms(), kShortestWaitMs)}));
}

void Sessions::on_drained(SessionKey key, const LinkRef& link) {
  Hosted* const hosted = find(key);
  if (hosted != nullptr && hosted->link == link) {
    hosted->session.on_written();
    touch(*hosted);
  }
}

void Sessions::on_link_closed(SessionKey key, const LinkRef& link) {
  Hosted* const hosted = find(key);
  if (hosted != nullptr && hosted->link == link) {
    detach(*hosted);
  }
}

void Sessions::answer(const Asker& asker, std::string_view ok) {
  Hosted* const hosted = find(asker.session);
  if (hosted == nullptr) {
    return;
  }
  if (asker.id && ok.size() > kMaxReplyBytes) {
    return refuse(asker, {ProblemCode::kReplyTooLarge, "The answer is too large: ask for less."});
  }
  if (asker.id) {
    hosted->session.answer(asker.epoch, write_reply(*asker.id, ok));
  } else {
    hosted->session.finish(asker.epoch);
  }
  touch(*hosted);
}

void Sessions::answer(const Asker& asker, std::string_view ok, const std::vector<EventPtr>& rest) {
  answer(asker, ok);
  Hosted* const hosted = find(asker.session);
  if (hosted == nullptr || !asker.id || !hosted->session.answers(asker.epoch)) {
    return;
  }
  for (const EventPtr& event : rest) {
    deliver(*hosted, event);
  }
}

void Sessions::refuse(const Asker& asker, const Problem& problem) {
  thread_.state().counters.add(Count::kRefusals);
  Hosted* const hosted = find(asker.session);
  if (hosted == nullptr) {
    return;
  }
  if (asker.id) {
    hosted->session.answer(asker.epoch, write_error(asker.id, problem));
  } else {
    hosted->session.finish(asker.epoch);
  }
  touch(*hosted);
}

Timestamp Sessions::end_turn(Moment at) {
  // Ending one session may touch others.
  while (!touched_.empty()) {
    const std::unordered_set<SessionKey> touched = std::exchange(touched_, {});
    for (const SessionKey key : touched) {
      if (Hosted* const hosted = find(key)) {
        write_out(*hosted, at.now);
      }
    }
  }
  while (const std::optional<std::uint64_t> due = deadlines_.pop_due(at.now)) {
    if (Hosted* const hosted = find(static_cast<SessionKey>(*due))) {
      tick(*hosted, at.now);
    }
  }
  return deadlines_.next();
}

void Sessions::write_out(Hosted& hosted, Timestamp now) {
  const SessionKey key = hosted.session.key();
  if (hosted.lost) {
    thread_.state().counters.add(Count::kSessionsLost);
    disconnect(hosted, CloseCode::kTooSlow, "too far behind");
    return end(key);
  }
  if (hosted.session.overflowed()) {
    disconnect(hosted, CloseCode::kTooSlow, "answers are not read");
  }
  std::string frame;
  if (hosted.link && hosted.session.next_frame(now, frame)) {
    thread_.on_connection(
        *hosted.link, [text = std::move(frame)](Connection& connection) { connection.send(text); });
  }
  if (hosted.link && note_paused(hosted, hosted.session.congested())) {
    thread_.on_connection(*hosted.link, [paused = hosted.reading_paused](Connection& connection) {
      connection.pause_reading(paused);
    });
  }
  deadlines_.schedule(static_cast<std::uint64_t>(key), hosted.session.next_timeout());
}

void Sessions::tick(Hosted& hosted, Timestamp now) {
  const SessionKey key = hosted.session.key();
  switch (hosted.session.tick(now)) {
    case Session::Verdict::kNothing:
      break;
    case Session::Verdict::kNoHeartbeat:
      disconnect(hosted, CloseCode::kNoHeartbeat, "no heartbeat");
      break;
    case Session::Verdict::kTooSlow:
      disconnect(hosted, CloseCode::kTooSlow, "too slow");
      break;
    case Session::Verdict::kExpired:
      return end(key);
  }
  deadlines_.schedule(static_cast<std::uint64_t>(key), hosted.session.next_timeout());
}

void Sessions::lose_all() {
  std::vector<SessionKey> keys;
  keys.reserve(sessions_.size());
  for (const auto& [key, hosted] : sessions_) {
    keys.push_back(key);
  }
  for (const SessionKey key : keys) {
    disconnect(*sessions_.at(key), CloseCode::kUnknown, "the server was too busy");
    end(key);
  }
  for (auto& [number, starting] : starting_) {
    starting.too_many = true;
  }
}

void Sessions::revoke(const chat::UserId& user, const chat::DeviceId& device) {
  for (const SessionKey key : hub_.of_user(user)) {
    Hosted& hosted = *sessions_.at(key);
    if (hosted.session.identity().device == device) {
      disconnect(hosted, CloseCode::kRevoked, "this device was signed out");
      end(key);
    }
  }
}

void Sessions::say_to_all(const std::function<std::string()>& text) {
  for (const auto& [key, hosted] : sessions_) {
    hosted->session.say(text());
    touch(*hosted);
  }
}

}  // namespace parlance::signaling
