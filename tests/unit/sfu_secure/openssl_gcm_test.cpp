// Every packet is the one that libsrtp2 would have made.
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
    std::uint32_t index = static_cast<std::uint32_t>(random() % 0x10000);
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
