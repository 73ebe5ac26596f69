#include "bench/load/clip.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

std::vector<std::uint8_t> bytes(std::size_t size, std::uint8_t seed) {
  std::vector<std::uint8_t> result(size);
  for (std::size_t i = 0; i < size; ++i) {
    result[i] = static_cast<std::uint8_t>(seed + i * i);
  }
  return result;
}

TEST(Clip, CutsAFrameIntoPartsThatDifferByOneByteAtMost) {
  Clip clip;
  const auto frame = bytes(5003, 1);
  append_frame(clip, frame);
  ASSERT_EQ(clip.frames.size(), 1u);
  EXPECT_EQ(clip.frames[0].count, 5u);
  std::vector<std::uint8_t> joined;
  for (const auto& payload : clip.payloads) {
    EXPECT_TRUE(payload.size() == 1000 || payload.size() == 1001);
    joined.insert(joined.end(), payload.begin(), payload.end());
  }
  EXPECT_EQ(joined, frame);
}

TEST(Clip, FindsAPayloadByItsEndAlone) {
  Clip clip;
  append_frame(clip, bytes(900, 1));
  append_frame(clip, bytes(900, 2));
  const PayloadIndex index(clip);
  auto packet = bytes(20, 77);
  packet.insert(packet.end(), clip.payloads[1].begin(), clip.payloads[1].end());
  EXPECT_EQ(index.find(packet), 1u);
  packet.back() ^= 1U;
  EXPECT_EQ(index.find(packet), std::nullopt);
}

TEST(Clip, PayloadsThatEndAlikeAreNotTakenForEachOther) {
  Clip clip;
  append_frame(clip, bytes(500, 3));
  append_frame(clip, bytes(500, 3));
  EXPECT_EQ(PayloadIndex(clip).find(clip.payloads[0]), std::nullopt);
}

TEST(Clip, OfVp8HoldsTheBitrateAndStartsWithAKeyFrame) {
  constexpr unsigned kRate = 300'000;
  const Clip clip =
      encode_vp8({.size = {320, 180}, .fps = 30, .bits_per_second = kRate, .frames = 60});
  ASSERT_EQ(clip.frames.size(), 60u);
  EXPECT_EQ(clip.timestamp_step, 3000u);
  // RFC 6386, section 9.1: the lowest bit of the first byte is 0 in a key frame.
  EXPECT_EQ(clip.payloads[clip.frames[0].first][0] & 1U, 0u);
  EXPECT_EQ(clip.payloads[clip.frames[1].first][0] & 1U, 1u);
  std::size_t total = 0;
  for (const auto& payload : clip.payloads) {
    total += payload.size();
  }
  EXPECT_GT(total * 8, kRate);
  EXPECT_LT(total * 8, kRate * 4);
}

TEST(Clip, OfOpusIsOnePacketPer20Milliseconds) {
  const Clip clip = encode_opus(32'000, 100);
  EXPECT_EQ(clip.frames.size(), 100u);
  EXPECT_EQ(clip.payloads.size(), 100u);
  EXPECT_EQ(clip.timestamp_step, 960u);
  const PayloadIndex index(clip);
  const auto known = std::ranges::count_if(
      clip.payloads, [&index](const auto& payload) { return index.find(payload).has_value(); });
  EXPECT_EQ(known, 100);
}

}  // namespace
}  // namespace parlance::load
