#include "sfu/transport/media_sender.h"

#include <algorithm>

namespace parlance::sfu {

void MediaSender::set_path(const std::optional<Path>& path) {
  has_path_ = path.has_value();
  if (path && destination_.path() != *path) {
    destination_ = Destination(*path);
  }
}

SubscriberPort::Room MediaSender::reserve(Outbox& outbox) {
  if (!ready()) {
    counters_.drops.count(DropReason::kNoPath);
    return {};
  }
  reserved_ = outbox.reserve();
  if (reserved_.empty()) {
    counters_.drops.count(DropReason::kOutboxFull);
    return {};
  }
  return {reserved_, history_.next_sequence()};
}

bool MediaSender::send_rtp(Timestamp now, SubscriberPort::Packet packet, Outbox& outbox) {
  const auto size = srtp_->protect_rtp(reserved_, packet.size);
  if (!size) {
    counters_.drops.count(DropReason::kProtectFailed);
    return false;
  }
  outbox.send(destination_, *size);
  if (packet.has_transport_sequence) {
    history_.on_sent(now);
  }
  (packet.retransmission ? rtx_rate_ : rtp_rate_).add(now, *size);
  count(now, *size);
  return true;
}

void MediaSender::send_rtcp(Timestamp now, std::span<const std::uint8_t> compound, Outbox& outbox) {
  const std::span<std::uint8_t> room = reserve(outbox).bytes;
  if (room.size() < compound.size() + kSrtpMaxOverhead) {
    return;
  }
  std::ranges::copy(compound, room.begin());
  const auto size = srtp_->protect_rtcp(room, compound.size());
  if (!size) {
    counters_.drops.count(DropReason::kProtectFailed);
    return;
  }
  outbox.send(destination_, *size);
  count(now, *size);
}

void MediaSender::send_dtls(Timestamp now, std::span<const std::uint8_t> datagram, Outbox& outbox) {
  if (!has_path_) {
    counters_.drops.count(DropReason::kNoPath);
    return;
  }
  if (!outbox.send_copy(destination_, datagram)) {
    counters_.drops.count(DropReason::kOutboxFull);
    return;
  }
  count(now, datagram.size());
}

void MediaSender::forget(std::uint32_t ssrc) {
  if (srtp_ != nullptr) {
    srtp_->forget(ssrc);
  }
}

void MediaSender::count(Timestamp now, std::size_t size) {
  rate_.add(now, size);
}

}  // namespace parlance::sfu
