// What every subscriber counts and reports, however it is connected and whatever it does with
// media.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "bench/load/clip.h"
#include "bench/load/clock.h"
#include "bench/load/link.h"
#include "bench/load/measured.h"
#include "bench/load/reception.h"
#include "bench/load/rtp_header.h"
#include "bench/load/send_log.h"
#include "bench/load/terms.h"

namespace parlance::load {

// What a stream's publisher sends. Lent.
struct ExpectedMedia {
  const Clip* clip = nullptr;
  const PayloadIndex* payloads = nullptr;
  const SendLog* log = nullptr;
};

// Lives on the thread of its loop.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  virtual Link& link() = 0;

  // It has got what it joined for: packets, or something to see and hear.
  virtual bool served() const = 0;

  // 0: none yet.
  Nanoseconds first_media_at() const { return first_media_at_; }

  Traffic traffic();

  // From now on delays count.
  virtual void begin_measuring() {}

  // Adds what it counted, but for traffic().
  virtual void add_to(Measured& measured) const;

 protected:
  // `media` belongs to the streams of the terms, one by one.
  Subscriber(const ReceiveTerms& terms, std::vector<ExpectedMedia> media)
      : reception_(terms), media_(std::move(media)) {}

  // A packet of a stream that was announced.
  struct Arrived {
    RtpHeader header;
    std::size_t stream = 0;
    bool again = false;  // a retransmission (RFC 4588)
  };

  // Counts a datagram by its header; answers what is RTCP and gives what is media.
  std::optional<Arrived> count(std::span<std::uint8_t> datagram, Nanoseconds at);

  // The payload without padding; nothing where the packet, which is counted then, can't be
  // decrypted.
  std::optional<std::span<const std::uint8_t>> decrypt(std::span<std::uint8_t> packet,
                                                       const RtpHeader& header);

  const ExpectedMedia& media_of(std::size_t stream) const { return media_[stream]; }

  // Sends what is due. About every 100 ms.
  void report(Nanoseconds now) { reception_.on_timer(now, link()); }

 private:
  void on_rtcp(std::span<std::uint8_t> datagram, Nanoseconds at);

  Reception reception_;
  std::vector<ExpectedMedia> media_;
  Nanoseconds first_media_at_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t retransmitted_ = 0;
  std::uint64_t unknown_ = 0;
  std::uint64_t undecryptable_ = 0;
};

}  // namespace parlance::load
