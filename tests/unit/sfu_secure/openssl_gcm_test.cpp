// Every packet is the one that libsrtp2 would have made, and what it refuses is refused.
#include "sfu/secure/openssl_gcm.h"

#include <expected>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "sfu/secure/libsrtp.h"

namespace parlance::sfu {
namespace {

using Bytes = std::vector<std::uint8_t>;

SrtpKeys random_keys(SrtpProfile profile, std::mt19937& random) {
  const auto [key, salt] = key_sizes(profile);
  SrtpKeys keys{.profile = profile, .outbound = Bytes(key + salt), .inbound = Bytes(key + salt)};
  for (std::uint8_t& byte : keys.outbound) {
    byte = static_cast<std::uint8_t>(random());
  }
  keys.inbound = keys.outbound;
  return keys;
}

// Any number of contributing sources, with and without extension, any payload down to none.
Bytes random_packet(std::uint32_t ssrc, std::uint16_t sequence, std::mt19937& random) {
  const auto sources = static_cast<std::uint8_t>(random() % 16);
  const bool extended = random() % 2 == 0;
  const std::size_t words = extended ? random() % 8 : 0;
  const std::size_t header = 12 + 4U * sources + (extended ? 4 + 4 * words : 0);
  Bytes packet(header + random() % 1200);
  for (std::uint8_t& byte : packet) {
    byte = static_cast<std::uint8_t>(random());
  }
  ByteWriter writer(packet);
  writer.u8(static_cast<std::uint8_t>(0x80U | (extended ? 0x10U : 0U) | sources));
  writer.u8(96);
  writer.u16(sequence);
  writer.u32(static_cast<std::uint32_t>(random()));
  writer.u32(ssrc);
  if (extended) {
    packet[12 + 4U * sources + 2] = 0;
    packet[12 + 4U * sources + 3] = static_cast<std::uint8_t>(words);
  }
  return packet;
}

std::expected<Bytes, SrtpError> protect(SrtpOutbound& session, Bytes packet) {
  const std::size_t size = packet.size();
  packet.resize(size + kSrtpMaxOverhead);
  const auto protected_size = session.protect_rtp(packet, size);
  if (!protected_size) {
    return std::unexpected(protected_size.error());
  }
  packet.resize(*protected_size);
  return packet;
}

// One in three is spoilt: a byte changed, or the end missing.
Bytes spoil(Bytes packet, std::mt19937& random) {
  if (random() % 3 == 0) {
    packet[random() % packet.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
  }
  if (random() % 20 == 0) {
    packet.resize(random() % packet.size());
  }
  return packet;
}

template <typename Unprotect>
std::expected<Bytes, SrtpError> unprotect(Bytes packet, Unprotect&& run) {
  const auto size = run(std::span(packet));
  if (!size) {
    return std::unexpected(size.error());
  }
  packet.resize(*size);
  return packet;
}

Bytes random_report(std::uint32_t ssrc, std::mt19937& random) {
  Bytes packet(8 + 4 * (random() % 30));
  for (std::uint8_t& byte : packet) {
    byte = static_cast<std::uint8_t>(random());
  }
  ByteWriter writer(packet);
  writer.u8(0x80);
  writer.u8(201);
  writer.u16(static_cast<std::uint16_t>(packet.size() / 4 - 1));
  writer.u32(ssrc);
  return packet;
}

class OpensslGcmTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  void SetUp() override { init_libsrtp(); }
};

TEST_P(OpensslGcmTest, EveryByteIsLibsrtps) {
  std::mt19937 random(7);
  for (int run = 0; run < 20; ++run) {
    const SrtpKeys keys = random_keys(GetParam(), random);
    OpensslGcmOutbound ours(keys);
    LibsrtpOutbound theirs(keys);
    // Steps as they come: dense, gaps, whole cycles in few packets, repeats, old ones.
    auto index = static_cast<std::uint32_t>(random() % 0x10000);
    for (std::uint32_t i = 0; i < 300; ++i) {
      const std::uint64_t kind = random() % 10;
      index += kind < 6 ? 1 : kind < 8 ? static_cast<std::uint32_t>(random() % 20'000) : 0;
      const std::uint32_t back = kind == 9 ? static_cast<std::uint32_t>(random() % 1'100) : 0;
      const auto sequence = static_cast<std::uint16_t>(index - back);
      const Bytes packet = random_packet(1000 + i % 3, sequence, random);
      const auto expected = protect(theirs, packet);
      const auto actual = protect(ours, packet);
      ASSERT_EQ(actual.has_value(), expected.has_value()) << "run " << run << " packet " << i;
      if (expected) {
        ASSERT_EQ(*actual, *expected) << "run " << run << " packet " << i;
      }
    }
  }
}

TEST_P(OpensslGcmTest, RolloversInADenseStreamAreLibsrtps) {
  std::mt19937 random(8);
  const SrtpKeys keys = random_keys(GetParam(), random);
  OpensslGcmOutbound ours(keys);
  LibsrtpOutbound theirs(keys);
  const Bytes packet = random_packet(5, 0, random);
  for (std::uint32_t i = 0; i < 3 * 0x10000 + 5; ++i) {
    Bytes numbered = packet;
    numbered[2] = static_cast<std::uint8_t>(i >> 8U);
    numbered[3] = static_cast<std::uint8_t>(i);
    if (i % 0x4000 < 3 || i % 0x10000 > 0xFFFC) {
      ASSERT_EQ(protect(ours, numbered), protect(theirs, numbered)) << i;
    } else {
      (void)protect(ours, numbered);
      (void)protect(theirs, numbered);
    }
  }
}

TEST_P(OpensslGcmTest, TakesFromThePeerWhatLibsrtpTakes) {
  std::mt19937 random(10);
  for (int run = 0; run < 20; ++run) {
    const SrtpKeys keys = random_keys(GetParam(), random);
    LibsrtpOutbound peer(keys);
    OpensslGcmInbound ours(keys);
    LibsrtpInbound theirs(keys);
    std::vector<Bytes> sent;
    auto index = static_cast<std::uint32_t>(random() % 0x10000);
    int taken = 0;
    for (std::uint32_t i = 0; i < 400; ++i) {
      index += random() % 8 == 0 ? static_cast<std::uint32_t>(random() % 9'000) : 1;
      const auto made =
          protect(peer, random_packet(1000 + i % 3, static_cast<std::uint16_t>(index), random));
      ASSERT_TRUE(made);
      sent.push_back(*made);
      // The newest, or one that came before: late, or a replay.
      const bool old = random() % 4 == 0;
      const Bytes packet = spoil(old ? sent[random() % sent.size()] : sent.back(), random);
      const auto expected =
          unprotect(packet, [&](auto bytes) { return theirs.unprotect_rtp(bytes); });
      const auto actual = unprotect(packet, [&](auto bytes) { return ours.unprotect_rtp(bytes); });
      ASSERT_EQ(actual.has_value(), expected.has_value()) << "run " << run << " packet " << i;
      if (expected) {
        ASSERT_EQ(*actual, *expected) << "run " << run << " packet " << i;
        ++taken;
      }
    }
    EXPECT_GT(taken, 100);
  }
}

TEST_P(OpensslGcmTest, ReportsAreLibsrtpsInBothDirections) {
  std::mt19937 random(11);
  for (int run = 0; run < 20; ++run) {
    const SrtpKeys keys = random_keys(GetParam(), random);
    OpensslGcmOutbound ours_out(keys);
    LibsrtpOutbound theirs_out(keys);
    OpensslGcmInbound ours_in(keys);
    LibsrtpInbound theirs_in(keys);
    std::vector<Bytes> sent;
    int taken = 0;
    for (int i = 0; i < 200; ++i) {
      Bytes report = random_report(77, random);
      const std::size_t size = report.size();
      report.resize(size + kSrtpMaxOverhead);
      Bytes same = report;
      ASSERT_EQ(ours_out.protect_rtcp(report, size), theirs_out.protect_rtcp(same, size));
      ASSERT_EQ(report, same);
      sent.push_back(report);
      const bool old = random() % 4 == 0;
      Bytes packet = spoil(old ? sent[random() % sent.size()] : sent.back(), random);
      if (packet.size() > 4) {
        packet[packet.size() - 4] |= 0x80;  // only what is encrypted is taken
      }
      const auto expected =
          unprotect(packet, [&](auto bytes) { return theirs_in.unprotect_rtcp(bytes); });
      const auto actual =
          unprotect(packet, [&](auto bytes) { return ours_in.unprotect_rtcp(bytes); });
      ASSERT_EQ(actual.has_value(), expected.has_value()) << "run " << run << " report " << i;
      if (expected) {
        ASSERT_EQ(*actual, *expected);
        ++taken;
      }
    }
    EXPECT_GT(taken, 50);
  }
}

TEST_P(OpensslGcmTest, AForgottenStreamBeginsAnew) {
  std::mt19937 random(9);
  const SrtpKeys keys = random_keys(GetParam(), random);
  OpensslGcmOutbound ours(keys);
  const Bytes first = random_packet(5, 100, random);
  const auto before = protect(ours, first);
  for (const std::uint16_t sequence : std::vector<std::uint16_t>{20'000, 40'000, 60'000, 10'000}) {
    (void)protect(ours, random_packet(5, sequence, random));
  }
  ours.forget(5);
  EXPECT_EQ(protect(ours, first), before);
}

INSTANTIATE_TEST_SUITE_P(Profiles,
                         OpensslGcmTest,
                         testing::Values(SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm));

}  // namespace
}  // namespace parlance::sfu
