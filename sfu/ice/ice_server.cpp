#include "sfu/ice/ice_server.h"

#include <algorithm>
#include <utility>

namespace parlance::sfu {

namespace {

IceDrop to_drop(stun::StunError error) {
  switch (error) {
    case stun::StunError::kMalformed:
      return IceDrop::kMalformed;
    case stun::StunError::kNotARequest:
      return IceDrop::kNotARequest;
    case stun::StunError::kBadRequest:
      return IceDrop::kBadRequest;
    case stun::StunError::kUnauthorized:
      return IceDrop::kUnauthorized;
    case stun::StunError::kUnknownAttribute:
      return IceDrop::kUnknownAttribute;
  }
  return IceDrop::kMalformed;
}

void send_answer(std::span<const std::uint8_t> answer, const Path& to, DatagramSink& out) {
  if (!answer.empty()) {
    out.send(to, answer);
  }
}

}  // namespace

IceCredentials make_ice_credentials(
    std::span<const std::uint8_t, kIceUfragSize + kIcePasswordSize> random) {
  // RFC 8839 5.4: ice-char. 64 of them, so that a byte gives one without bias.
  constexpr std::string_view kIceChars =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static_assert(kIceChars.size() == 64);
  std::string text;
  text.reserve(random.size());
  for (const std::uint8_t byte : random) {
    text.push_back(kIceChars[byte & 0x3FU]);
  }
  return {.ufrag = text.substr(0, kIceUfragSize), .password = text.substr(kIceUfragSize)};
}

class IceServer::Passwords : public stun::PasswordLookup {
 public:
  explicit Passwords(const IceServer& server) : server_(server) {}

  std::string_view password_of(std::string_view local_ufrag) const override {
    if (local_ufrag == server_.credentials_.ufrag) {
      return server_.credentials_.password;
    }
    if (server_.old_credentials_ && local_ufrag == server_.old_credentials_->ufrag) {
      return server_.old_credentials_->password;
    }
    return {};
  }

 private:
  const IceServer& server_;
};

IceServer::IceServer(IceCredentials credentials) : credentials_(std::move(credentials)) {
  pairs_.reserve(kMaxPairs);
}

IceUpdate IceServer::on_datagram(Timestamp now,
                                 std::span<const std::uint8_t> datagram,
                                 const Path& from,
                                 DatagramSink& out) {
  IceUpdate update;
  stun::RequestValidator validator;
  const auto request = validator.validate(datagram, Passwords(*this));
  if (!request) {
    update.drop = to_drop(request.error());
    send_answer(validator.response(), from, out);
    return update;
  }
  if (request->claims_controlled) {
    // RFC 8445 7.3.1.1: we stay controlled, so the client has to take the other role.
    update.drop = IceDrop::kRoleConflict;
    send_answer(validator.reject(stun::StunErrorCode::kRoleConflict), from, out);
    return update;
  }
  adopt_credentials_of(datagram, update);
  touch_pair(now, from, update);
  nominate(*request, from, update);
  enter(IceState::kConnected, update);
  send_answer(validator.accept(from.remote), from, out);
  return update;
}

void IceServer::adopt_credentials_of(std::span<const std::uint8_t> datagram, IceUpdate& update) {
  if (!old_credentials_ || stun::local_ufrag(datagram) != credentials_.ufrag) {
    return;
  }
  update.retired_ufrag = std::move(old_credentials_->ufrag);
  old_credentials_.reset();
  // Whoever restarts may have left the old address behind: the pair of this check is the only one
  // known to work, so it is selected below as if it were the first. Nominations start anew.
  nominated_ = false;
  nomination_ = 0;
  selected_.reset();
}

void IceServer::touch_pair(Timestamp now, const Path& from, IceUpdate& update) {
  const auto known = std::ranges::find(pairs_, from, &Pair::path);
  if (known != pairs_.end()) {
    known->last_check = now;
    return;
  }
  if (pairs_.size() == kMaxPairs) {
    const auto rank = [this](const Pair& pair) {
      return std::pair(pair.path == selected_, pair.last_check);
    };
    remove(std::ranges::min_element(pairs_, {}, rank), update);
  }
  pairs_.push_back({.path = from, .last_check = now});
  update.pair_added = true;
}

void IceServer::nominate(const stun::BindingRequest& request, const Path& from, IceUpdate& update) {
  if (request.nomination && *request.nomination < nomination_) {
    return;  // overtaken by a later nomination
  }
  nomination_ = request.nomination.value_or(nomination_);
  if (request.use_candidate || request.nomination) {
    // RFC 8445 7.3.1.5; a client that changes its mind says so by nominating another pair.
    nominated_ = true;
    select(from, update);
  } else if (!selected_) {
    // DTLS may start on any pair that works, before the client has chosen.
    select(from, update);
  }
}

void IceServer::prefer(const Path& from) {
  if (!nominated_ && knows(from)) {
    selected_ = from;
  }
}

void IceServer::select(const Path& path, IceUpdate& update) {
  if (selected_ != path) {
    selected_ = path;
    update.selected_changed = true;
  }
}

void IceServer::remove(std::vector<Pair>::iterator pair, IceUpdate& update) {
  update.pair_removed = pair->path;
  pairs_.erase(pair);
}

void IceServer::enter(IceState state, IceUpdate& update) {
  if (state_ != state) {
    state_ = state;
    update.state = state;
  }
}

Timestamp IceServer::next_timeout() const {
  if (pairs_.empty()) {
    return kNever;
  }
  return std::ranges::min_element(pairs_, {}, &Pair::last_check)->last_check + kConsentTimeout;
}

IceUpdate IceServer::on_timeout(Timestamp now) {
  IceUpdate update;
  if (next_timeout() > now) {
    return update;
  }
  const auto silent = std::ranges::min_element(pairs_, {}, &Pair::last_check);
  const bool was_selected = silent->path == selected_;
  remove(silent, update);
  if (!was_selected) {
    return update;
  }
  nominated_ = false;
  selected_.reset();
  update.selected_changed = true;
  if (pairs_.empty()) {
    enter(IceState::kDisconnected, update);
  } else {
    selected_ = std::ranges::max_element(pairs_, {}, &Pair::last_check)->path;
  }
  return update;
}

std::optional<std::string> IceServer::restart(IceCredentials fresh) {
  std::optional<std::string> retired;
  if (old_credentials_) {
    retired = std::move(credentials_.ufrag);
  } else {
    old_credentials_ = std::move(credentials_);
  }
  credentials_ = std::move(fresh);
  return retired;
}

std::optional<Path> IceServer::selected() const {
  return selected_;
}

bool IceServer::knows(const Path& path) const {
  return std::ranges::find(pairs_, path, &Pair::path) != pairs_.end();
}

std::vector<Path> IceServer::paths() const {
  std::vector<Path> all;
  all.reserve(pairs_.size());
  for (const Pair& pair : pairs_) {
    all.push_back(pair.path);
  }
  return all;
}

}  // namespace parlance::sfu
