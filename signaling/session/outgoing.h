// The order in which one session's answers and events go out, and what gives way when the reader is
// slow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "signaling/session/session_log.h"
#include "signaling/session/shared_event.h"

namespace parlance::signaling {

// Numbered events are never queued: the log has them, and the queue keeps only a cursor into it. So
// a slow reader costs a cursor, not memory. Answers and ephemeral events remember behind which
// number they belong.
//
//   waiting bytes or frames | ephemeral events        | answers
//   ------------------------+-------------------------+-----------------------------------------------
//   up to 50 %, 512 KiB     | queued                  | queued
//   above                   | dropped, queued ones too| queued; the shell stops reading requests
//   above 100 %             | dropped                 | overflowed(): the connection is closed
//   (4008)
class Outgoing {
 public:
  struct Limits {
    // Room for the answers to all requests that a session may have open when reading stops, pages
    // included: who asks for many things at once and reads is not cut off.
    std::size_t bytes = 8UL * 1024 * 1024;
    std::size_t items = 512;
    std::size_t coalesce_bytes = 16UL * 1024;  // objects are joined into one frame up to this size
    std::size_t congested_bytes = 512UL * 1024;
  };

  Outgoing() = default;

  explicit Outgoing(Limits limits) : limits_(limits) {}

  // Answers and control objects: JSON text.
  void push(std::string text, const SessionLog& log);

  // An ephemeral event. False when it was dropped.
  bool push_ephemeral(const SharedEvent& event, const SessionLog& log);

  // Fills `frame` with what goes out next, one or several objects joined by newlines. False when
  // there is nothing.
  bool next_frame(const SessionLog& log, std::string& frame);

  // A new connection continues after this number; what was queued for the old one is forgotten.
  void restart_after(std::uint64_t s);

  // The same, said to the client: the answer first, then everything after `s`, then the closing
  // word.
  void resume_after(std::uint64_t s,
                    std::string answer,
                    std::string closing,
                    const SessionLog& log);

  bool empty(const SessionLog& log) const { return items_.empty() && sent_ == log.last(); }

  // The last number that went out.
  std::uint64_t sent() const { return sent_; }

  // Requests are not read while this is so.
  bool congested() const;

  bool overflowed() const { return bytes_ > limits_.bytes || items_.size() > limits_.items; }

 private:
  struct Item {
    std::uint64_t after = 0;  // goes out when the event of this number has
    bool ephemeral = false;
    std::string text;
  };

  void drop_ephemerals();

  Limits limits_;
  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace parlance::signaling
