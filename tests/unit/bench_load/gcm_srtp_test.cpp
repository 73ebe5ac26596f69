#include "bench/load/gcm_srtp.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "bench/load/libsrtp.h"

namespace parlance::load {
namespace {

constexpr std::size_t kPlain = 100;

std::vector<std::uint8_t> key(std::uint8_t first) {
  std::vector<std::uint8_t> bytes(28);
  std::ranges::generate(bytes, [&] { return first++; });
  return bytes;
}

SrtpKeys keys_of_one_end() {
  return {SrtpProfile::kAeadAes128Gcm, key(1), key(101)};
}

SrtpKeys keys_of_the_other() {
  return {SrtpProfile::kAeadAes128Gcm, key(101), key(1)};
}

std::vector<std::uint8_t> with_room(std::vector<std::uint8_t> packet) {
  packet.resize(packet.size() + kSrtpOverhead);
  return packet;
}

std::vector<std::uint8_t> rtp(std::uint16_t sequence) {
  std::vector<std::uint8_t> packet(kPlain, static_cast<std::uint8_t>(sequence));
  ByteWriter out(packet);
  out.u16(0x8065);
  out.u16(sequence);
  out.u32(90'000);
  out.u32(4711);
  return packet;
}

std::vector<std::uint8_t> rtcp() {
  std::vector<std::uint8_t> packet(kPlain, 7);
  ByteWriter out(packet);
  out.u32(0x80C90018);
  out.u32(4711);
  return packet;
}

void expect_carried(Srtp& from, Srtp& to, std::uint16_t sequence) {
  const auto plain = rtp(sequence);
  auto packet = with_room(plain);
  const auto size = from.protect_rtp(packet, plain.size());
  ASSERT_TRUE(size);
  EXPECT_FALSE(std::ranges::equal(std::span(packet).first(plain.size()), plain));
  const auto opened = to.unprotect_rtp(std::span(packet).first(*size));
  ASSERT_EQ(opened, plain.size()) << sequence;
  EXPECT_TRUE(std::ranges::equal(std::span(packet).first(*opened), plain));
}

TEST(LoadGcmSrtp, LibsrtpReadsWhatItWroteAcrossRollovers) {
  GcmSrtp ours(keys_of_one_end());
  LibSrtp theirs(keys_of_the_other());
  std::uint16_t sequence = 30'000;
  for (int i = 0; i < 200; ++i, sequence += 999) {
    expect_carried(ours, theirs, sequence);
  }
}

TEST(LoadGcmSrtp, ReadsWhatLibsrtpWroteAcrossRollovers) {
  LibSrtp theirs(keys_of_one_end());
  GcmSrtp ours(keys_of_the_other());
  std::uint16_t sequence = 30'000;
  for (int i = 0; i < 200; ++i, sequence += 999) {
    expect_carried(theirs, ours, sequence);
  }
}

TEST(LoadGcmSrtp, ReadsPacketsThatWereOvertaken) {
  LibSrtp theirs(keys_of_one_end());
  GcmSrtp ours(keys_of_the_other());
  for (const int sequence : {2, 1, 5, 3, 4}) {
    expect_carried(theirs, ours, static_cast<std::uint16_t>(sequence));
  }
}

TEST(LoadGcmSrtp, ReportsPassBothWays) {
  GcmSrtp ours(keys_of_one_end());
  LibSrtp theirs(keys_of_the_other());
  for (Srtp* from : {static_cast<Srtp*>(&ours), static_cast<Srtp*>(&theirs)}) {
    Srtp& to = from == &ours ? static_cast<Srtp&>(theirs) : ours;
    const auto plain = rtcp();
    auto packet = with_room(plain);
    const auto size = from->protect_rtcp(packet, plain.size());
    ASSERT_TRUE(size);
    const auto opened = to.unprotect_rtcp(std::span(packet).first(*size));
    ASSERT_EQ(opened, plain.size());
    EXPECT_TRUE(std::ranges::equal(std::span(packet).first(*opened), plain));
  }
}

TEST(LoadGcmSrtp, RefusesWhatWasChangedOrCutOff) {
  LibSrtp theirs(keys_of_one_end());
  GcmSrtp ours(keys_of_the_other());
  auto packet = with_room(rtp(9));
  const auto size = theirs.protect_rtp(packet, kPlain);
  ASSERT_TRUE(size);
  auto changed = packet;
  changed[kPlain / 2] ^= 1;
  EXPECT_FALSE(ours.unprotect_rtp(std::span(changed).first(*size)));
  EXPECT_FALSE(ours.unprotect_rtp(std::span(packet).first(20)));
  EXPECT_FALSE(ours.unprotect_rtcp(std::span(packet).first(20)));
}

}  // namespace
}  // namespace parlance::load
