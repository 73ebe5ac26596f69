// A subscriber for mass: counts every packet by its header, decrypts and recognises a share of
// them, and reports back as a browser does.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/load/clip.h"
#include "bench/load/endpoint.h"
#include "bench/load/histogram.h"
#include "bench/load/reception.h"
#include "bench/load/rtp_header.h"
#include "bench/load/send_log.h"
#include "bench/load/terms.h"

namespace parlance::load {

// What a stream's publisher sends. Lent.
struct ExpectedMedia {
  const Clip* clip = nullptr;
  const PayloadIndex* payloads = nullptr;
  const SendLog* log = nullptr;
};

class LightSubscriber : public Endpoint {
 public:
  // `media` belongs to the streams of the terms, one by one. One packet of `decrypt_every` is
  // decrypted.
  LightSubscriber(const ReceiveTerms& terms,
                  IceCredentials local,
                  const DtlsContext& dtls,
                  std::vector<ExpectedMedia> media,
                  unsigned decrypt_every);

  Link& link() override { return link_; }

  void on_media(std::span<std::uint8_t> datagram, Nanoseconds at) override;
  void on_timer(Nanoseconds now) override;

  struct Counters {
    std::uint64_t packets = 0;  // RTP of the streams expected
    std::uint64_t bytes = 0;    // of UDP payload
    std::uint64_t retransmitted = 0;
    std::uint64_t unknown = 0;  // RTP of no stream that was announced
    std::uint64_t decrypted = 0;
    std::uint64_t undecryptable = 0;
    std::uint64_t unrecognised = 0;  // decrypted, but nothing that was sent
    Nanoseconds first_media_at = 0;
    Histogram delay;
  };

  Counters& counters() { return counters_; }

  const Reception& reception() const { return reception_; }

  const std::vector<ExpectedMedia>& media() const { return media_; }

 private:
  void recognise(const ExpectedMedia& media, std::span<std::uint8_t> packet, Nanoseconds at);
  void on_rtcp(std::span<std::uint8_t> datagram, Nanoseconds at);
  void send_rtcp(std::span<const std::uint8_t> packet);

  Link link_;
  Reception reception_;
  std::vector<ExpectedMedia> media_;
  unsigned decrypt_every_;
  unsigned until_decrypt_;
  Counters counters_;
};

}  // namespace parlance::load
