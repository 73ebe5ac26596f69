// The header extensions that we know, and how the ids of one peer map to them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rtp/parameters.h"

namespace parlance::rtp {

// The value is also the id under which the router offers the extension.
enum class ExtensionKind : std::uint8_t {
  kNone = 0,
  kMid = 1,
  kRid = 2,
  kRepairedRid = 3,
  kAbsSendTime = 4,
  kTransportSequence = 5,
  kAudioLevel = 6,
  kDependencyDescriptor = 7,
  kVideoOrientation = 8,
  kTimeOffset = 9,
  kAbsCaptureTime = 10,
  kPlayoutDelay = 11,
  kPacketId = 12,
};

inline constexpr std::size_t kExtensionKinds = 13;

// kNone for a URI that we don't know.
ExtensionKind extension_kind(std::string_view uri);

// Empty for kNone.
std::string_view extension_uri(ExtensionKind kind);

// One peer's ids, both ways. Built once when parameters are agreed on, read for each packet.
class ExtensionMap {
 public:
  ExtensionMap() = default;

  // Unknown URIs are left out; id 0 is padding and never mapped.
  explicit ExtensionMap(std::span<const RtpHeaderExtensionParameters> negotiated);

  ExtensionKind kind(std::uint8_t id) const { return kinds_[id]; }

  // 0 where it was not negotiated.
  std::uint8_t id(ExtensionKind kind) const { return ids_[static_cast<std::size_t>(kind)]; }

  void add(ExtensionKind kind, std::uint8_t id);

 private:
  std::array<ExtensionKind, 256> kinds_{};
  std::array<std::uint8_t, kExtensionKinds> ids_{};
};

}  // namespace parlance::rtp
