// What a run measured.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/load/histogram.h"
#include "bench/load/server_process.h"

namespace parlance::load {

// Since the subscribers joined; two of them differ by what happened between.
struct Traffic {
  std::uint64_t packets = 0;        // RTP received by all subscribers, of the streams announced
  std::uint64_t bytes = 0;          // of their UDP payload
  std::uint64_t expected = 0;       // by gaps in the sequence numbers
  std::uint64_t sent = 0;           // by publishers, times those who should have received it
  std::uint64_t receive_drops = 0;  // at the sockets of the generator

  Traffic& operator+=(const Traffic& other) {
    packets += other.packets;
    bytes += other.bytes;
    expected += other.expected;
    sent += other.sent;
    receive_drops += other.receive_drops;
    return *this;
  }

  Traffic operator-(const Traffic& then) const {
    return {.packets = packets - then.packets,
            .bytes = bytes - then.bytes,
            .expected = expected - then.expected,
            .sent = sent - then.sent,
            .receive_drops = receive_drops - then.receive_drops};
  }
};

// What bad subscribers did in these seconds.
struct BadConduct {
  std::uint64_t nacks = 0;      // sent
  std::uint64_t asked = 0;      // packets named in them
  std::uint64_t got_again = 0;  // retransmissions for them
  std::uint64_t unread = 0;     // datagrams that the kernel threw away, as nobody read them

  BadConduct& operator+=(const BadConduct& other) {
    nacks += other.nacks;
    asked += other.asked;
    got_again += other.got_again;
    unread += other.unread;
    return *this;
  }
};

// Of the full subscribers, since they joined.
struct FullResult {
  std::size_t subscribers = 0;
  std::uint64_t pictures = 0;
  std::uint64_t sounds = 0;        // packets of Opus decoded
  std::uint64_t broken = 0;        // refused by a decoder
  std::uint64_t unreadable = 0;    // pictures without a clear number
  std::uint64_t out_of_order = 0;  // pictures that don't follow the one before
  std::uint64_t asked_again = 0;   // packets asked for by NACK
  std::uint64_t retransmitted = 0;
  std::uint64_t key_frames_asked = 0;
  Histogram picture_delay;  // from the sending of a frame's first packet to its decoded picture
};

struct Measured {
  double seconds = 0;
  Traffic traffic;  // in these seconds
  std::uint64_t retransmitted = 0;
  std::uint64_t unknown = 0;  // RTP of no stream that was announced
  std::uint64_t decrypted = 0;
  std::uint64_t undecryptable = 0;
  std::uint64_t unrecognised = 0;  // decrypted, but nothing that was sent
  std::uint64_t key_frames_asked = 0;
  std::uint64_t sent_again = 0;           // by publishers, because the server asked
  std::uint64_t transport_feedbacks = 0;  // by subscribers, since they joined
  std::uint64_t refused_sends = 0;
  Histogram delay;        // from before a publisher's send to the arrival at light subscribers
  Histogram late;         // how long after its time a frame was begun
  Histogram connect;      // from entering to SRTP
  Histogram first_media;  // from entering to the first packet
  FullResult full;
  std::size_t bad_subscribers = 0;  // of which nothing else here counts anything
  BadConduct bad;
  std::size_t consumers = 0;
  std::size_t silent_consumers = 0;  // that received nothing
  ProcessUse before;                 // of the measured time
  ProcessUse after;
  std::uint64_t resident_without_subscribers = 0;
  double own_cpu_s = 0;
};

}  // namespace parlance::load
