// A whole shard in the middle of a call, fed with bytes: as they come, and as the plain text of
// protected RTP and RTCP, which is what a hostile but authenticated peer can send. Time passes and
// commands come in between.
#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/check.h"
#include "sfu/transport/shard.h"
#include "tests/support/sfu/fake_crypto.h"
#include "tests/support/sfu/media_samples.h"
#include "tests/support/stun/stun_builder.h"

namespace {

using namespace parlance;

constexpr std::uint8_t kPeople = 2;

// Two people who send audio and video and get the other's.
class Call {
 public:
  Call() {
    crypto_.strict_numbers = true;
    CHECK(shard_.create_router(router_).has_value());
    shard_.set_wall_clock(now_, 1'800'000'000'000'000);
    for (std::uint8_t i = 0; i < kPeople; ++i) {
      join(i);
    }
    for (std::uint8_t i = 0; i < kPeople; ++i) {
      subscribe(i);
    }
  }

  void step(ByteReader& in) {
    const std::uint8_t op = in.u8();
    const std::uint8_t who = op / 16 % kPeople;
    const auto body = in.bytes(std::min(in.u8() * std::size_t{4}, in.remaining()));
    const std::vector<std::uint8_t> bytes(body.begin(), body.end());
    switch (op % 16) {
      case 0:
      case 1:
        return receive(who, bytes);
      case 2:
      case 3:
      case 4:
      case 5:
        return receive(who, protect(who, bytes, false));
      case 6:
      case 7:
      case 8:
        return receive(who, protect(who, bytes, true));
      case 9:
        return receive(who, sample(who, bytes));
      case 10:
        return pass(std::chrono::milliseconds(bytes.size()));
      case 11:
        return pass(std::chrono::seconds(1));
      case 12:
        shard_.set_consumer_paused(
            now_, router_, test::id_of<sfu::ConsumerId>(who), bytes.empty(), outbox_);
        return outbox_.clear();
      case 13:
        shard_.set_producer_paused(
            now_, router_, test::id_of<sfu::ProducerId>(who), bytes.empty(), outbox_);
        return outbox_.clear();
      case 14:
        (void)shard_.transport_stats(now_, router_, transport(who));
        return;
      default:
        shard_.close_consumer(router_, test::id_of<sfu::ConsumerId>(who));
        return;
    }
  }

  void finish() {
    pass(std::chrono::seconds(3));
    CHECK(shard_.counters().bugs == 0);
    shard_.close_router(now_, router_, outbox_);
    CHECK(shard_.packets().in_use() == 0);
    CHECK(shard_.next_timeout() == kNever);
  }

 private:
  static sfu::TransportId transport(std::uint8_t who) {
    return test::id_of<sfu::TransportId>(static_cast<std::uint8_t>(who + 1));
  }

  static sfu::Path path(std::uint8_t who) {
    return {.socket = 0,
            .remote = sfu::SocketAddress::v4({10, 0, 0, static_cast<std::uint8_t>(who + 1)}, 1)};
  }

  void join(std::uint8_t who) {
    const auto description = shard_.create_transport(router_, transport(who));
    const sfu::DtlsParameters remote{sfu::DtlsRole::kClient,
                                     {{"sha-256", peer_.fingerprint().str()}}};
    CHECK(shard_.connect_transport(now_, router_, transport(who), remote, outbox_).has_value());
    test::Check check;
    check.username = description->ice.username_fragment + ":x";
    check.password = description->ice.password;
    check.use_candidate = true;
    receive(who, check.bytes());
    receive(who, peer_.client_hello());
    srtp_.emplace_back(std::uint8_t{0xC1});
    const rtp::Ssrc ssrc = 0x01010101U * (who + 1U);  // easy to hit for a fuzzer
    CHECK(shard_.produce(router_, transport(who), test::video_producer(who, ssrc)).has_value());
    const auto audio = test::audio_producer(static_cast<std::uint8_t>(who + 10), ssrc + 0x100);
    CHECK(shard_.produce(router_, transport(who), audio).has_value());
  }

  void subscribe(std::uint8_t who) {
    const auto other = static_cast<std::uint8_t>(1 - who);
    const auto video = test::video_consumer(who, other, 0x05050505);
    const auto audio = test::audio_consumer(
        static_cast<std::uint8_t>(who + 10), static_cast<std::uint8_t>(other + 10), 0x06060606);
    CHECK(shard_.consume(now_, router_, transport(who), video, outbox_).has_value());
    CHECK(shard_.consume(now_, router_, transport(who), audio, outbox_).has_value());
    outbox_.clear();
  }

  void receive(std::uint8_t who, std::span<const std::uint8_t> bytes) {
    if (bytes.size() > sfu::kMaxDatagramBytes) {
      return;
    }
    std::vector<sfu::ReceivedDatagram> datagrams;
    datagrams.push_back({test::slot_of(shard_.packets(), bytes), path(who)});
    CHECK(shard_.on_datagrams(now_, datagrams, outbox_) == 1);
    check_outbox();
  }

  std::vector<std::uint8_t> protect(std::uint8_t who, std::vector<std::uint8_t> bytes, bool rtcp) {
    const std::size_t size = bytes.size();
    bytes.resize(size + sfu::kSrtpMaxOverhead);
    const auto whole =
        rtcp ? srtp_[who].protect_rtcp(bytes, size) : srtp_[who].protect_rtp(bytes, size);
    bytes.resize(whole.value());
    return bytes;
  }

  // A well-formed packet of one of the streams with a hostile payload and any number.
  std::vector<std::uint8_t> sample(std::uint8_t who, const std::vector<std::uint8_t>& bytes) {
    ByteReader in(bytes);
    test::RtpSample packet;
    packet.ssrc = 0x01010101U * (who + 1U) + in.u8() % 2U;
    packet.payload_type = packet.ssrc % 2 == who % 2U ? test::kVideoRtxType : test::kVideoType;
    packet.sequence = in.u16();
    packet.transport_sequence = in.u16();
    packet.timestamp = in.u32();
    const auto rest = in.rest();
    packet.payload.assign(rest.begin(), rest.end());
    return protect(who, packet.bytes(), false);
  }

  void pass(Duration duration) {
    const Timestamp end = now_ + duration;
    for (int i = 0; i < 1000 && shard_.next_timeout() <= end; ++i) {
      now_ = std::max(now_, shard_.next_timeout());
      shard_.on_timeout(now_, outbox_);
      CHECK(shard_.next_timeout() > now_);
      check_outbox();
    }
    now_ = end;
  }

  void check_outbox() {
    for (const sfu::Outbox::Train& train : outbox_.trains()) {
      CHECK(train.to == path(0) || train.to == path(1));
    }
    outbox_.clear();
    (void)shard_.take_events();
  }

  Timestamp now_{std::chrono::seconds(1000)};
  test::FakeCrypto crypto_{1};
  test::FakeCrypto peer_{2, 9};
  sfu::Shard shard_{{.index = 0, .candidates = {}, .crypto = crypto_}};
  sfu::Outbox outbox_{2048};
  std::vector<test::FakeSrtpOutbound> srtp_;
  sfu::RouterId router_ = test::id_of<sfu::RouterId>(1);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in(std::span(data, size));
  Call call;
  while (in.remaining() > 0) {
    call.step(in);
  }
  call.finish();
  return 0;
}
