#include "bench/load/media_loop.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <sys/epoll.h>

#include "bench/load/rtp_header.h"

namespace parlance::load {

namespace {

constexpr Nanoseconds kTurn = kMillisecond;
constexpr Nanoseconds kTimerInterval = 100 * kMillisecond;

void sleep_until(Nanoseconds when) {
  const timespec at{.tv_sec = when / kSecond, .tv_nsec = when % kSecond};
  clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, nullptr);
}

}  // namespace

MediaLoop::MediaLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

void MediaLoop::add(std::unique_ptr<Endpoint> endpoint) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = endpoint.get();
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, endpoint->link().socket().descriptor(), &event);
  const Nanoseconds now = now_ns();
  if (endpoints_.empty()) {
    last_timers_ = now;
  }
  endpoint->on_timer(now);
  endpoints_.push_back(std::move(endpoint));
}

void MediaLoop::turn() {
  const Nanoseconds began = now_ns();
  const Nanoseconds due = send_due(began);
  read_sockets();
  run_timers(began);
  const Nanoseconds next = std::min(began + kTurn, due);
  if (next > now_ns()) {
    sleep_until(next);
  }
}

Nanoseconds MediaLoop::send_due(Nanoseconds now) {
  Nanoseconds next = Endpoint::kNothingDue;
  for (Endpoint* const endpoint : senders_) {
    if (endpoint->next_due() <= now) {
      endpoint->send_due(now);
    }
    next = std::min(next, endpoint->next_due());
  }
  return next;
}

void MediaLoop::read_sockets() {
  std::array<epoll_event, 512> ready{};
  // Twice the sockets' number at most: publishers must get their turn.
  for (std::size_t seen = 0; seen <= endpoints_.size(); seen += ready.size()) {
    const int count = epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i) {
      read_socket(*static_cast<Endpoint*>(ready[static_cast<std::size_t>(i)].data.ptr));
    }
    if (count < static_cast<int>(ready.size())) {
      return;
    }
  }
}

void MediaLoop::read_socket(Endpoint& endpoint) {
  SocketLink& link = endpoint.link();
  batch_.read(link.socket(), [&](std::span<std::uint8_t> datagram, Nanoseconds at) {
    if (!is_media(datagram)) {
      link.on_datagram(datagram);
    } else if (link.state() == Link::State::kConnected) {
      endpoint.on_media(datagram, at);
    }
  });
  if (!endpoint.reads()) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, link.socket().descriptor(), nullptr);
  }
}

// Each endpoint's turn comes every kTimerInterval, spread evenly.
void MediaLoop::run_timers(Nanoseconds now) {
  const auto share = static_cast<std::size_t>(static_cast<Nanoseconds>(endpoints_.size()) *
                                              (now - last_timers_) / kTimerInterval);
  if (share == 0) {
    return;
  }
  last_timers_ += static_cast<Nanoseconds>(share) * kTimerInterval /
                  static_cast<Nanoseconds>(endpoints_.size());
  for (std::size_t i = 0; i < std::min(share, endpoints_.size()); ++i) {
    next_timer_ = (next_timer_ + 1) % endpoints_.size();
    Endpoint& endpoint = *endpoints_[next_timer_];
    const bool idle = endpoint.next_due() == Endpoint::kNothingDue;
    endpoint.on_timer(now);
    if (idle && endpoint.next_due() != Endpoint::kNothingDue) {
      senders_.push_back(&endpoint);
    }
  }
}

}  // namespace parlance::load
