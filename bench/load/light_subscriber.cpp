#include "bench/load/light_subscriber.h"

#include <algorithm>
#include <array>
#include <utility>

namespace parlance::load {

LightSubscriber::LightSubscriber(const ReceiveTerms& terms,
                                 IceCredentials local,
                                 const DtlsContext& dtls,
                                 std::vector<ExpectedMedia> media,
                                 unsigned decrypt_every)
    : link_(terms.remote, std::move(local), dtls),
      reception_(terms),
      media_(std::move(media)),
      decrypt_every_(std::max(decrypt_every, 1U)),
      // Others start elsewhere, so that every packet of a frame is looked at by some.
      until_decrypt_(terms.streams.front().ssrc % decrypt_every_) {}

void LightSubscriber::on_media(std::span<std::uint8_t> datagram, Nanoseconds at) {
  if (is_rtcp(datagram)) {
    return on_rtcp(datagram, at);
  }
  const auto header = read_rtp_header(datagram, reception_.transport_cc_id());
  if (!header) {
    ++counters_.unknown;
    return;
  }
  if (header->transport_sequence) {
    reception_.on_transport_sequence(*header->transport_sequence, at);
  }
  const auto stream = reception_.stream_of(header->ssrc);
  if (!stream) {
    const bool repeated = reception_.retransmitted_stream_of(header->ssrc).has_value();
    ++(repeated ? counters_.retransmitted : counters_.unknown);
    return;
  }
  if (counters_.first_media_at == 0) {
    counters_.first_media_at = at;
  }
  ++counters_.packets;
  counters_.bytes += datagram.size();
  reception_.on_packet(*stream, header->sequence);
  if (until_decrypt_-- == 0) {
    until_decrypt_ = decrypt_every_ - 1;
    recognise(media_[*stream], datagram, at);
  }
}

void LightSubscriber::recognise(const ExpectedMedia& media,
                                std::span<std::uint8_t> packet,
                                Nanoseconds at) {
  const auto size = link_.srtp().unprotect_rtp(packet);
  if (!size) {
    ++counters_.undecryptable;
    return;
  }
  ++counters_.decrypted;
  const auto payload = media.payloads->find(without_padding(packet.first(*size)));
  const Nanoseconds sent_at = payload ? media.log->sent_at(*payload) : 0;
  if (sent_at == 0) {
    ++counters_.unrecognised;
    return;
  }
  counters_.delay.add(at - sent_at);
}

void LightSubscriber::on_rtcp(std::span<std::uint8_t> datagram, Nanoseconds at) {
  const auto size = link_.srtp().unprotect_rtcp(datagram);
  if (!size) {
    ++counters_.undecryptable;
    return;
  }
  Feedback feedback;
  read_rtcp(datagram.first(*size), feedback);
  for (const auto& report : feedback.sender_reports) {
    reception_.on_sender_report(report, at);
  }
}

void LightSubscriber::on_timer(Nanoseconds now) {
  link_.on_timer(now);
  if (link_.state() == Link::State::kConnected) {
    reception_.on_timer(now, [this](std::span<const std::uint8_t> packet) { send_rtcp(packet); });
  }
}

void LightSubscriber::send_rtcp(std::span<const std::uint8_t> packet) {
  std::array<std::uint8_t, kMaxRtcp + kSrtpOverhead> buffer{};
  std::ranges::copy(packet, buffer.begin());
  if (const auto size = link_.srtp().protect_rtcp(buffer, packet.size())) {
    link_.socket().send(std::span(buffer).first(*size));
  }
}

}  // namespace parlance::load
