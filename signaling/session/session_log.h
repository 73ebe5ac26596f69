// What a session was told and has not acknowledged yet, so that a new connection can be told again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "signaling/session/shared_event.h"

namespace parlance::signaling {

// Numbers the durable and connection-reliable events of one session, densely from 1. Events that
// were sent give way to new ones when the log is full; one that was not sent yet never does.
class SessionLog {
 public:
  struct Limits {
    std::size_t events = 4096;
    std::size_t bytes = 4UL * 1024 * 1024;  // as if the session held them alone
  };

  SessionLog() = default;

  explicit SessionLog(Limits limits) : limits_(limits) {}

  // False when the log is full of events that were not sent: the session is lost, its client has to
  // start anew. `sent` is the last number that went out.
  bool append(EventPtr event, std::uint64_t sent);

  // All numbers up to this one have arrived. A number that was never sent is ignored.
  void acknowledge(std::uint64_t s, std::uint64_t sent);

  // True when everything after `s` is here.
  bool can_continue_after(std::uint64_t s) const {
    return s + 1 >= first_ && s < first_ + events_.size();
  }

  // The event of that number, which the log has to hold.
  const SharedEvent& at(std::uint64_t s) const { return *events_[s - first_]; }

  // Number of the last event, 0 when there was none.
  std::uint64_t last() const { return first_ + events_.size() - 1; }

  std::size_t size() const { return events_.size(); }

 private:
  void drop_front();

  Limits limits_;
  std::deque<EventPtr> events_;
  std::uint64_t first_ = 1;  // number of events_[0]
  std::size_t bytes_ = 0;
};

}  // namespace parlance::signaling
