// A full client's path: a whole ICE agent, libnice's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "bench/load/certificate.h"
#include "bench/load/ice_checks.h"
#include "bench/load/link.h"
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
class NiceLink final : public Link {
 public:
  using OnMedia = std::function<void(std::span<std::uint8_t>)>;

  // The agent has credentials of its own; local() says which.
  NiceLink(NiceContext& context, const DtlsContext& dtls);
  ~NiceLink() override;
  NiceLink(const NiceLink&) = delete;
  NiceLink& operator=(const NiceLink&) = delete;

  IceCredentials local() const;

  // RTP and RTCP, still protected, go to `on_media`.
  void connect(const RemoteTerms& remote, OnMedia on_media);

  bool send(std::span<const std::uint8_t> datagram) override;

  // About every 20 ms.
  void on_timer();

 private:
  struct Agent;

  void on_datagram(std::span<std::uint8_t> datagram);

  std::unique_ptr<Agent> agent_;
  OnMedia on_media_;
  std::string server_fingerprint_;
};

}  // namespace parlance::load
