#include "signaling/session/session.h"

#include <utility>

namespace parlance::signaling {

namespace {

constexpr Duration kRefusalWindow = std::chrono::minutes(1);

}  // namespace

Session::Session(SessionKey key,
                 chat::Identity identity,
                 const SessionLimits& limits,
                 Timestamp now)
    : key_(key),
      identity_(std::move(identity)),
      limits_(limits),
      refusals_since_(now),
      requests_(limits.requests, now),
      log_(limits.log),
      outgoing_(limits.outgoing) {}

void Session::attach(Timestamp now) {
  attached_ = true;
  ++epoch_;
  open_requests_ = 0;
  // Where the old connection got to is unknown; resume() says where the new one starts.
  outgoing_.restart_after(log_.last());
  timers_.disarm(Slot::kExpiry);
  timers_.disarm(Slot::kBlocked);
  on_received(now);
}

void Session::detach(Timestamp now) {
  attached_ = false;
  timers_.disarm(Slot::kHeartbeat);
  timers_.disarm(Slot::kBlocked);
  timers_.arm(Slot::kExpiry, now + limits_.resume_ttl);
}

std::optional<std::string_view> Session::refuses_to_resume(const chat::Identity& asker,
                                                           std::uint64_t s) const {
  if (asker.user != identity_.user || asker.device != identity_.device) {
    return "unknown session";
  }
  if (!log_.can_continue_after(s)) {
    return "events are gone";
  }
  return std::nullopt;
}

void Session::resume(std::uint64_t s, std::string answer, std::string closing) {
  outgoing_.resume_after(s, std::move(answer), std::move(closing), log_);
}

void Session::on_received(Timestamp now) {
  timers_.arm(Slot::kHeartbeat, now + limits_.heartbeat + limits_.grace);
}

Admission Session::admit(Timestamp now) {
  if (open_requests_ < limits_.open_requests && requests_.take(now)) {
    ++open_requests_;
    return Admission::kGranted;
  }
  if (now - refusals_since_ > kRefusalWindow) {
    refusals_since_ = now;
    refusals_ = 0;
  }
  return ++refusals_ > limits_.refusals_per_minute ? Admission::kTooManyRefusals
                                                   : Admission::kTooMany;
}

void Session::answer(Epoch epoch, std::string text) {
  if (epoch == epoch_) {
    finish(epoch);
    say(std::move(text));
  }
}

void Session::finish(Epoch epoch) {
  if (epoch == epoch_ && open_requests_ > 0) {
    --open_requests_;
  }
}

void Session::say(std::string text) {
  if (attached_) {
    outgoing_.push(std::move(text), log_);
  }
}

bool Session::deliver(const EventPtr& event) {
  if (event->event_class != EventClass::kEphemeral) {
    // Nobody reads while detached, yet what the log drops then is no fault: resuming is refused.
    return log_.append(event, attached_ ? outgoing_.sent() : log_.last());
  }
  if (attached_ && !outgoing_.push_ephemeral(*event, log_)) {
    ++counters_.ephemerals_dropped;
  }
  return true;
}

bool Session::next_frame(Timestamp now, std::string& frame) {
  if (!attached_ || writing() || !outgoing_.next_frame(log_, frame)) {
    return false;
  }
  timers_.arm(Slot::kBlocked, now + limits_.blocked);
  return true;
}

void Session::on_written() {
  timers_.disarm(Slot::kBlocked);
}

Session::Verdict Session::tick(Timestamp now) {
  const std::optional<Slot> due = timers_.pop_due(now);
  if (!due) {
    return Verdict::kNothing;
  }
  switch (*due) {
    case Slot::kHeartbeat:
      return Verdict::kNoHeartbeat;
    case Slot::kBlocked:
      return Verdict::kTooSlow;
    case Slot::kExpiry:
      return Verdict::kExpired;
    case Slot::kCount:
      break;
  }
  return Verdict::kNothing;
}

}  // namespace parlance::signaling
