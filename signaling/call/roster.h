// Who is in a call, and by which session each is reached.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "base/time.h"
#include "signaling/call/types.h"

namespace parlance::signaling {

// One participant that has joined.
struct Seat {
  ParticipantInfo info;
  SessionKey session{};
  bool session_gone = false;
  // Since when neither connection nor ICE consent is there; kNever while one of them is.
  Timestamp absent_since = kNever;
};

// The seats in the order of joining. There are 16 unless the operator says otherwise: searching
// them is cheaper than hashing.
class Roster {
 public:
  Seat* find(ParticipantId id) {
    const auto at = std::ranges::find(seats_, id, [](const Seat& seat) { return seat.info.id; });
    return at == seats_.end() ? nullptr : &*at;
  }

  const Seat* find_session(SessionKey session) const {
    const auto at = std::ranges::find(seats_, session, &Seat::session);
    return at == seats_.end() ? nullptr : &*at;
  }

  void add(Seat seat) { seats_.push_back(std::move(seat)); }

  void remove(ParticipantId id) {
    std::erase_if(seats_, [id](const Seat& seat) { return seat.info.id == id; });
  }

  std::vector<Seat>& seats() { return seats_; }

  const std::vector<Seat>& seats() const { return seats_; }

  std::size_t size() const { return seats_.size(); }

  bool empty() const { return seats_.empty(); }

  std::vector<SessionKey> sessions(std::optional<ParticipantId> except = std::nullopt) const {
    std::vector<SessionKey> all;
    for (const Seat& seat : seats_) {
      if (seat.info.id != except) {
        all.push_back(seat.session);
      }
    }
    return all;
  }

 private:
  std::vector<Seat> seats_;
};

}  // namespace parlance::signaling
