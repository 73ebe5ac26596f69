// What all signaling threads share: options, immutable data, a few guarded tables, counters.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/domain/types.h"
#include "signaling/protocol/schema_registry.h"
#include "signaling/server/address_limiter.h"
#include "signaling/server/http_types.h"
#include "signaling/server/signaling_server.h"
#include "signaling/server/static_files.h"
#include "signaling/server/tickets.h"

namespace parlance::signaling {

class SignalingThread;

enum class Count : std::uint8_t {
  kConnections,   // now
  kSessions,      // now
  kCalls,         // now
  kParticipants,  // now
  kPaused,        // now: connections that are not read, because they don't read
  kHttpRequests,
  kUpgradesRefused,
  kFramesIn,
  kFramesOut,
  kBytesIn,
  kBytesOut,
  kRequests,
  kRefusals,  // requests answered by a problem
  kSessionsStarted,
  kSessionsResumed,
  kSessionsReset,  // resuming was refused
  kSessionsLost,   // the client stayed too far behind
  kTooSlow,        // connections cut off because nothing could be written
  kEventsDelivered,
  kEphemeralsDropped,
  kMailboxOverflows,
  kBugs,
  kCount,
};

std::string_view count_name(Count count);

class Counters {
 public:
  void add(Count count, std::uint64_t by = 1) {
    values_[static_cast<std::size_t>(count)].fetch_add(by, std::memory_order_relaxed);
  }

  void subtract(Count count, std::uint64_t by = 1) {
    values_[static_cast<std::size_t>(count)].fetch_sub(by, std::memory_order_relaxed);
  }

  std::uint64_t get(Count count) const {
    return values_[static_cast<std::size_t>(count)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::kCount)> values_{};
};

struct ServerState {
  SignalingOptions options;
  SignalingDependencies dependencies;
  SchemaRegistry schemas;
  StaticFiles files;
  std::string capabilities;  // JSON of router.capabilities' answer
  std::string capabilities_hash;
  Tickets tickets;
  AddressLimiter guests;
  // Signing up and in: each attempt costs a password's hash.
  AddressLimiter sign_ins_of_address;
  AddressLimiter sign_ins_of_login;
  Counters counters;
  std::vector<std::unique_ptr<SignalingThread>> threads;  // fixed before the first one runs

  ~ServerState();

  // The thread that sequences a conversation's live state.
  SignalingThread& owner_of(const chat::ConversationId& conversation) const;
};

}  // namespace parlance::signaling
