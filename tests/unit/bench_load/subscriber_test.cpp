#include "bench/load/subscriber.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "base/byte_writer.h"

namespace parlance::load {
namespace {

constexpr std::uint32_t kVideo = 11;
constexpr std::uint32_t kVideoAgain = 12;
constexpr std::uint32_t kAudio = 21;
constexpr std::size_t kPacket = 40;

class NoLink final : public Link {
 public:
  explicit NoLink(const DtlsContext& dtls) : Link(dtls, SrtpKind::kForMass) {}

  bool send(std::span<const std::uint8_t>) override { return false; }

  std::uint64_t dropped() const override { return 3; }
};

class Counting final : public Subscriber {
 public:
  Counting(const ReceiveTerms& terms, std::vector<ExpectedMedia> media, Link& link)
      : Subscriber(terms, std::move(media)), link_(link) {}

  Link& link() override { return link_; }

  bool served() const override { return true; }

  using Subscriber::count;

 private:
  Link& link_;
};

class SubscriberTest : public testing::Test {
 protected:
  auto arrive(std::uint32_t ssrc, std::uint16_t sequence, Nanoseconds at = 1) {
    std::array<std::uint8_t, kPacket> packet{};
    ByteWriter out(packet);
    out.u8(0x80);
    out.u8(96);
    out.u16(sequence);
    out.u32(0);
    out.u32(ssrc);
    return subscriber_.count(packet, at);
  }

  Measured measured() const {
    Measured measured;
    subscriber_.add_to(measured);
    return measured;
  }

  static ReceiveTerms terms() {
    return {.remote = {},
            .streams = {{.kind = MediaKind::kVideo, .ssrc = kVideo, .rtx_ssrc = kVideoAgain},
                        {.kind = MediaKind::kAudio, .ssrc = kAudio}}};
  }

  SendLog log_{1};
  DtlsContext dtls_;
  NoLink link_{dtls_};
  Counting subscriber_{terms(), {{.log = &log_}, {.log = &log_}}, link_};
};

TEST_F(SubscriberTest, TellsStreamsApartBySsrc) {
  EXPECT_EQ(arrive(kVideo, 5)->stream, 0U);
  EXPECT_FALSE(arrive(kVideo, 6)->again);
  EXPECT_EQ(arrive(kAudio, 900)->stream, 1U);
  const Traffic traffic = subscriber_.traffic();
  EXPECT_EQ(traffic.packets, 3U);
  EXPECT_EQ(traffic.bytes, 3 * kPacket);
  EXPECT_EQ(traffic.receive_drops, 3U);
}

TEST_F(SubscriberTest, ExpectsWhatIsMissingBetweenSequenceNumbers) {
  arrive(kVideo, 65'535);
  arrive(kVideo, 2);
  arrive(kAudio, 1);
  EXPECT_EQ(subscriber_.traffic().packets, 3U);
  EXPECT_EQ(subscriber_.traffic().expected, 5U);
}

TEST_F(SubscriberTest, CountsRetransmissionsApart) {
  EXPECT_TRUE(arrive(kVideoAgain, 1)->again);
  EXPECT_EQ(arrive(kVideoAgain, 2)->stream, 0U);
  EXPECT_EQ(subscriber_.traffic().packets, 0U);
  EXPECT_EQ(measured().retransmitted, 2U);
}

TEST_F(SubscriberTest, CountsWhatNobodyAnnounced) {
  EXPECT_FALSE(arrive(99, 1));
  EXPECT_EQ(measured().unknown, 1U);
  EXPECT_EQ(subscriber_.first_media_at(), 0);
}

TEST_F(SubscriberTest, NamesStreamsThatStaySilent) {
  EXPECT_EQ(measured().silent_consumers, 2U);
  arrive(kAudio, 1, 77);
  arrive(kAudio, 2, 78);
  EXPECT_EQ(measured().silent_consumers, 1U);
  EXPECT_EQ(measured().consumers, 2U);
  EXPECT_EQ(subscriber_.first_media_at(), 77);
}

TEST_F(SubscriberTest, SumsWhatPublishersSentForEachOfItsStreams) {
  log_.note(0, 5);
  EXPECT_EQ(subscriber_.traffic().sent, 2U);
}

}  // namespace
}  // namespace parlance::load
