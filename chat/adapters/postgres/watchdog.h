// Ends waits for a server that says nothing more.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace parlance::chat::postgres {

// libpq waits for an answer as long as the socket is open: a server that is stopped, or a machine
// that is gone behind a proxy, holds a thread for ever, and statement_timeout is the server's to
// keep. This thread shuts the sockets of waits that took too long down, which ends them as lost
// connections.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::milliseconds patience);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // One wait on one socket, from its creation to its end.
  class Watch {
   public:
    Watch(Watchdog& watchdog, int socket);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& watchdog_;
    int socket_;
  };

  std::chrono::milliseconds patience() const { return patience_; }

 private:
  using Clock = std::chrono::steady_clock;

  void loop();

  const std::chrono::milliseconds patience_;
  std::mutex guard_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::unordered_map<int, Clock::time_point> waits_;  // the end of each, by its socket
  std::thread thread_;
};

}  // namespace parlance::chat::postgres
