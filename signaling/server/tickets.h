// Tickets: how a page that has a token opens a WebSocket, which can't carry one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "chat/domain/types.h"

namespace parlance::signaling {

// Shared by all signaling threads, because the upgrade may land on another thread than the request
// for the ticket did, and has to be answered at once: hence the mutex, held for one look-up.
class Tickets {
 public:
  static constexpr Duration kLifetime = std::chrono::seconds(30);
  static constexpr std::size_t kBytes = 32;
  // Beyond this many open tickets the oldest go.
  static constexpr std::size_t kMaxOpen = 65'536;

  // `origin` is that of the page that asked, empty where there was none.
  std::string issue(chat::Identity identity, std::string origin, Timestamp now);

  // Whom it was issued to. Every ticket is good for one try, from the page it was issued to.
  std::optional<chat::Identity> redeem(const std::string& ticket,
                                       const std::string& origin,
                                       Timestamp now);

  // The device's tickets are good for nothing, those included that are being issued to it.
  void revoke(const chat::DeviceId& device, Timestamp now);
  // Lately, so that whatever was on its way then has arrived since.
  bool is_revoked(const chat::DeviceId& device, Timestamp now);

 private:
  struct Ticket {
    chat::Identity identity;
    std::string origin;
    Timestamp expires_at;
  };

  // For longer than a ticket lives and a connection takes to start.
  static constexpr Duration kRevokedRemembered = std::chrono::seconds(90);

  void forget_expired(Timestamp now);

  std::mutex mutex_;
  std::unordered_map<std::string, Ticket> open_;
  std::multimap<Timestamp, std::string> by_expiry_;
  std::unordered_map<chat::DeviceId, Timestamp> revoked_;  // until when
};

}  // namespace parlance::signaling
