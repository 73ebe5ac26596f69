#include "bench/load/light_subscriber.h"

#include <algorithm>
#include <utility>

namespace parlance::load {

LightSubscriber::LightSubscriber(const ReceiveTerms& terms,
                                 IceCredentials local,
                                 const DtlsContext& dtls,
                                 std::vector<ExpectedMedia> media,
                                 unsigned decrypt_every)
    : Subscriber(terms, std::move(media)),
      link_(terms.remote, std::move(local), dtls),
      decrypt_every_(std::max(decrypt_every, 1U)),
      // Others start elsewhere, so that every packet of a frame is looked at by some.
      until_decrypt_(terms.streams.front().ssrc % decrypt_every_) {}

void LightSubscriber::on_media(std::span<std::uint8_t> datagram, Nanoseconds at) {
  const auto arrived = count(datagram, at);
  if (arrived && !arrived->again && until_decrypt_-- == 0) {
    until_decrypt_ = decrypt_every_ - 1;
    recognise(*arrived, datagram, at);
  }
}

void LightSubscriber::recognise(const Arrived& arrived,
                                std::span<std::uint8_t> packet,
                                Nanoseconds at) {
  const auto payload = decrypt(packet, arrived.header);
  if (!payload) {
    return;
  }
  ++decrypted_;
  const ExpectedMedia& media = media_of(arrived.stream);
  const auto known = media.payloads->find(*payload);
  const Nanoseconds sent_at = known ? media.log->sent_at(*known) : 0;
  if (sent_at == 0) {
    ++unrecognised_;
    return;
  }
  delay_.add(at - sent_at);
}

void LightSubscriber::on_timer(Nanoseconds now) {
  link_.on_timer(now);
  if (link_.state() == Link::State::kConnected) {
    report(now);
  }
}

void LightSubscriber::add_to(Measured& measured) const {
  Subscriber::add_to(measured);
  measured.decrypted += decrypted_;
  measured.unrecognised += unrecognised_;
  measured.delay.merge(delay_);
}

}  // namespace parlance::load
