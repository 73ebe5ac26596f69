#include "sfu/transport/rtcp_reporter.h"

#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/source_description.h"

namespace parlance::sfu {

namespace {

constexpr std::size_t kSenderReportSize = 28;     // RFC 3550 section 6.4.1, without blocks
constexpr std::size_t kReceiverReportSize = 8;    // section 6.4.2, without blocks
constexpr std::size_t kReferenceTimeReport = 20;  // RFC 3611 section 4.4, with the packet's header
constexpr std::size_t kDelayReport = 16;          // section 4.5

// Section 6.5: header, SSRC, item header, text, end, padding to a word.
std::size_t description_size(std::string_view cname) {
  return 4 + 4 + 2 + cname.size() + 4;
}

}  // namespace

void RtcpReporter::on_reference_time(Timestamp now, rtp::Ssrc peer, rtp::NtpTime sent) {
  reference_time_ = {peer, sent.compact(), now};
}

void RtcpReporter::write(Timestamp now,
                         rtp::NtpTime ours,
                         std::span<Producer* const> producers,
                         std::span<Consumer* const> consumers,
                         RtcpBatch& batch) {
  write_sender_reports(now, consumers, batch);
  const bool receives = write_receiver_reports(now, producers, batch);
  write_extended_report(now, ours, receives, batch);
  batch.flush();
}

void RtcpReporter::write_sender_reports(Timestamp now,
                                        std::span<Consumer* const> consumers,
                                        RtcpBatch& batch) {
  for (const Consumer* consumer : consumers) {
    if (const auto report = consumer->make_sender_report(now)) {
      ByteWriter& out = batch.room(kSenderReportSize + description_size(consumer->cname()));
      rtp::rtcp::write_sender_report(out, *report);
      rtp::rtcp::write_source_description(out, consumer->ssrc(), consumer->cname());
    }
  }
}

bool RtcpReporter::write_receiver_reports(Timestamp now,
                                          std::span<Producer* const> producers,
                                          RtcpBatch& batch) {
  rtp::rtcp::ReceiverReport report;
  report.sender = ssrc_;
  bool receives = false;
  const auto send = [&] {
    ByteWriter& out =
        batch.room(kReceiverReportSize + report.blocks.size() * rtp::rtcp::kReportBlockSize +
                   description_size(cname_));
    rtp::rtcp::write_receiver_report(out, report);
    rtp::rtcp::write_source_description(out, ssrc_, cname_);
    report.blocks = {};
  };
  const auto add = [&](const rtp::rtcp::ReportBlock& block) {
    if (!report.blocks.push(block)) {
      send();
      report.blocks.push(block);
    }
  };
  for (Producer* producer : producers) {
    for (std::size_t i = 0; i < producer->encodings(); ++i) {
      if (const auto block = producer->stream(i).make_report(now)) {
        receives = true;
        add(*block);
      }
    }
  }
  if (!report.blocks.empty()) {
    send();
  }
  return receives;
}

void RtcpReporter::write_extended_report(Timestamp now,
                                         rtp::NtpTime ours,
                                         bool receives,
                                         RtcpBatch& batch) {
  rtp::rtcp::ExtendedReport report;
  report.sender = ssrc_;
  if (receives) {
    report.reference_time = ours;
  }
  if (reference_time_) {
    report.delays.push({.ssrc = reference_time_->peer,
                        .last_rr = reference_time_->compact,
                        .delay_since_last_rr = rtp::to_compact(now - reference_time_->at)});
    reference_time_.reset();
  }
  if (report.reference_time || !report.delays.empty()) {
    rtp::rtcp::write_extended_report(batch.room(kReferenceTimeReport + kDelayReport), report);
  }
}

}  // namespace parlance::sfu
