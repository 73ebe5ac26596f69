// Which producer of a transport a received packet belongs to.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <vector>

#include "rtp/packet/extension_map.h"
#include "rtp/packet/packet_view.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/producer.h"

namespace parlance::sfu {

inline constexpr std::size_t kMaxProducersPerTransport = 32;

// By SSRC; where a publisher didn't tell its SSRC, the MID of the first packets does (RFC 8843
// section 9.2).
class ReceiveStreams {
 public:
  struct Found {
    Producer* producer = nullptr;
    std::size_t encoding = 0;
    bool rtx = false;
  };

  // kSsrcInUse where an SSRC or the MID is another producer's.
  std::expected<void, MediaError> add(Producer& producer);
  void remove(const Producer& producer);

  // Nothing for a stream of no producer.
  std::optional<Found> find(const rtp::PacketView& packet);

  // By SSRC only, media or rtx.
  std::optional<Found> find(rtp::Ssrc ssrc) const;

  // The ids of all producers: in one bundle they agree (RFC 8843 section 9).
  const rtp::ExtensionMap& extensions() const { return extensions_; }

  const std::vector<Producer*>& producers() const { return producers_; }

 private:
  struct Entry {
    rtp::Ssrc ssrc = 0;
    Found found;
  };

  bool taken(rtp::Ssrc ssrc) const { return find(ssrc).has_value(); }

  std::optional<Found> learn(const rtp::PacketView& packet);

  std::vector<Entry> entries_;  // a handful: searched from the front
  std::vector<Producer*> producers_;
  rtp::ExtensionMap extensions_;
};

}  // namespace parlance::sfu
