#include "sfu/transport/receive_streams.h"

#include <algorithm>

namespace parlance::sfu {

std::expected<void, MediaError> ReceiveStreams::add(Producer& producer) {
  if (producers_.size() >= kMaxProducersPerTransport) {
    return std::unexpected(MediaError::kLimitReached);
  }
  std::vector<Entry> fresh;
  for (std::size_t i = 0; i < producer.encodings(); ++i) {
    if (const auto ssrc = producer.stream(i).ssrc()) {
      fresh.push_back({*ssrc, {&producer, i, false}});
    }
    if (const auto ssrc = producer.stream(i).rtx_ssrc()) {
      fresh.push_back({*ssrc, {&producer, i, true}});
    }
  }
  for (auto entry = fresh.begin(); entry != fresh.end(); ++entry) {
    const bool twice = std::any_of(
        fresh.begin(), entry, [&](const Entry& other) { return other.ssrc == entry->ssrc; });
    if (twice || taken(entry->ssrc)) {
      return std::unexpected(MediaError::kSsrcInUse);
    }
  }
  const bool same_mid = std::ranges::any_of(producers_, [&](const Producer* other) {
    return !producer.mid().empty() && other->mid() == producer.mid();
  });
  if (same_mid) {
    return std::unexpected(MediaError::kSsrcInUse);
  }
  entries_.insert(entries_.end(), fresh.begin(), fresh.end());
  producers_.push_back(&producer);
  for (const rtp::RtpHeaderExtensionParameters& extension : producer.header_extensions()) {
    const rtp::ExtensionKind kind = rtp::extension_kind(extension.uri);
    if (kind != rtp::ExtensionKind::kNone && extension.id != 0) {
      extensions_.add(kind, extension.id);
    }
  }
  return {};
}

void ReceiveStreams::remove(const Producer& producer) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.found.producer == &producer; });
  std::erase(producers_, &producer);
}

std::optional<ReceiveStreams::Found> ReceiveStreams::find(const rtp::PacketView& packet) {
  if (const auto found = find(packet.ssrc())) {
    return found;
  }
  return packet.has(rtp::ExtensionKind::kMid) ? learn(packet) : std::nullopt;
}

std::optional<ReceiveStreams::Found> ReceiveStreams::find(rtp::Ssrc ssrc) const {
  const auto entry = std::ranges::find(entries_, ssrc, &Entry::ssrc);
  return entry == entries_.end() ? std::nullopt : std::optional(entry->found);
}

std::optional<ReceiveStreams::Found> ReceiveStreams::learn(const rtp::PacketView& packet) {
  const auto mid = packet.extension(rtp::ExtensionKind::kMid);
  for (Producer* producer : producers_) {
    const bool same = std::ranges::equal(producer->mid(), mid, [](char a, std::uint8_t b) {
      return static_cast<std::uint8_t>(a) == b;
    });
    if (!same || producer->mid().empty() || producer->encodings() != 1) {
      continue;
    }
    ProducerStream& stream = producer->stream(0);
    const PayloadType& type = producer->payload_types()[packet.payload_type()];
    const bool rtx = type.use == PayloadType::Use::kRtx;
    const bool known = rtx ? stream.rtx_ssrc().has_value() : stream.ssrc().has_value();
    if (known || type.use == PayloadType::Use::kNone) {
      return std::nullopt;
    }
    if (rtx) {
      stream.learn_rtx_ssrc(packet.ssrc());
    } else {
      stream.learn_ssrc(packet.ssrc());
    }
    entries_.push_back({packet.ssrc(), {producer, 0, rtx}});
    return entries_.back().found;
  }
  return std::nullopt;
}

}  // namespace parlance::sfu
