// What a consumer without RTX needs to send a packet again: exactly as it was.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/time.h"
#include "rtp/packet/header_template.h"
#include "rtp/stream/sequence.h"
#include "sfu/packet/media_packet.h"

namespace parlance::sfu {

// Remembers what was written into the header of each of the last packets, by the low bits of their
// number. The same fields over the same payload make the same plaintext, and under the same SRTP
// index the same datagram; a fresh abs-send-time or transport-cc number would be another plaintext
// under one nonce (RFC 7714 section 8.4). Its memory is taken with the first packet.
class SentHeaders {
 public:
  static constexpr std::size_t kRemembered = 512;

  void remember(const MediaPacket& packet, const rtp::OutgoingFields& fields) {
    if (sent_ == nullptr) {
      sent_ = std::make_unique<std::array<Header, kRemembered>>();
    }
    (*sent_)[fields.sequence % kRemembered] = {packet.sequence, packet.accepted_at, fields, true};
  }

  // What this packet went out with under that number; null where it did not, or long ago.
  const rtp::OutgoingFields* find(std::uint16_t sequence, const MediaPacket& packet) const {
    if (sent_ == nullptr) {
      return nullptr;
    }
    const Header& header = (*sent_)[sequence % kRemembered];
    const bool same = header.known && header.fields.sequence == sequence &&
                      header.input == packet.sequence && header.accepted_at == packet.accepted_at;
    return same ? &header.fields : nullptr;
  }

 private:
  struct Header {
    // Which packet it was: a publisher may send another under the same number once the first is
    // forgotten.
    rtp::ExtendedSequence input = 0;
    Timestamp accepted_at{};
    rtp::OutgoingFields fields;
    bool known = false;
  };

  std::unique_ptr<std::array<Header, kRemembered>> sent_;
};

}  // namespace parlance::sfu
