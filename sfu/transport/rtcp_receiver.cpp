#include "sfu/transport/rtcp_receiver.h"

#include "rtp/rtcp/bandwidth_estimate.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/transport_feedback.h"

namespace parlance::sfu {

using rtp::rtcp::PacketType;

std::expected<void, MediaError> SendStreams::add(Consumer& consumer) {
  if (consumers_.size() >= kMaxConsumersPerTransport) {
    return std::unexpected(MediaError::kLimitReached);
  }
  const auto rtx = consumer.rtx_ssrc();
  if (used_.contains(consumer.ssrc()) || (rtx && used_.contains(*rtx)) || rtx == consumer.ssrc()) {
    return std::unexpected(MediaError::kSsrcInUse);
  }
  used_.insert(consumer.ssrc());
  by_ssrc_.emplace(consumer.ssrc(), &consumer);
  if (rtx) {
    used_.insert(*rtx);
    by_ssrc_.emplace(*rtx, &consumer);
  }
  consumers_.push_back(&consumer);
  return {};
}

void SendStreams::remove(const Consumer& consumer) {
  std::erase_if(by_ssrc_, [&](const auto& entry) { return entry.second == &consumer; });
  std::erase(consumers_, &consumer);
}

Consumer* SendStreams::find(rtp::Ssrc ssrc) const {
  const auto found = by_ssrc_.find(ssrc);
  return found == by_ssrc_.end() ? nullptr : found->second;
}

void RtcpReceiver::on_compound(Timestamp now,
                               rtp::NtpTime ours,
                               std::span<const std::uint8_t> compound,
                               Outbox& outbox) {
  rtp::rtcp::CompoundReader reader(compound);
  while (const auto packet = reader.next()) {
    if (!on_packet({now, ours}, *packet, outbox)) {
      counters_.drops.count(DropReason::kMalformedRtcp);
      return;
    }
  }
  if (reader.malformed()) {
    counters_.drops.count(DropReason::kMalformedRtcp);
  }
}

bool RtcpReceiver::on_packet(Now now, const rtp::rtcp::Packet& packet, Outbox& outbox) {
  switch (static_cast<PacketType>(packet.type)) {
    case PacketType::kSenderReport:
      return on_sender_report(now, packet);
    case PacketType::kReceiverReport:
      return on_receiver_report(now, packet);
    case PacketType::kExtendedReport:
      return on_extended_report(now, packet);
    case PacketType::kTransportFeedback:
      if (packet.count == rtp::rtcp::kFormatNack) {
        return on_nack(now, packet, outbox);
      }
      return packet.count != rtp::rtcp::kFormatTransportCc || on_transport_feedback(now, packet);
    case PacketType::kPayloadFeedback:
      if (packet.count == rtp::rtcp::kFormatPli) {
        return on_picture_loss(now, packet);
      }
      if (packet.count == rtp::rtcp::kFormatFir) {
        return on_full_intra_request(now, packet);
      }
      return packet.count != rtp::rtcp::kFormatApplicationLayer || on_application_layer(packet);
    case PacketType::kSourceDescription:
    case PacketType::kGoodbye:  // signaling tells when a producer is over
    case PacketType::kApplication:
      return true;
  }
  return true;
}

bool RtcpReceiver::on_sender_report(Now now, const rtp::rtcp::Packet& packet) {
  const auto report = rtp::rtcp::parse_sender_report(packet);
  if (!report) {
    return false;
  }
  const auto found = receives_.find(report->sender);
  if (found && !found->rtx) {
    found->producer->on_sender_report(now.time, now.ours, found->encoding, *report);
  }
  on_blocks(now, report->blocks);
  return true;
}

bool RtcpReceiver::on_receiver_report(Now now, const rtp::rtcp::Packet& packet) {
  const auto report = rtp::rtcp::parse_receiver_report(packet);
  if (report) {
    on_blocks(now, report->blocks);
  }
  return report.has_value();
}

void RtcpReceiver::on_blocks(Now now, const rtp::rtcp::ReportBlocks& blocks) {
  for (const rtp::rtcp::ReportBlock& block : blocks) {
    Consumer* consumer = sends_.find(block.ssrc);
    if (consumer != nullptr && consumer->ssrc() == block.ssrc) {
      consumer->on_report_block(now.ours, block);
    }
  }
}

bool RtcpReceiver::on_extended_report(Now now, const rtp::rtcp::Packet& packet) {
  const auto report = rtp::rtcp::parse_extended_report(packet);
  if (!report) {
    return false;
  }
  if (const auto& sent = report->reference_time) {
    reporter_.on_reference_time(now.time, report->sender, *sent);
  }
  for (const auto& delay : report->delays) {
    if (delay.ssrc != reporter_.ssrc()) {
      continue;
    }
    if (const auto round_trip =
            rtp::round_trip(now.ours, delay.last_rr, delay.delay_since_last_rr)) {
      on_round_trip(*round_trip);
    }
  }
  return true;
}

void RtcpReceiver::on_round_trip(Duration round_trip) {
  for (Producer* producer : receives_.producers()) {
    for (std::size_t i = 0; i < producer->encodings(); ++i) {
      producer->stream(i).on_round_trip(round_trip);
    }
  }
}

bool RtcpReceiver::on_nack(Now now, const rtp::rtcp::Packet& packet, Outbox& outbox) {
  const auto nack = rtp::rtcp::parse_nack(packet);
  if (!nack) {
    return false;
  }
  Consumer* consumer = sends_.find(nack->media);
  if (consumer != nullptr && consumer->ssrc() == nack->media) {
    consumer->on_nack(now.time, *nack, outbox);
  }
  return true;
}

bool RtcpReceiver::on_transport_feedback(Now now, const rtp::rtcp::Packet& packet) {
  const auto feedback = rtp::rtcp::parse_transport_feedback(packet);
  if (feedback) {
    history_.on_feedback(now.time, *feedback);
  }
  return feedback.has_value();
}

bool RtcpReceiver::on_picture_loss(Now now, const rtp::rtcp::Packet& packet) {
  const auto loss = rtp::rtcp::parse_picture_loss(packet);
  if (!loss) {
    return false;
  }
  if (Consumer* consumer = sends_.find(loss->media)) {
    consumer->on_pli(now.time);
  }
  return true;
}

bool RtcpReceiver::on_full_intra_request(Now now, const rtp::rtcp::Packet& packet) {
  const auto request = rtp::rtcp::parse_full_intra_request(packet);
  if (!request) {
    return false;
  }
  for (const auto& entry : request->entries) {
    if (Consumer* consumer = sends_.find(entry.ssrc)) {
      consumer->on_fir(now.time, entry.sequence);
    }
  }
  return true;
}

bool RtcpReceiver::on_application_layer(const rtp::rtcp::Packet& packet) {
  // Other messages share this format with REMB; they are not ours to judge.
  if (const auto estimate = rtp::rtcp::parse_bandwidth_estimate(packet)) {
    estimate_bps_ = estimate->bitrate_bps;
  }
  return true;
}

}  // namespace parlance::sfu
