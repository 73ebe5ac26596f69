// A thread that drives many endpoints.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "bench/load/clock.h"
#include "bench/load/descriptor.h"
#include "bench/load/endpoint.h"
#include "bench/load/loop_thread.h"
#include "bench/load/udp_socket.h"

namespace parlance::load {

// Looks at all sockets once a millisecond, not whenever something arrives: so the server wakes
// nobody while it sends, and what it costs doesn't depend on how the generator happens to sleep.
// Delays don't suffer, because the kernel stamps arrivals.
class MediaLoop {
 public:
  MediaLoop();

  LoopThread& thread() { return thread_; }

  // On its thread.
  void add(std::unique_ptr<Endpoint> endpoint);

 private:
  void turn();
  Nanoseconds send_due(Nanoseconds now);
  void read_sockets();
  void read_socket(Endpoint& endpoint);
  void run_timers(Nanoseconds now);

  Descriptor epoll_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::vector<Endpoint*> senders_;
  std::size_t next_timer_ = 0;
  Nanoseconds last_timers_ = 0;
  ReceiveBatch batch_;
  LoopThread thread_{[this] {
    turn();
  }};
};

}  // namespace parlance::load
