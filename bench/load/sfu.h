// What the generator asks of a server, whatever its signaling: one implementation per server.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/terms.h"

namespace parlance::load {

// Used on one thread. Every call waits for its answer and throws std::runtime_error where the
// server refuses; while it waits, the other clients' signaling is read, too.
class Sfu {
 public:
  using ClientId = std::size_t;

  virtual ~Sfu() = default;

  // A new client in a call; calls are numbered from 0 and begin with their first client.
  virtual ClientId enter(std::size_t call) = 0;

  // The client's tracks; publishers of a call are numbered in the order of these calls.
  virtual RemoteTerms publish(ClientId client,
                              const std::vector<Track>& tracks,
                              const LocalTerms& local) = 0;

  // Everything that the others of the call publish by now.
  virtual ReceiveTerms subscribe(ClientId client, const LocalTerms& local) = 0;

  // The transport of subscribe() is connected: media may come.
  virtual void begin(ClientId client) = 0;

  // Reads what the server says meanwhile, at least this long.
  virtual void attend(std::chrono::milliseconds time) = 0;
};

// "parlance", "janus" or "mediasoup". Throws for a name that is none of them.
std::unique_ptr<Sfu> make_sfu(const std::string& name, std::uint16_t port);

// Also speaks to bench/mediasoup/server.mjs, which takes as much of our protocol as this says.
std::unique_ptr<Sfu> make_parlance(std::uint16_t port);

// VideoRoom over Janus' WebSocket API; Janus has to be in ICE-lite mode.
std::unique_ptr<Sfu> make_janus(std::uint16_t port);

}  // namespace parlance::load
