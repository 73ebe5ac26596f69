#include "bench/load/picture.h"

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

LumaView view(const Picture& picture) {
  return {picture.luma, picture.size.width, picture.size};
}

TEST(Picture, GivesBackTheNumberDrawnIntoIt) {
  for (const Size size : {Size{1280, 720}, Size{320, 180}, Size{160, 120}}) {
    Picture picture(size);
    for (const int number : {0, 1, 299, 0x5555, 0xAAAA, 0xFFFF}) {
      draw(picture, static_cast<std::uint16_t>(number));
      EXPECT_EQ(read_number(view(picture)), number) << size.width << "x" << size.height;
    }
  }
}

TEST(Picture, SurvivesTheSmearOfAStrongCompression) {
  Picture picture(Size{640, 360});
  draw(picture, 0x1234);
  // Half of the contrast gone.
  std::ranges::transform(picture.luma, picture.luma.begin(), [](std::uint8_t value) {
    return static_cast<std::uint8_t>(64 + value / 2);
  });
  EXPECT_EQ(read_number(view(picture)), 0x1234);
}

TEST(Picture, WithoutANumberGivesNone) {
  Picture picture(Size{640, 360});
  std::ranges::fill(picture.luma, std::uint8_t{128});
  EXPECT_EQ(read_number(view(picture)), std::nullopt);
}

TEST(Picture, MovesFromFrameToFrame) {
  Picture one(Size{320, 180});
  Picture next(Size{320, 180});
  draw(one, 8);
  draw(next, 9);
  EXPECT_NE(one.luma, next.luma);
}

}  // namespace
}  // namespace parlance::load
