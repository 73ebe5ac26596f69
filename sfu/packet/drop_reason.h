// Why a datagram or packet was not used: the closed list that counters are kept by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parlance::sfu {

enum class DropReason : std::uint8_t {
  kUnknownDatagram,  // first byte of no protocol we speak (RFC 7983), empty, or too long
  kUnknownPath,      // not STUN, and from an address no transport has proved
  kUnknownUfrag,     // STUN for no transport of this shard
  kBadStun,          // malformed, wrong password, wrong fingerprint
  kDtlsTooEarly,     // before connect_transport, and more than is kept till then
  kMediaBeforeDtls,  // RTP or RTCP while there are no keys
  kMediaAfterClose,  // the peer closed or failed its DTLS association
  kReplayedMedia,    // SRTP or SRTCP index seen before, or older than the window
  kBadMediaAuth,     // SRTP or SRTCP authentication failed
  kMalformedRtp,
  kMalformedRtcp,
  kUnknownSsrc,  // no producer of the transport claims the stream
  kUnknownPayloadType,
  kMalformedRtx,  // shorter than its original sequence number
  kDuplicateRtp,  // a sequence number the stream has already
  kStaleRtp,      // too far from the stream's sequence numbers
  kPausedProducer,
  kNoPacketSlot,  // the pool is exhausted
  kOutboxFull,
  kNoPath,         // nowhere to send: no pair selected, or consent lost
  kProtectFailed,  // SRTP refused an outgoing packet
  kTooLarge,       // an outgoing packet that fits no datagram
  kCount,
};

// A stable lower-case name, used as metric label.
std::string_view to_string(DropReason reason);

// Drops of one shard by reason; lent down to whoever can drop.
class DropCounters {
 public:
  void count(DropReason reason, std::uint64_t times = 1) {
    counts_[static_cast<std::size_t>(reason)] += times;
  }

  std::uint64_t operator[](DropReason reason) const {
    return counts_[static_cast<std::size_t>(reason)];
  }

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(DropReason::kCount)> counts_{};
};

}  // namespace parlance::sfu
