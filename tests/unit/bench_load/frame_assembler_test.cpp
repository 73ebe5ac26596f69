#include "bench/load/frame_assembler.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

constexpr std::uint8_t kKey = 0x00;
constexpr std::uint8_t kDelta = 0x01;

// A packet with a descriptor of four bytes, as our publisher sends it.
std::vector<std::uint8_t> packet(bool start, std::uint8_t first) {
  return {static_cast<std::uint8_t>(start ? 0x90 : 0x80), 0x80, 0x80, 0x07, first, 0xEE};
}

class Stream {
 public:
  void add(std::uint16_t sequence, bool start, bool marker, std::uint8_t first = kDelta) {
    assembler.add(sequence, marker, packet(start, first), kSecond);
  }

  // Sizes of the frames that come out now.
  std::vector<std::size_t> frames() {
    std::vector<std::size_t> sizes;
    while (const auto frame = assembler.next()) {
      sizes.push_back(frame->bytes.size());
    }
    return sizes;
  }

  FrameAssembler assembler;
};

using Sizes = std::vector<std::size_t>;

TEST(FrameAssembler, JoinsPacketsFromStartToMarkerWithoutTheirDescriptors) {
  Stream stream;
  stream.add(65'535, true, false, kKey);
  EXPECT_EQ(stream.frames(), Sizes{});
  stream.add(0, false, true);
  stream.add(1, true, true);
  EXPECT_EQ(stream.frames(), (Sizes{4, 2}));
}

TEST(FrameAssembler, BeginsWithAKeyFrame) {
  Stream stream;
  stream.add(1, true, true, kDelta);
  EXPECT_EQ(stream.frames(), Sizes{});
  stream.add(2, true, true, kKey);
  EXPECT_EQ(stream.frames(), Sizes{2});
}

TEST(FrameAssembler, WaitsForAMissingPacketAndAsksForItAgain) {
  Stream stream;
  stream.add(1, true, true, kKey);
  EXPECT_EQ(stream.frames(), Sizes{2});
  stream.add(2, true, false);
  stream.add(4, true, true);
  EXPECT_EQ(stream.frames(), Sizes{});
  EXPECT_EQ(stream.assembler.take_missing(2 * kSecond), std::vector<std::uint16_t>{3});
  EXPECT_TRUE(stream.assembler.take_missing(2 * kSecond + kMillisecond).empty());
  EXPECT_EQ(stream.assembler.take_missing(3 * kSecond), std::vector<std::uint16_t>{3});
  stream.add(3, false, true);
  EXPECT_EQ(stream.frames(), (Sizes{4, 2}));
  EXPECT_TRUE(stream.assembler.take_missing(4 * kSecond).empty());
}

TEST(FrameAssembler, GivesUpAndGoesOnWithTheNextKeyFrame) {
  Stream stream;
  stream.add(1, true, true, kKey);
  stream.frames();
  stream.add(3, true, true);
  EXPECT_FALSE(stream.assembler.give_up(kSecond + kMillisecond, kSecond));
  EXPECT_TRUE(stream.assembler.give_up(3 * kSecond, kSecond));
  stream.add(4, true, true);
  EXPECT_EQ(stream.frames(), Sizes{});
  stream.add(5, true, true, kKey);
  EXPECT_EQ(stream.frames(), Sizes{2});
}

}  // namespace
}  // namespace parlance::load
