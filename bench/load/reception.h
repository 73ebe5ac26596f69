// What a subscriber knows of the streams it receives, and the reports that it owes for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bench/load/clock.h"
#include "bench/load/gap_counter.h"
#include "bench/load/link.h"
#include "bench/load/rtcp.h"
#include "bench/load/terms.h"

namespace parlance::load {

class Reception {
 public:
  explicit Reception(const ReceiveTerms& terms);

  // Place of the stream in the terms, by its SSRC or by that of its retransmissions.
  std::optional<std::size_t> stream_of(std::uint32_t ssrc) const;
  std::optional<std::size_t> retransmitted_stream_of(std::uint32_t ssrc) const;

  // Packets of all streams that there must have been, by their sequence numbers.
  std::uint64_t expected() const;

  // Streams that nothing arrived of.
  std::size_t silent() const;

  std::uint8_t transport_cc_id() const { return transport_cc_id_; }

  void on_packet(std::size_t stream, std::uint16_t sequence) {
    streams_[stream].gaps.add(sequence);
  }

  void on_transport_sequence(std::uint16_t sequence, Nanoseconds at) {
    arrivals_.push_back({sequence, at});
  }

  void on_sender_report(const Feedback::SenderReport& report, Nanoseconds at);

  // Sends what is due: transport-cc whenever something arrived, receiver reports every second. To
  // be called about every 100 ms.
  void on_timer(Nanoseconds now, Link& link);

  // Transport-cc packets sent.
  std::uint64_t feedbacks() const { return feedbacks_; }

  static constexpr std::uint32_t kOwnSsrc = 1;

 private:
  struct State {
    std::uint32_t ssrc = 0;
    GapCounter gaps;
    ReportBlock reported;            // of the last report
    GapCounter::Totals totals_then;  // when it was made
    Nanoseconds sender_report_at = 0;
    std::uint16_t cycles = 0;
    std::uint16_t last = 0;
  };

  using BySsrc = std::vector<std::pair<std::uint32_t, std::size_t>>;

  static std::optional<std::size_t> find(const BySsrc& table, std::uint32_t ssrc);
  void send_transport_feedback(Link& link);
  void send_receiver_reports(Nanoseconds now, Link& link);
  static void update(State& state, Nanoseconds now);

  std::vector<State> streams_;
  BySsrc by_ssrc_;
  BySsrc by_rtx_ssrc_;
  std::uint8_t transport_cc_id_;
  std::vector<Arrival> arrivals_;
  std::uint64_t feedbacks_ = 0;
  Nanoseconds next_report_ = 0;
};

}  // namespace parlance::load
