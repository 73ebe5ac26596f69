// Subscribers that behave badly, beside those that are measured: the others must not notice.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bench/load/endpoint.h"
#include "bench/load/light_subscriber.h"
#include "bench/load/measured.h"
#include "bench/load/subscriber.h"
#include "bench/load/terms.h"

namespace parlance::load {

// Joins like any light subscriber; what it does then is the derived class' affair.
class BadSubscriber : public Endpoint {
 public:
  SocketLink& link() override { return inner_.link(); }

  void on_timer(Nanoseconds now) override { inner_.on_timer(now); }

  LightSubscriber& inner() { return inner_; }

  virtual void begin_measuring() = 0;
  virtual BadConduct conduct() const = 0;

 protected:
  // Nothing that it receives is decrypted.
  BadSubscriber(const ReceiveTerms& terms,
                IceCredentials local,
                const DtlsContext& dtls,
                std::vector<ExpectedMedia> media);

  LightSubscriber inner_;
};

// Reads nothing any more once media has come, though it goes on proving that it consents.
class DeafSubscriber final : public BadSubscriber {
 public:
  DeafSubscriber(const ReceiveTerms& terms,
                 IceCredentials local,
                 const DtlsContext& dtls,
                 std::vector<ExpectedMedia> media)
      : BadSubscriber(terms, std::move(local), dtls, std::move(media)) {}

  void on_media(std::span<std::uint8_t> datagram, Nanoseconds at) override;

  bool reads() const override { return !deaf_; }

  void begin_measuring() override { unread_before_ = inner_.traffic().receive_drops; }

  BadConduct conduct() const override;

 private:
  bool deaf_ = false;
  std::uint64_t unread_before_ = 0;
};

// Asks for everything it was sent lately, all of the time.
class NackingSubscriber final : public BadSubscriber {
 public:
  NackingSubscriber(const ReceiveTerms& terms,
                    IceCredentials local,
                    const DtlsContext& dtls,
                    std::vector<ExpectedMedia> media,
                    unsigned nacks_per_second);

  void on_media(std::span<std::uint8_t> datagram, Nanoseconds at) override;
  void on_timer(Nanoseconds now) override;

  Nanoseconds next_due() const override { return next_due_; }

  void send_due(Nanoseconds now) override;

  void begin_measuring() override { conduct_ = {}; }

  BadConduct conduct() const override { return conduct_; }

 private:
  Stream stream_;
  unsigned nacks_per_second_;
  Nanoseconds next_due_ = kNothingDue;
  std::uint16_t newest_ = 0;
  bool started_ = false;
  std::vector<std::uint16_t> asked_;
  BadConduct conduct_;
};

}  // namespace parlance::load
