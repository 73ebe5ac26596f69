#include "bench/load/subscriber.h"

#include <algorithm>

namespace parlance::load {

std::optional<Subscriber::Arrived> Subscriber::count(std::span<std::uint8_t> datagram,
                                                     Nanoseconds at) {
  if (is_rtcp(datagram)) {
    on_rtcp(datagram, at);
    return std::nullopt;
  }
  const auto header = read_rtp_header(datagram, reception_.transport_cc_id());
  if (!header) {
    ++unknown_;
    return std::nullopt;
  }
  if (header->transport_sequence) {
    reception_.on_transport_sequence(*header->transport_sequence, at);
  }
  if (const auto stream = reception_.stream_of(header->ssrc)) {
    if (first_media_at_ == 0) {
      first_media_at_ = at;
    }
    ++packets_;
    bytes_ += datagram.size();
    reception_.on_packet(*stream, header->sequence);
    return Arrived{*header, *stream, false};
  }
  if (const auto stream = reception_.retransmitted_stream_of(header->ssrc)) {
    ++retransmitted_;
    return Arrived{*header, *stream, true};
  }
  ++unknown_;
  return std::nullopt;
}

std::optional<std::span<const std::uint8_t>> Subscriber::decrypt(std::span<std::uint8_t> packet,
                                                                 const RtpHeader& header) {
  const auto size = link().srtp().unprotect_rtp(packet);
  if (!size || *size < header.size) {
    ++undecryptable_;
    return std::nullopt;
  }
  const auto whole = without_padding(packet.first(*size));
  return whole.subspan(std::min(header.size, whole.size()));
}

void Subscriber::on_rtcp(std::span<std::uint8_t> datagram, Nanoseconds at) {
  const auto feedback = link().receive_rtcp(datagram);
  if (!feedback) {
    ++undecryptable_;
    return;
  }
  for (const auto& report : feedback->sender_reports) {
    reception_.on_sender_report(report, at);
  }
}

Traffic Subscriber::traffic() {
  Traffic traffic{.packets = packets_,
                  .bytes = bytes_,
                  .expected = reception_.expected(),
                  .receive_drops = link().dropped()};
  for (const ExpectedMedia& media : media_) {
    traffic.sent += media.log->packets();
  }
  return traffic;
}

void Subscriber::add_to(Measured& measured) const {
  measured.consumers += media_.size();
  measured.silent_consumers += reception_.silent();
  measured.retransmitted += retransmitted_;
  measured.unknown += unknown_;
  measured.undecryptable += undecryptable_;
  measured.transport_feedbacks += reception_.feedbacks();
}

}  // namespace parlance::load
