// NTP time as RTCP carries it, and what follows from it: round trips and a publisher's clock.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace parlance::rtp {

// Seconds since 1900 in 32.32 fixed point (RFC 5905). The shell gives the present one beside
// Timestamp.
struct NtpTime {
  std::uint64_t value = 0;

  static NtpTime from_unix_micros(std::int64_t micros);

  // The middle 32 bits, 16.16 seconds (RFC 3550 section 4).
  std::uint32_t compact() const { return static_cast<std::uint32_t>(value >> 16U); }

  NtpTime plus(Duration duration) const;

  // this - other, exact to a microsecond.
  Duration since(NtpTime other) const;

  auto operator<=>(const NtpTime&) const = default;
};

// The 24 bits of abs-send-time: 6.18 fixed point seconds of any clock that runs evenly.
std::uint32_t abs_send_time_of(Timestamp now);

// A duration in 1/65536 s, as DLSR and DLRR have it.
std::uint32_t to_compact(Duration duration);
Duration from_compact(std::uint32_t compact);

// From a report block or DLRR (RFC 3550 section 6.4.1); nothing where the peer has had no report
// yet. Never negative.
std::optional<Duration> round_trip(NtpTime now, std::uint32_t last_report, std::uint32_t delay);

// What one publisher's sender reports tell about one of its streams: the relation of its RTP clock
// to its NTP clock, and of that to ours. Consumers' reports are made of it, which keeps lips in
// sync.
class SenderClock {
 public:
  explicit SenderClock(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // `now` is our own NTP time on arrival.
  void on_sender_report(NtpTime now, NtpTime sent, std::uint32_t rtp_timestamp);

  // For the time until the first report: a packet arrived.
  void on_packet(NtpTime now, std::uint32_t rtp_timestamp);

  // The stream's RTP timestamp that belongs to our time `now`; nothing before the first packet.
  std::optional<std::uint32_t> rtp_at(NtpTime now) const;

  // How far our clock is ahead of the publisher's, network delay included (the least of the last
  // ones).
  std::optional<Duration> offset() const;

  bool has_report() const { return samples_ > 0; }

 private:
  static constexpr std::size_t kSamples = 7;

  std::uint32_t clock_rate_;
  std::array<Duration, kSamples> offsets_{};
  std::size_t samples_ = 0;
  NtpTime reference_ntp_;  // of the publisher's clock; of ours as long as there is no report
  std::uint32_t reference_rtp_ = 0;
  bool started_ = false;
};

}  // namespace parlance::rtp
