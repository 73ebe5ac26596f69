#include "rtp/stream/ntp.h"

#include <algorithm>
#include <limits>

namespace parlance::rtp {

namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kUnixEpochInNtp = 2'208'988'800;  // seconds from 1900 to 1970

// 32.32 fixed point; two's complement for negative durations.
std::uint64_t to_fixed(std::int64_t micros) {
  std::int64_t seconds = micros / kMicrosPerSecond;
  std::int64_t rest = micros % kMicrosPerSecond;
  if (rest < 0) {
    --seconds;
    rest += kMicrosPerSecond;
  }
  const auto fraction = (static_cast<std::uint64_t>(rest) << 32U) / kMicrosPerSecond;
  return (static_cast<std::uint64_t>(seconds) << 32U) + fraction;
}

std::int64_t to_ticks(Duration duration, std::uint32_t clock_rate) {
  return duration.count() * clock_rate / kMicrosPerSecond;
}

}  // namespace

NtpTime NtpTime::from_unix_micros(std::int64_t micros) {
  return {to_fixed(micros + kUnixEpochInNtp * kMicrosPerSecond)};
}

NtpTime NtpTime::plus(Duration duration) const {
  return {value + to_fixed(duration.count())};
}

Duration NtpTime::since(NtpTime other) const {
  const auto difference = static_cast<std::int64_t>(value - other.value);
  const std::int64_t seconds = difference >> 32;
  const std::uint64_t fraction = static_cast<std::uint64_t>(difference) & 0xFFFFFFFFU;
  constexpr std::uint64_t kHalf = 1ULL << 31U;
  const auto micros = static_cast<std::int64_t>((fraction * kMicrosPerSecond + kHalf) >> 32U);
  return Duration(seconds * kMicrosPerSecond + micros);
}

std::uint32_t abs_send_time_of(Timestamp now) {
  constexpr std::int64_t kWrap = 64 * kMicrosPerSecond;  // 6 bits of seconds
  const auto micros = static_cast<std::uint64_t>(now.time_since_epoch().count() % kWrap);
  return static_cast<std::uint32_t>((micros << 18U) / kMicrosPerSecond) & 0xFFFFFFU;
}

std::uint32_t to_compact(Duration duration) {
  constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
  const std::int64_t micros = std::max<std::int64_t>(0, duration.count());
  const std::int64_t seconds = micros / kMicrosPerSecond;
  if (seconds > 0xFFFF) {
    return std::numeric_limits<std::uint32_t>::max();
  }
  return static_cast<std::uint32_t>(std::min(kMax, micros * 0x10000 / kMicrosPerSecond));
}

Duration from_compact(std::uint32_t compact) {
  return Duration(static_cast<std::int64_t>(compact) * kMicrosPerSecond / 0x10000);
}

std::optional<Duration> round_trip(NtpTime now, std::uint32_t last_report, std::uint32_t delay) {
  if (last_report == 0) {
    return std::nullopt;
  }
  const std::uint32_t compact = now.compact() - last_report - delay;
  // A peer's delay rounded up, or a lie, gives a little less than nothing.
  return static_cast<std::int32_t>(compact) < 0 ? Duration(0) : from_compact(compact);
}

void SenderClock::on_sender_report(NtpTime now, NtpTime sent, std::uint32_t rtp_timestamp) {
  constexpr Duration kClockStep = std::chrono::seconds(1);
  const Duration sample = now.since(sent);
  if (samples_ > 0) {
    const Duration previous = offsets_[(samples_ - 1) % kSamples];
    if (sample > previous + kClockStep || sample < previous - kClockStep) {
      samples_ = 0;  // the publisher's clock was set: older samples mean nothing
    }
  }
  offsets_[samples_ % kSamples] = sample;
  ++samples_;
  reference_ntp_ = sent;
  reference_rtp_ = rtp_timestamp;
  started_ = true;
}

void SenderClock::on_packet(NtpTime now, std::uint32_t rtp_timestamp) {
  if (samples_ == 0) {
    reference_ntp_ = now;
    reference_rtp_ = rtp_timestamp;
    started_ = true;
  }
}

std::optional<std::uint32_t> SenderClock::rtp_at(NtpTime now) const {
  if (!started_) {
    return std::nullopt;
  }
  const Duration ahead = offset().value_or(Duration(0));
  const Duration since_reference = now.since(reference_ntp_) - ahead;
  return reference_rtp_ + static_cast<std::uint32_t>(to_ticks(since_reference, clock_rate_));
}

std::optional<Duration> SenderClock::offset() const {
  if (samples_ == 0) {
    return std::nullopt;
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(samples_, kSamples));
  return *std::min_element(offsets_.begin(), offsets_.begin() + count);
}

}  // namespace parlance::rtp
