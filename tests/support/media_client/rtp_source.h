// An Opus stream as a publisher sends it, with numbered payloads, and the parameters that go with
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtp/parameters.h"
#include "sfu/api/media_engine.h"

namespace parlance::test {

class RtpSource {
 public:
  explicit RtpSource(rtp::Ssrc ssrc) : ssrc_(ssrc) {}

  // The next packet, 20 ms after the last. Its payload says which it is.
  std::vector<std::uint8_t> next();

  std::uint32_t sent() const { return sent_; }

  // What to produce it with.
  sfu::ProducerOptions producer(sfu::ProducerId id) const;

  // What a subscriber consumes it with; `ssrc` is the consumer's.
  sfu::ConsumerOptions consumer(sfu::ConsumerId id, sfu::ProducerId producer, rtp::Ssrc ssrc) const;

 private:
  rtp::RtpParameters parameters() const;

  rtp::Ssrc ssrc_;
  std::uint32_t sent_ = 0;
};

// Which packet of its source this is; nothing where it is none of them.
std::optional<std::uint32_t> source_index(std::span<const std::uint8_t> rtp_packet);

}  // namespace parlance::test
