// What producers and consumers need of the transports that they belong to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "base/time.h"
#include "rtp/parameters.h"
#include "sfu/api/media_engine.h"
#include "sfu/packet/outbox.h"

namespace parlance::sfu {

class Consumer;
class Producer;

// Who runs an object's timers.
class Waker {
 public:
  virtual ~Waker() = default;
  // on_timeout() is due at `at` or earlier.
  virtual void wake_at(Timestamp at) = 0;
};

// A publisher's transport, as its producers see it.
class PublisherPort : public Waker {
 public:
  // From here on packets of its SSRCs and MID are the producer's. kSsrcInUse where another has one
  // of them.
  virtual std::expected<void, MediaError> attach(Producer& producer) = 0;
  virtual void detach(Producer& producer) = 0;

  // Whether the producer has consumers, told when it changes.
  virtual void on_audience(bool anyone) = 0;
};

// A subscriber's transport, as its consumers send over it. One packet is: reserve(), write,
// send_rtp().
class SubscriberPort {
 public:
  struct Room {
    std::span<std::uint8_t>
        bytes;  // empty: nowhere to send to, or the outbox is full; counted there
    std::uint16_t transport_sequence = 0;
  };

  struct Packet {
    std::size_t size = 0;
    bool has_transport_sequence = false;  // the number offered by reserve() was written into it
    bool retransmission = false;
  };

  virtual ~SubscriberPort() = default;

  // From here on feedback about its SSRCs is the consumer's. kSsrcInUse where another has one of
  // them.
  virtual std::expected<void, MediaError> attach(Timestamp now,
                                                 Consumer& consumer,
                                                 Outbox& outbox) = 0;
  virtual void detach(Consumer& consumer) = 0;

  // A consumer began to send: its report should not wait for the next regular one.
  virtual void hasten_report(Timestamp now) = 0;

  virtual Room reserve(Outbox& outbox) = 0;

  // Protects what was written to the room and sends it. False where it could not be protected.
  virtual bool send_rtp(Timestamp now, Packet packet, Outbox& outbox) = 0;
};

// A publisher's transport, as its producers ask through it for more. Called during on_timeout()
// only.
class FeedbackOut {
 public:
  virtual ~FeedbackOut() = default;
  virtual void ask_packets(rtp::Ssrc media, std::span<const std::uint16_t> ascending) = 0;
  virtual void ask_key_frame_by_pli(rtp::Ssrc media) = 0;
  virtual void ask_key_frame_by_fir(rtp::Ssrc media, std::uint8_t request) = 0;
};

}  // namespace parlance::sfu
