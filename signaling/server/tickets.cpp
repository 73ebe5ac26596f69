#include "signaling/server/tickets.h"

#include <utility>

#include "signaling/server/secure_random.h"

namespace parlance::signaling {

std::string Tickets::issue(chat::Identity identity, std::string origin, Timestamp now) {
  std::string ticket = random_token(kBytes);
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  while (open_.size() >= kMaxOpen) {
    open_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
  by_expiry_.emplace(now + kLifetime, ticket);
  open_.emplace(ticket, Ticket{std::move(identity), std::move(origin), now + kLifetime});
  return ticket;
}

std::optional<chat::Identity> Tickets::redeem(const std::string& ticket,
                                              const std::string& origin,
                                              Timestamp now) {
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  auto found = open_.extract(ticket);
  if (found.empty()) {
    return std::nullopt;
  }
  const auto [first, last] = by_expiry_.equal_range(found.mapped().expires_at);
  for (auto at = first; at != last; ++at) {
    if (at->second == ticket) {
      by_expiry_.erase(at);
      break;
    }
  }
  if (found.mapped().origin != origin || revoked_.contains(found.mapped().identity.device)) {
    return std::nullopt;
  }
  return std::move(found.mapped().identity);
}

void Tickets::revoke(const chat::DeviceId& device, Timestamp now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(revoked_, [now](const auto& entry) { return entry.second <= now; });
  revoked_[device] = now + kRevokedRemembered;
}

bool Tickets::is_revoked(const chat::DeviceId& device, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const auto found = revoked_.find(device);
  return found != revoked_.end() && found->second > now;
}

void Tickets::forget_expired(Timestamp now) {
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    open_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
}

}  // namespace parlance::signaling
