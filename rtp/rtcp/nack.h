// Generic NACK (RFC 4585 section 6.2.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

// A view of the packet's bytes: no allocation however long the list is.
struct Nack {
  Ssrc sender = 0;
  Ssrc media = 0;
  std::span<const std::uint8_t> items;  // whole items of 4 bytes

  // Calls fn(std::uint16_t sequence) for each packet asked for, in the order of the items.
  template <typename Fn>
  void for_each(Fn&& fn) const {
    for_each_while([&fn](std::uint16_t sequence) {
      fn(sequence);
      return true;
    });
  }

  // The same until fn says false.
  template <typename Fn>
  void for_each_while(Fn&& fn) const {
    for (std::size_t at = 0; at + 4 <= items.size(); at += 4) {
      const auto first = static_cast<std::uint16_t>(items[at] << 8U | items[at + 1]);
      const auto following = static_cast<std::uint16_t>(items[at + 2] << 8U | items[at + 3]);
      if (!fn(first)) {
        return;
      }
      for (unsigned bit = 0; bit < 16; ++bit) {
        const bool asked = (following >> bit & 1U) != 0;
        if (asked && !fn(static_cast<std::uint16_t>(first + bit + 1))) {
          return;
        }
      }
    }
  }
};

std::expected<Nack, RtcpError> parse_nack(const Packet& packet);

// `sequences` ascend (in the 16-bit circle); 17 of them share an item where they are near.
void write_nack(ByteWriter& out, Ssrc sender, Ssrc media, std::span<const std::uint16_t> sequences);

}  // namespace parlance::rtp::rtcp
