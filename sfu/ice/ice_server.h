// ICE-lite (RFC 8445) for one transport: answers checks, keeps the pairs, selects one, notices
// silence.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "sfu/ice/address.h"
#include "sfu/ice/datagram_sink.h"
#include "sfu/ice/stun_message.h"

namespace parlance::sfu {

struct IceCredentials {
  std::string ufrag;     // RFC 8445 5.3: at least 4 characters of ALPHA / DIGIT / "+" / "/"
  std::string password;  // at least 22 of these

  bool operator==(const IceCredentials&) const = default;
};

inline constexpr std::size_t kIceUfragSize = 16;
inline constexpr std::size_t kIcePasswordSize = 32;

// Credentials out of random bytes of the caller's: one character each.
IceCredentials make_ice_credentials(
    std::span<const std::uint8_t, kIceUfragSize + kIcePasswordSize> random);

enum class IceState : std::uint8_t {
  kNew,           // no check yet
  kConnected,     // selected() may be sent to
  kDisconnected,  // consent expired; a further check or an ICE restart brings it back
};

// Why a datagram had no effect. An error response may have been sent all the same.
enum class IceDrop : std::uint8_t {
  kMalformed,
  kNotARequest,
  kBadRequest,
  kUnauthorized,
  kUnknownAttribute,
  kRoleConflict,
};

// What a call changed.
struct IceUpdate {
  std::optional<IceDrop> drop;
  bool pair_added = false;                   // the path of this datagram is one of paths() now
  std::optional<Path> pair_removed;          // made room for it, or was silent for too long
  bool selected_changed = false;             // selected() is another one than before
  std::optional<IceState> state;             // the new state, where it changed
  std::optional<std::string> retired_ufrag;  // no longer valid: first check with new credentials
};

// Pure: time, datagrams and credentials come in as arguments, answers go out through a lent sink.
class IceServer {
 public:
  static constexpr std::size_t kMaxPairs = 8;
  static constexpr Duration kConsentTimeout = std::chrono::seconds(30);  // RFC 7675 5.1

  explicit IceServer(IceCredentials credentials);
  IceServer(const IceServer&) = delete;
  IceServer& operator=(const IceServer&) = delete;

  // A datagram that looks_like_stun(). Its answer goes to where it came from.
  IceUpdate on_datagram(Timestamp now,
                        std::span<const std::uint8_t> datagram,
                        const Path& from,
                        DatagramSink& out);

  // The client sent DTLS there. Until it nominates, that tells best which of the pairs works in
  // both directions: a check that comes in does not say that its answer arrives.
  void prefer(const Path& from);

  Timestamp next_timeout() const;

  // Removes at most one silent pair; call until next_timeout() is in the future.
  IceUpdate on_timeout(Timestamp now);

  // New credentials; the old ones stay valid until the first check with the new. A second restart
  // before that retires the unused ones: their ufrag is returned.
  std::optional<std::string> restart(IceCredentials fresh);

  // The newest.
  const IceCredentials& credentials() const { return credentials_; }

  IceState state() const { return state_; }

  // Where media and DTLS are to be sent; nothing before the first check and after consent expired.
  std::optional<Path> selected() const;

  // True for the path of a pair that was authenticated by a check and has not expired: media from
  // elsewhere is not to be looked at.
  bool knows(const Path& path) const;

  // Paths of all valid pairs.
  std::vector<Path> paths() const;

 private:
  struct Pair {
    Path path;
    Timestamp last_check;
  };

  class Passwords;

  void adopt_credentials_of(std::span<const std::uint8_t> datagram, IceUpdate& update);
  void touch_pair(Timestamp now, const Path& from, IceUpdate& update);
  void nominate(const stun::BindingRequest& request, const Path& from, IceUpdate& update);
  void select(const Path& path, IceUpdate& update);
  void remove(std::vector<Pair>::iterator pair, IceUpdate& update);
  void enter(IceState state, IceUpdate& update);

  IceCredentials credentials_;
  std::optional<IceCredentials> old_credentials_;  // while nobody used the new ones
  IceState state_ = IceState::kNew;
  std::vector<Pair> pairs_;
  std::optional<Path> selected_;
  bool nominated_ = false;        // selected_ was chosen by the client
  std::uint32_t nomination_ = 0;  // highest value seen with these credentials
};

}  // namespace parlance::sfu
