#include "signaling/session/session_log.h"

#include <utility>

namespace parlance::signaling {

bool SessionLog::append(EventPtr event, std::uint64_t sent) {
  const std::size_t size = event->tail.size();
  while (!events_.empty() && (events_.size() >= limits_.events || bytes_ + size > limits_.bytes)) {
    if (first_ > sent) {
      return false;
    }
    drop_front();
  }
  bytes_ += size;
  events_.push_back(std::move(event));
  return true;
}

void SessionLog::acknowledge(std::uint64_t s, std::uint64_t sent) {
  if (s > sent) {
    return;
  }
  while (!events_.empty() && first_ <= s) {
    drop_front();
  }
}

void SessionLog::drop_front() {
  bytes_ -= events_.front()->tail.size();
  events_.pop_front();
  ++first_;
}

}  // namespace parlance::signaling
