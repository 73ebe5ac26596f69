#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/transport_feedback.h"
#include "tests/sim/world/sim_peer.h"

namespace parlance::test {

namespace {

constexpr rtp::Ssrc kReporter = 1;

}  // namespace

// A clock of its own: half a day ahead of the server's.
rtp::NtpTime SimPeer::ntp(Timestamp now) const {
  constexpr std::int64_t kAhead = 43'200'000'000;
  return rtp::NtpTime::from_unix_micros(now.time_since_epoch().count() + kAhead + number_);
}

void SimPeer::send_rtcp(std::span<const std::uint8_t> compound) {
  if (srtp_out_ == nullptr || compound.empty()) {
    return;
  }
  std::vector<std::uint8_t> bytes(compound.begin(), compound.end());
  bytes.resize(compound.size() + sfu::kSrtpMaxOverhead);
  bytes.resize(srtp_out_->protect_rtcp(bytes, compound.size()).value());
  send_raw(std::move(bytes));
}

void SimPeer::send_reports(Timestamp now) {
  std::array<std::uint8_t, 1400> bytes{};
  ByteWriter out(bytes);
  for (const auto& source : sources_) {
    rtp::rtcp::SenderReport report;
    report.sender = source->setup().ssrc;
    report.ntp = ntp(now);
    report.rtp_timestamp = source->timestamp_at(now);
    report.packet_count = source->packets();
    rtp::rtcp::write_sender_report(out, report);
  }
  rtp::rtcp::ReceiverReport report;
  report.sender = kReporter;
  for (const auto& [ssrc, sink] : sinks_) {
    if (const auto block = sink->make_report(now)) {
      report.blocks.push(*block);
    }
  }
  if (!report.blocks.empty()) {
    rtp::rtcp::write_receiver_report(out, report);
  }
  send_rtcp(out.written());
}

void SimPeer::ask(Timestamp now, VideoSink& sink) {
  if (sink.next_timeout() <= now) {
    std::vector<std::uint16_t> missing;
    sink.on_timeout(now, missing);
    if (!missing.empty()) {
      std::array<std::uint8_t, 1400> bytes{};
      ByteWriter out(bytes);
      rtp::rtcp::write_nack(out, kReporter, sink.ssrc(), missing);
      send_rtcp(out.written());
    }
  }
  if (sink.wants_key_frame(now)) {
    ask_key_frame(sink.ssrc());
  }
}

void SimPeer::ask_key_frame(rtp::Ssrc media) {
  std::array<std::uint8_t, 64> bytes{};
  ByteWriter out(bytes);
  rtp::rtcp::write_picture_loss(out, {.sender = kReporter, .media = media});
  send_rtcp(out.written());
}

void SimPeer::on_rtcp(Timestamp now, std::vector<std::uint8_t> compound) {
  const auto size = srtp_in_ == nullptr ? std::unexpected(sfu::SrtpError::kInternal)
                                        : srtp_in_->unprotect_rtcp(compound);
  if (!size) {
    return;
  }
  compound.resize(*size);
  rtp::rtcp::CompoundReader reader(compound);
  while (const auto packet = reader.next()) {
    on_rtcp_packet(now, *packet);
  }
}

void SimPeer::on_rtcp_packet(Timestamp now, const rtp::rtcp::Packet& packet) {
  const auto emit = [this](RtpSample sample) {
    send_sample(std::move(sample));
  };
  if (const auto report = rtp::rtcp::parse_sender_report(packet)) {
    seen_.sender_reports[report->sender] = *report;
    if (const auto sink = sinks_.find(report->sender); sink != sinks_.end()) {
      sink->second->on_sender_report(now, report->ntp);
    }
  } else if (const auto received = rtp::rtcp::parse_receiver_report(packet)) {
    ++seen_.receiver_reports;
    for (const auto& block : received->blocks) {
      seen_.report_blocks[block.ssrc] = block;
    }
  } else if (const auto nack = rtp::rtcp::parse_nack(packet)) {
    VideoSource* source = source_of(nack->media);
    nack->for_each([&](std::uint16_t sequence) {
      ++seen_.nacked;
      if (source != nullptr) {
        source->on_nack(sequence, emit);
      }
    });
  } else if (const auto loss = rtp::rtcp::parse_picture_loss(packet)) {
    if (VideoSource* source = source_of(loss->media)) {
      source->on_key_frame_request(now);
    }
  } else if (const auto request = rtp::rtcp::parse_full_intra_request(packet)) {
    for (const auto& entry : request->entries) {
      if (VideoSource* source = source_of(entry.ssrc)) {
        source->on_key_frame_request(now);
      }
    }
  } else if (const auto feedback = rtp::rtcp::parse_transport_feedback(packet)) {
    ++seen_.transport_feedbacks;
    feedback->for_each([&](std::uint16_t, std::optional<Duration> arrival) {
      seen_.transport_arrivals += arrival ? 1 : 0;
    });
  } else {
    on_extended_report(now, packet);
  }
}

void SimPeer::on_extended_report(Timestamp, const rtp::rtcp::Packet& packet) {
  const auto report = rtp::rtcp::parse_extended_report(packet);
  if (!report || !report->reference_time) {
    return;
  }
  rtp::rtcp::ExtendedReport answer;
  answer.sender = kReporter;
  answer.delays.push({.ssrc = report->sender,
                      .last_rr = report->reference_time->compact(),
                      .delay_since_last_rr = 0});
  std::array<std::uint8_t, 64> bytes{};
  ByteWriter out(bytes);
  rtp::rtcp::write_extended_report(out, answer);
  send_rtcp(out.written());
}

}  // namespace parlance::test
