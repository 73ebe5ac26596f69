// A thread that drives many endpoints.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/load/clock.h"
#include "bench/load/endpoint.h"
#include "bench/load/udp_socket.h"

namespace parlance::load {

// Looks at all sockets once a millisecond, not whenever something arrives: so the server wakes
// nobody while it sends, and what it costs doesn't depend on how the generator happens to sleep.
// Delays don't suffer, because the kernel stamps arrivals.
class MediaLoop {
 public:
  MediaLoop();
  ~MediaLoop();
  MediaLoop(const MediaLoop&) = delete;
  MediaLoop& operator=(const MediaLoop&) = delete;

  // From any thread. Lent until the loop ends.
  void add(Endpoint& endpoint);

  // Runs it on the loop's thread and returns when it is done. From any other thread.
  void run(const std::function<void()>& work);

 private:
  void live(const std::stop_token& stop);
  void take_work();
  Nanoseconds send_due(Nanoseconds now);
  void read_sockets();
  void run_timers(Nanoseconds now);

  int epoll_;
  std::vector<Endpoint*> endpoints_;
  std::vector<Endpoint*> senders_;
  std::size_t next_timer_ = 0;
  Nanoseconds last_timers_ = 0;
  ReceiveBatch batch_;
  std::mutex mutex_;
  std::vector<std::function<void()>> work_;  // under mutex_
  std::jthread thread_;
};

}  // namespace parlance::load
