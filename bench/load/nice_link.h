// A full client's connection: ICE by libnice's agent, DTLS, SRTP.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "bench/load/certificate.h"
#include "bench/load/dtls_client.h"
#include "bench/load/srtp.h"
#include "bench/load/terms.h"

namespace parlance::load {

// A thread's event loop for agents.
class NiceContext {
 public:
  NiceContext();
  ~NiceContext();
  NiceContext(const NiceContext&) = delete;
  NiceContext& operator=(const NiceContext&) = delete;

  // Handles what is there; waits at most 5 ms for something.
  void turn();

  void* handle() const { return context_; }

 private:
  void* context_;  // GMainContext, whose header stays out of ours
};

// Lives on the thread that turns its context.
class NiceLink {
 public:
  using Media = std::function<void(std::span<std::uint8_t>)>;

  // The agent has credentials of its own; local() says which.
  NiceLink(NiceContext& context, const DtlsContext& dtls, Media on_media);
  ~NiceLink();
  NiceLink(const NiceLink&) = delete;
  NiceLink& operator=(const NiceLink&) = delete;

  IceCredentials local() const;
  void connect(const RemoteTerms& remote);

  bool connected() const { return srtp_.has_value(); }

  bool failed() const;

  Srtp& srtp() { return *srtp_; }

  void send(std::span<const std::uint8_t> datagram);

  // About every 20 ms.
  void on_timer();

 private:
  struct Agent;

  void on_datagram(std::span<std::uint8_t> datagram);
  void on_handshake(const std::vector<std::uint8_t>& output);

  const DtlsContext& dtls_context_;
  Media on_media_;
  std::unique_ptr<Agent> agent_;
  std::optional<DtlsClient> dtls_;
  bool handshaking_ = false;
  std::optional<Srtp> srtp_;
};

}  // namespace parlance::load
