// One session: a tab's place in the stream of events, kept across its connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "base/timer_slots.h"
#include "chat/domain/types.h"
#include "signaling/call/types.h"
#include "signaling/session/outgoing.h"
#include "signaling/session/rate_bucket.h"
#include "signaling/session/session_log.h"

namespace parlance::signaling {

// Limits of docs/limits.md; what `hello` says of them is binding.
struct SessionLimits {
  Duration start = std::chrono::seconds(10);  // a connection without session closes with 4508
  Duration heartbeat = std::chrono::milliseconds(25'000);
  Duration grace = std::chrono::milliseconds(8'000);
  Duration resume_ttl = std::chrono::seconds(300);
  Duration blocked = std::chrono::seconds(15);  // a frame that does not get out closes with 4008
  std::size_t open_requests = 64;
  std::uint32_t refusals_per_minute = 200;  // more refused for their rate close with 4013
  RateBucket::Limits requests;
  SessionLog::Limits log;
  Outgoing::Limits outgoing;
};

// Why a connection ends (docs/protocol.md, "Life of a connection").
enum class CloseCode : std::uint16_t {
  kUnknown = 4000,
  kGoingAway = 4001,
  kTooSlow = 4008,
  kNoHeartbeat = 4009,
  kReplaced = 4012,
  kRateLimited = 4013,
  kBadFrame = 4500,
  kNotAuthenticated = 4501,
  kRevoked = 4503,
  kNotStartedInTime = 4508,
};

// Counts the connections of a session, so that an answer to a request of an earlier one is not
// taken for an answer to a later one's.
using Epoch = std::uint32_t;

enum class Admission : std::uint8_t { kGranted, kTooMany, kTooManyRefusals };

class Session {
 public:
  Session(SessionKey key, chat::Identity identity, const SessionLimits& limits, Timestamp now);

  SessionKey key() const { return key_; }

  const chat::Identity& identity() const { return identity_; }

  void rename(std::string name) { identity_.name = std::move(name); }

  // A first or a new connection. Whatever was queued for the one before is forgotten.
  void attach(Timestamp now);
  void detach(Timestamp now);

  bool attached() const { return attached_; }

  Epoch epoch() const { return epoch_; }

  // Why the session can't go on after `s`; nothing when it can. A static text for the answer's
  // `reason`.
  std::optional<std::string_view> refuses_to_resume(const chat::Identity& asker,
                                                    std::uint64_t s) const;
  // On a new connection, after attach(): the answer, the events after `s`, and the closing word.
  void resume(std::uint64_t s, std::string answer, std::string closing);

  // Every frame is a sign of life.
  void on_received(Timestamp now);

  void acknowledge(std::uint64_t s) { log_.acknowledge(s, outgoing_.sent()); }

  // Asked before each request is carried out; kGranted counts it as open until answer() or
  // finish().
  Admission admit(Timestamp now);

  std::uint32_t retry_after_ms() const { return requests_.wait_ms(); }

  // Whether an answer to a request of that connection still reaches it.
  bool answers(Epoch epoch) const { return attached_ && epoch == epoch_; }

  // `text` is a whole object. Forgotten when the connection has changed: its id was the old one's.
  void answer(Epoch epoch, std::string text);
  // Of a request without id, which gets no answer.
  void finish(Epoch epoch);
  // What belongs to no granted request: control objects, refusals.
  void say(std::string text);

  // False when the session is lost: its log is full of events that its client did not take.
  [[nodiscard]] bool deliver(const EventPtr& event);

  // The connection can take a frame: fills it and expects on_written(), or returns false.
  bool next_frame(Timestamp now, std::string& frame);
  void on_written();

  bool writing() const { return timers_.armed(Slot::kBlocked); }

  bool congested() const { return outgoing_.congested(); }

  bool overflowed() const { return outgoing_.overflowed(); }

  Timestamp next_timeout() const { return timers_.next_timeout(); }
  enum class Verdict : std::uint8_t { kNothing, kNoHeartbeat, kTooSlow, kExpired };
  Verdict tick(Timestamp now);

  struct Counters {
    std::uint64_t ephemerals_dropped = 0;
  };

  const Counters& counters() const { return counters_; }

 private:
  enum class Slot : std::uint8_t { kHeartbeat, kBlocked, kExpiry, kCount };

  const SessionKey key_;
  chat::Identity identity_;
  const SessionLimits& limits_;
  bool attached_ = false;
  Epoch epoch_ = 0;
  std::size_t open_requests_ = 0;
  std::uint32_t refusals_ = 0;
  Timestamp refusals_since_;
  RateBucket requests_;
  SessionLog log_;
  Outgoing outgoing_;
  TimerSlots<Slot> timers_;
  Counters counters_;
};

}  // namespace parlance::signaling
