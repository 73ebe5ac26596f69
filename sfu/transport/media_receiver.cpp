#include "sfu/transport/media_receiver.h"

#include <optional>

#include "rtp/packet/rtx.h"

namespace parlance::sfu {

namespace {

DropReason drop_reason(SrtpError error) {
  switch (error) {
    case SrtpError::kReplayed:
      return DropReason::kReplayedMedia;
    case SrtpError::kTooManyStreams:
      return DropReason::kUnknownSsrc;
    case SrtpError::kMalformed:
    case SrtpError::kAuthentication:
    case SrtpError::kNoRoom:
    case SrtpError::kInternal:
      break;
  }
  return DropReason::kBadMediaAuth;
}

}  // namespace

void MediaReceiver::on_rtp(Timestamp now, const PacketRef& packet, Outbox& outbox) {
  if (const auto accepted = accept(now, packet, outbox); !accepted) {
    counters_.drops.count(accepted.error());
  }
}

std::expected<void, DropReason> MediaReceiver::accept(Timestamp now,
                                                      const PacketRef& packet,
                                                      Outbox& outbox) {
  if (srtp_ == nullptr) {
    return std::unexpected(DropReason::kMediaBeforeDtls);
  }
  const auto size = srtp_->unprotect_rtp(packet->mutable_bytes());
  if (!size) {
    return std::unexpected(drop_reason(size.error()));
  }
  packet->resize(*size);
  const auto view = rtp::PacketView::parse(packet->bytes(), streams_.extensions());
  if (!view) {
    return std::unexpected(DropReason::kMalformedRtp);
  }
  packet->media.view = *view;
  // Packets of unknown streams count too: the publisher's bandwidth estimate is about the path.
  if (const auto sequence = view->transport_sequence()) {
    arrivals_.on_packet(now, *sequence, view->ssrc());
  }
  const auto found = streams_.find(*view);
  if (!found) {
    return std::unexpected(DropReason::kUnknownSsrc);
  }
  if (found->rtx) {
    return accept_rtx(now, packet, *found, outbox);
  }
  rtp_rate_.add(now, *size);
  found->producer->on_packet(now, found->encoding, packet, false, outbox);
  return {};
}

std::expected<void, DropReason> MediaReceiver::accept_rtx(Timestamp now,
                                                          const PacketRef& packet,
                                                          const ReceiveStreams::Found& found,
                                                          Outbox& outbox) {
  const rtp::PacketView rtx = packet->media.view;
  rtx_rate_.add(now, packet->bytes().size());
  ProducerStream& stream = found.producer->stream(found.encoding);
  const PayloadType& type = found.producer->payload_types()[rtx.payload_type()];
  const std::optional<rtp::Ssrc> media_ssrc = stream.ssrc();
  if (type.use != PayloadType::Use::kRtx || !media_ssrc) {
    return std::unexpected(DropReason::kUnknownPayloadType);
  }
  if (rtx.payload().empty()) {
    stream.on_rtx_padding();
    return {};
  }
  const auto restored =
      rtp::restore_from_rtx(packet->mutable_bytes(), rtx, type.media_number, *media_ssrc);
  if (!restored) {
    return std::unexpected(DropReason::kMalformedRtx);
  }
  packet->remove_prefix(packet->bytes().size() - restored->size());
  const auto view = rtp::PacketView::parse(packet->bytes(), streams_.extensions());
  if (!view) {
    return std::unexpected(DropReason::kMalformedRtx);
  }
  packet->media.view = *view;
  found.producer->on_packet(now, found.encoding, packet, true, outbox);
  return {};
}

bool MediaReceiver::unprotect_rtcp(PacketSlot& packet) {
  if (srtp_ == nullptr) {
    counters_.drops.count(DropReason::kMediaBeforeDtls);
    return false;
  }
  const auto size = srtp_->unprotect_rtcp(packet.mutable_bytes());
  if (!size) {
    counters_.drops.count(drop_reason(size.error()));
    return false;
  }
  packet.resize(*size);
  return true;
}

void MediaReceiver::detach(Producer& producer) {
  for (std::size_t i = 0; i < producer.encodings() && srtp_ != nullptr; ++i) {
    if (const auto ssrc = producer.stream(i).ssrc()) {
      srtp_->forget(*ssrc);
    }
    if (const auto ssrc = producer.stream(i).rtx_ssrc()) {
      srtp_->forget(*ssrc);
    }
  }
  streams_.remove(producer);
}

}  // namespace parlance::sfu
