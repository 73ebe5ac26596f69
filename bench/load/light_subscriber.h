// A subscriber for mass: counts every packet by its header, decrypts and recognises a share of
// them, and reports back as a browser does.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/load/endpoint.h"
#include "bench/load/histogram.h"
#include "bench/load/subscriber.h"
#include "bench/load/terms.h"

namespace parlance::load {

class LightSubscriber final : public Endpoint, public Subscriber {
 public:
  // One packet of `decrypt_every` is decrypted.
  LightSubscriber(const ReceiveTerms& terms,
                  IceCredentials local,
                  const DtlsContext& dtls,
                  std::vector<ExpectedMedia> media,
                  unsigned decrypt_every);

  SocketLink& link() override { return link_; }

  const SocketLink& link() const { return link_; }

  void on_media(std::span<std::uint8_t> datagram, Nanoseconds at) override;
  void on_timer(Nanoseconds now) override;

  bool served() const override { return first_media_at() != 0; }

  void begin_measuring() override { delay_ = {}; }

  void add_to(Measured& measured) const override;

 private:
  void recognise(const Arrived& arrived, std::span<std::uint8_t> packet, Nanoseconds at);

  SocketLink link_;
  unsigned decrypt_every_;
  unsigned until_decrypt_;
  std::uint64_t decrypted_ = 0;
  std::uint64_t unrecognised_ = 0;
  Histogram delay_;
};

}  // namespace parlance::load
