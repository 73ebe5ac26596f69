#include "sfu/secure/srtp_session.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "sfu/secure/crypto.h"

namespace parlance::sfu {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kSsrc = 0x11223344;

SrtpKeys keys_of(SrtpProfile profile) {
  const auto [key, salt] = key_sizes(profile);
  SrtpKeys keys;
  keys.profile = profile;
  for (std::size_t i = 0; i < key + salt; ++i) {
    keys.outbound.push_back(static_cast<std::uint8_t>(i));
    keys.inbound.push_back(static_cast<std::uint8_t>(100 + i));
  }
  return keys;
}

SrtpKeys mirrored(SrtpKeys keys) {
  std::swap(keys.outbound, keys.inbound);
  return keys;
}

Bytes rtp(std::uint16_t sequence, std::uint32_t ssrc = kSsrc) {
  Bytes packet(12 + 100, 0x5A);
  ByteWriter writer(packet);
  writer.u8(0x80);
  writer.u8(100);
  writer.u16(sequence);
  writer.u32(1000);
  writer.u32(ssrc);
  return packet;
}

// A sender report without report blocks.
Bytes rtcp(std::uint32_t ssrc = kSsrc) {
  Bytes packet(28, 0x17);
  ByteWriter writer(packet);
  writer.u8(0x80);
  writer.u8(200);
  writer.u16(6);
  writer.u32(ssrc);
  return packet;
}

class SrtpTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  Bytes protect_rtp(Bytes packet) {
    const std::size_t size = packet.size();
    packet.resize(size + kSrtpMaxOverhead);
    const auto done = outbound->protect_rtp(packet, size);
    EXPECT_TRUE(done);
    packet.resize(done.value_or(0));
    return packet;
  }

  Bytes protect_rtcp(Bytes packet) {
    const std::size_t size = packet.size();
    packet.resize(size + kSrtpMaxOverhead);
    const auto done = outbound->protect_rtcp(packet, size);
    EXPECT_TRUE(done);
    packet.resize(done.value_or(0));
    return packet;
  }

  std::expected<Bytes, SrtpError> unprotect_rtp(Bytes packet) {
    const auto size = inbound->unprotect_rtp(packet);
    if (!size) {
      return std::unexpected(size.error());
    }
    packet.resize(*size);
    return packet;
  }

  std::expected<Bytes, SrtpError> unprotect_rtcp(Bytes packet) {
    const auto size = inbound->unprotect_rtcp(packet);
    if (!size) {
      return std::unexpected(size.error());
    }
    packet.resize(*size);
    return packet;
  }

  std::unique_ptr<Crypto> crypto = make_crypto();
  SrtpKeys keys = keys_of(GetParam());
  std::unique_ptr<SrtpOutbound> outbound = crypto->make_srtp_outbound(keys);
  std::unique_ptr<SrtpInbound> inbound = crypto->make_srtp_inbound(mirrored(keys));
};

TEST_P(SrtpTest, RtpComesBackAsItWas) {
  for (std::uint16_t sequence = 65000; sequence != 1000; ++sequence) {
    const Bytes plain = rtp(sequence);
    const Bytes wire = protect_rtp(plain);
    ASSERT_GT(wire.size(), plain.size());
    ASSERT_LE(wire.size(), plain.size() + kSrtpMaxOverhead);
    ASSERT_FALSE(
        std::ranges::equal(std::span(wire).subspan(12, 100), std::span(plain).subspan(12)));
    ASSERT_EQ(unprotect_rtp(wire), plain) << sequence;
  }
}

TEST_P(SrtpTest, RtcpComesBackAsItWas) {
  for (int i = 0; i < 3; ++i) {
    const Bytes plain = rtcp();
    const Bytes wire = protect_rtcp(plain);
    EXPECT_LE(wire.size(), plain.size() + kSrtpMaxOverhead);
    EXPECT_EQ(unprotect_rtcp(wire), plain);
  }
}

TEST_P(SrtpTest, BothDirectionsHaveKeysOfTheirOwn) {
  const auto other_outbound = crypto->make_srtp_outbound(mirrored(keys));
  Bytes packet = rtp(1);
  packet.resize(packet.size() + kSrtpMaxOverhead);
  const auto size = other_outbound->protect_rtp(packet, packet.size() - kSrtpMaxOverhead);
  ASSERT_TRUE(size);
  packet.resize(*size);
  EXPECT_EQ(unprotect_rtp(packet), std::unexpected(SrtpError::kAuthentication));
}

TEST_P(SrtpTest, AReplayIsRefused) {
  const Bytes wire = protect_rtp(rtp(1));
  EXPECT_TRUE(unprotect_rtp(wire));
  EXPECT_EQ(unprotect_rtp(wire), std::unexpected(SrtpError::kReplayed));
  const Bytes control = protect_rtcp(rtcp());
  EXPECT_TRUE(unprotect_rtcp(control));
  EXPECT_EQ(unprotect_rtcp(control), std::unexpected(SrtpError::kReplayed));
}

TEST_P(SrtpTest, APacketMayBeLateByTheWholeWindowButNotMore) {
  std::vector<Bytes> wire;
  for (std::uint16_t sequence = 0; sequence <= SrtpInbound::kReplayWindow; ++sequence) {
    wire.push_back(protect_rtp(rtp(sequence)));
  }
  EXPECT_TRUE(unprotect_rtp(wire.back()));
  EXPECT_EQ(unprotect_rtp(wire[0]), std::unexpected(SrtpError::kReplayed));
  EXPECT_TRUE(unprotect_rtp(wire[1]));
}

TEST_P(SrtpTest, AChangedPacketIsRefused) {
  const Bytes wire = protect_rtp(rtp(1));
  for (std::size_t i = 0; i < wire.size(); ++i) {
    Bytes changed = wire;
    changed[i] ^= 1U;
    EXPECT_FALSE(unprotect_rtp(changed)) << i;
  }
  EXPECT_TRUE(unprotect_rtp(wire));
}

TEST_P(SrtpTest, ATruncatedPacketIsRefused) {
  const Bytes wire = protect_rtp(rtp(1));
  const Bytes control = protect_rtcp(rtcp());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(
        unprotect_rtp(Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  for (std::size_t size = 0; size < control.size(); ++size) {
    EXPECT_FALSE(unprotect_rtcp(
        Bytes(control.begin(), control.begin() + static_cast<std::ptrdiff_t>(size))));
  }
}

TEST_P(SrtpTest, HeaderLengthsThatLieAreRefused) {
  // 15 CSRCs, then an extension of 65,535 words.
  for (const std::uint8_t first : {std::uint8_t{0x8F}, std::uint8_t{0x9F}}) {
    Bytes packet(40, 0xFF);
    packet[0] = first;
    EXPECT_FALSE(unprotect_rtp(packet));
    packet.resize(60);
    EXPECT_FALSE(outbound->protect_rtp(packet, 40));
  }
}

TEST_P(SrtpTest, TheSamePacketMayBeSentAgain) {
  const Bytes first = protect_rtp(rtp(7));
  protect_rtp(rtp(8));
  EXPECT_EQ(protect_rtp(rtp(7)), first);
}

TEST_P(SrtpTest, TheSamePacketMayBeSentAgainAfterTheRollOver) {
  const Bytes before = protect_rtp(rtp(65'535));
  const Bytes after = protect_rtp(rtp(0));
  for (std::uint16_t sequence = 1; sequence < 500; ++sequence) {
    protect_rtp(rtp(sequence));
  }
  EXPECT_EQ(protect_rtp(rtp(65'535)), before);
  EXPECT_EQ(protect_rtp(rtp(0)), after);
}

TEST_P(SrtpTest, RefusesABufferWithoutRoom) {
  Bytes packet = rtp(1);
  EXPECT_EQ(outbound->protect_rtp(packet, packet.size()), std::unexpected(SrtpError::kNoRoom));
}

TEST_P(SrtpTest, APeerGetsSoManyStreamsAndNoMore) {
  for (std::uint32_t i = 0; i < SrtpInbound::kMaxStreams; ++i) {
    ASSERT_TRUE(unprotect_rtp(protect_rtp(rtp(1, i))));
  }
  EXPECT_EQ(unprotect_rtp(protect_rtp(rtp(1, 9999))), std::unexpected(SrtpError::kTooManyStreams));
  EXPECT_TRUE(unprotect_rtp(protect_rtp(rtp(2, 0)))) << "known ones go on";
  inbound->forget(0);
  EXPECT_TRUE(unprotect_rtp(protect_rtp(rtp(2, 9999))));
}

TEST_P(SrtpTest, AForgottenStreamLeavesNoStateBehind) {
  const Bytes wire = protect_rtp(rtp(1));
  EXPECT_TRUE(unprotect_rtp(wire));
  inbound->forget(kSsrc);
  EXPECT_TRUE(unprotect_rtp(wire)) << "the replay window was freed";
  outbound->forget(kSsrc);
  EXPECT_EQ(protect_rtp(rtp(1)), wire);
}

INSTANTIATE_TEST_SUITE_P(Profiles,
                         SrtpTest,
                         testing::Values(SrtpProfile::kAeadAes128Gcm,
                                         SrtpProfile::kAeadAes256Gcm,
                                         SrtpProfile::kAes128CmSha1_80),
                         [](const auto& one) { return std::string(to_string(one.param)); });

}  // namespace
}  // namespace parlance::sfu
