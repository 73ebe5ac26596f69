#include "bench/load/reception.h"

#include <algorithm>
#include <array>

#include "base/byte_writer.h"

namespace parlance::load {

namespace {

constexpr Nanoseconds kReportInterval = kSecond;

}  // namespace

Reception::Reception(const ReceiveTerms& terms) : transport_cc_id_(terms.transport_cc_id) {
  for (const Stream& stream : terms.streams) {
    by_ssrc_.emplace_back(stream.ssrc, streams_.size());
    if (stream.rtx_ssrc != 0) {
      by_rtx_ssrc_.emplace_back(stream.rtx_ssrc, streams_.size());
    }
    streams_.emplace_back().ssrc = stream.ssrc;
  }
  std::ranges::sort(by_ssrc_);
  std::ranges::sort(by_rtx_ssrc_);
}

std::optional<std::size_t> Reception::find(const BySsrc& table, std::uint32_t ssrc) {
  const auto at = std::ranges::lower_bound(table, ssrc, {}, &BySsrc::value_type::first);
  return at != table.end() && at->first == ssrc ? std::optional(at->second) : std::nullopt;
}

std::optional<std::size_t> Reception::stream_of(std::uint32_t ssrc) const {
  return find(by_ssrc_, ssrc);
}

std::optional<std::size_t> Reception::retransmitted_stream_of(std::uint32_t ssrc) const {
  return find(by_rtx_ssrc_, ssrc);
}

std::uint64_t Reception::expected() const {
  std::uint64_t all = 0;
  for (const State& state : streams_) {
    all += state.gaps.totals().expected;
  }
  return all;
}

std::size_t Reception::silent() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(streams_, [](const State& state) { return !state.gaps.started(); }));
}

void Reception::on_sender_report(const Feedback::SenderReport& report, Nanoseconds at) {
  if (const auto stream = stream_of(report.ssrc)) {
    streams_[*stream].reported.last_sender_report = report.middle_ntp;
    streams_[*stream].sender_report_at = at;
  }
}

void Reception::on_timer(Nanoseconds now, Link& link) {
  if (!arrivals_.empty()) {
    send_transport_feedback(link);
  }
  if (now >= next_report_) {
    next_report_ = now + kReportInterval;
    send_receiver_reports(now, link);
  }
}

void Reception::send_transport_feedback(Link& link) {
  std::array<std::uint8_t, kMaxRtcp> buffer{};
  ByteWriter out(buffer);
  const auto number = static_cast<std::uint8_t>(feedbacks_++);
  write_transport_feedback(out, kOwnSsrc, streams_.front().ssrc, number, arrivals_);
  arrivals_.clear();
  link.send_rtcp(out.written());
}

void Reception::update(State& state, Nanoseconds now) {
  const GapCounter::Totals& totals = state.gaps.totals();
  if (state.gaps.highest() < state.last) {
    ++state.cycles;
  }
  state.last = state.gaps.highest();
  const std::uint64_t expected = totals.expected - state.totals_then.expected;
  const std::uint64_t received = totals.received - state.totals_then.received;
  state.totals_then = totals;
  ReportBlock& block = state.reported;
  block.ssrc = state.ssrc;
  block.fraction_lost =
      static_cast<std::uint8_t>(expected > received ? (expected - received) * 255 / expected : 0);
  block.lost = static_cast<std::uint32_t>(totals.expected - totals.received) & 0x7F'FFFFU;
  block.highest = static_cast<std::uint32_t>(state.cycles) << 16U | state.last;
  block.delay_since =
      state.sender_report_at == 0
          ? 0
          : static_cast<std::uint32_t>((now - state.sender_report_at) * 65'536 / kSecond);
}

void Reception::send_receiver_reports(Nanoseconds now, Link& link) {
  std::vector<ReportBlock> blocks;
  for (State& state : streams_) {
    if (state.gaps.started()) {
      update(state, now);
      blocks.push_back(state.reported);
    }
  }
  for (std::size_t at = 0; at < blocks.size(); at += kMaxBlocks) {
    std::array<std::uint8_t, kMaxRtcp> buffer{};
    ByteWriter out(buffer);
    const auto some = std::span(blocks).subspan(at);
    write_receiver_report(out, kOwnSsrc, some.first(std::min(some.size(), kMaxBlocks)));
    link.send_rtcp(out.written());
  }
}

}  // namespace parlance::load
