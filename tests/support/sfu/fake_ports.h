// A publisher's and a subscriber's transport that only write down what they are told.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "rtp/packet/packet_view.h"
#include "sfu/forward/consumer.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/producer.h"
#include "tests/support/sfu/media_samples.h"

namespace parlance::test {

class FakePublisherPort final : public sfu::PublisherPort {
 public:
  std::expected<void, sfu::MediaError> attach(sfu::Producer& producer) override {
    if (refuse) {
      return std::unexpected(sfu::MediaError::kSsrcInUse);
    }
    attached.push_back(&producer);
    return {};
  }

  void detach(sfu::Producer& producer) override { std::erase(attached, &producer); }

  void wake_at(Timestamp at) override { wake = std::min(wake, at); }

  void on_audience(bool anyone) override { audience = anyone; }

  bool refuse = false;
  bool audience = false;
  Timestamp wake = kNever;
  std::vector<sfu::Producer*> attached;
};

// Keeps what was sent, unprotected.
class FakeSubscriberPort final : public sfu::SubscriberPort {
 public:
  struct Sent {
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    rtp::Ssrc ssrc = 0;
    bool marker = false;
    std::string mid;
    std::optional<std::uint16_t> transport_sequence;
    std::vector<std::uint8_t> payload;
    std::vector<std::uint8_t> bytes;  // all of it
  };

  std::expected<void, sfu::MediaError> attach(Timestamp now,
                                              sfu::Consumer& consumer,
                                              sfu::Outbox& outbox) override {
    if (refuse) {
      return std::unexpected(sfu::MediaError::kSsrcInUse);
    }
    attached.push_back(&consumer);
    consumer.set_writable(now, writable, outbox);
    return {};
  }

  void detach(sfu::Consumer& consumer) override { std::erase(attached, &consumer); }

  void hasten_report(Timestamp) override { ++hastened; }

  Room reserve(sfu::Outbox&) override {
    if (!writable) {
      return {};
    }
    return {buffer_, next_transport_sequence};
  }

  bool send_rtp(Timestamp, Packet packet, sfu::Outbox&) override {
    auto extensions = extensions_of(rtp::MediaKind::kVideo);
    std::ranges::copy(extensions_of(rtp::MediaKind::kAudio), std::back_inserter(extensions));
    const auto view = rtp::PacketView::parse(std::span(buffer_).first(packet.size),
                                             rtp::ExtensionMap(extensions));
    if (!view) {
      ++unreadable;
      return false;
    }
    next_transport_sequence = static_cast<std::uint16_t>(next_transport_sequence +
                                                         (packet.has_transport_sequence ? 1 : 0));
    sent.push_back({view->payload_type(),
                    view->sequence(),
                    view->timestamp(),
                    view->ssrc(),
                    view->marker(),
                    view->text(rtp::ExtensionKind::kMid),
                    view->transport_sequence(),
                    {view->payload().begin(), view->payload().end()},
                    {buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(packet.size)}});
    return true;
  }

  bool refuse = false;
  bool writable = true;
  int hastened = 0;
  int unreadable = 0;
  std::uint16_t next_transport_sequence = 1;
  std::vector<sfu::Consumer*> attached;
  std::vector<Sent> sent;

 private:
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(sfu::kMaxDatagramBytes);
};

// What producers ask of their publisher.
class FakeFeedback final : public sfu::FeedbackOut {
 public:
  void ask_packets(rtp::Ssrc, std::span<const std::uint16_t> ascending) override {
    packets.insert(packets.end(), ascending.begin(), ascending.end());
  }

  void ask_key_frame_by_pli(rtp::Ssrc media) override { plis.push_back(media); }

  void ask_key_frame_by_fir(rtp::Ssrc, std::uint8_t request) override { firs.push_back(request); }

  std::vector<std::uint16_t> packets;
  std::vector<rtp::Ssrc> plis;
  std::vector<std::uint8_t> firs;
};

class FakeLevels final : public sfu::LevelSink {
 public:
  void on_level(Timestamp, std::uint64_t, std::uint8_t below_overload_db) override {
    levels.push_back(below_overload_db);
  }

  std::vector<std::uint8_t> levels;
};

// What a shard lends, and one publisher and one subscriber.
struct ForwardBench {
  sfu::WallClock clock;
  sfu::PacketPool pool{4096};
  sfu::ShardCounters counters;
  sfu::FanOut fan_out;
  sfu::Overload overload;
  sfu::Outbox outbox{64};
  FakePublisherPort publisher;
  FakeSubscriberPort subscriber;
  FakeLevels levels;
  FakeFeedback feedback;
  Timestamp now{std::chrono::seconds(1000)};

  sfu::ForwardContext context() { return {clock, pool, counters, fan_out, overload}; }

  std::uint64_t drops(sfu::DropReason reason) const { return counters.drops[reason]; }

  // One packet of a VP8 stream; timestamps follow the numbers.
  static RtpSample video(std::uint16_t sequence, bool key_frame = false, bool starts_frame = true) {
    RtpSample sample;
    sample.sequence = sequence;
    sample.timestamp = sequence * 3000U;
    sample.ssrc = 1000;
    sample.marker = true;
    sample.payload = vp8_payload(starts_frame, key_frame);
    return sample;
  }

  void wait(sfu::Producer& producer, const RtpSample& sample, bool repaired = false) {
    producer.on_packet(now, 0, parsed_slot_of(pool, sample), repaired, outbox);
  }

  void feed(sfu::Producer& producer, const RtpSample& sample, bool repaired = false) {
    wait(producer, sample, repaired);
    producer.pass_on(now, outbox);
  }
};

}  // namespace parlance::test
