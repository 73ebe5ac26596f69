#include "bench/load/picture.h"

#include <algorithm>

namespace parlance::load {

namespace {

constexpr unsigned kDigits = 16;
constexpr std::uint8_t kDark = 40;
constexpr std::uint8_t kBright = 215;
constexpr int kClear = 60;  // the least difference between a block and its opposite below

unsigned block_size(Size size) {
  return std::min(size.width / kDigits, size.height / 4);
}

void fill(Picture& picture, unsigned x, unsigned y, unsigned side, std::uint8_t value) {
  for (unsigned row = y; row < y + side; ++row) {
    std::fill_n(picture.luma.begin() + std::ptrdiff_t{row} * picture.size.width + x, side, value);
  }
}

// Of the middle half, away from the edges that compression smears.
int mean(const LumaView& luma, unsigned x, unsigned y, unsigned side) {
  const unsigned margin = side / 4;
  int sum = 0;
  int count = 0;
  for (unsigned row = y + margin; row < y + side - margin; ++row) {
    for (unsigned column = x + margin; column < x + side - margin; ++column) {
      sum += luma.bytes[row * luma.stride + column];
      ++count;
    }
  }
  return count == 0 ? 0 : sum / count;
}

// Repeatable noise, so that there is as much to encode as in a camera's picture.
std::uint32_t scramble(std::uint32_t value) {
  value ^= value >> 16U;
  value *= 0x7FEB352DU;
  value ^= value >> 15U;
  value *= 0x846CA68BU;
  return value ^ value >> 16U;
}

}  // namespace

Picture::Picture(Size of)
    : size(of),
      luma(std::size_t{of.width} * of.height),
      blue(std::size_t{of.width / 2} * (of.height / 2), 110),
      red(std::size_t{of.width / 2} * (of.height / 2), 140) {}

void draw(Picture& picture, std::uint16_t number) {
  const auto [width, height] = picture.size;
  constexpr unsigned kGrain = 8;
  for (unsigned y = 0; y < height; ++y) {
    for (unsigned x = 0; x < width; ++x) {
      const unsigned slope = (x + 3U * number) / 4 + (y + number) / 3;
      const std::uint32_t noise =
          scramble((x + 2U * number) / kGrain * 7919U + y / kGrain * 104'729U + number / 4U) &
          0x1FU;
      picture.luma[std::size_t{y} * width + x] =
          static_cast<std::uint8_t>(60U + (slope & 0x7FU) + noise);
    }
  }
  const unsigned side = block_size(picture.size);
  for (unsigned digit = 0; digit < kDigits; ++digit) {
    const bool set = (number >> digit & 1U) != 0;
    fill(picture, digit * side, 0, side, set ? kBright : kDark);
    fill(picture, digit * side, side, side, set ? kDark : kBright);
  }
}

std::optional<std::uint16_t> read_number(const LumaView& luma) {
  const unsigned side = block_size(luma.size);
  std::uint16_t number = 0;
  for (unsigned digit = 0; digit < kDigits; ++digit) {
    const int difference = mean(luma, digit * side, 0, side) - mean(luma, digit * side, side, side);
    if (difference > -kClear && difference < kClear) {
      return std::nullopt;
    }
    if (difference > 0) {
      number = static_cast<std::uint16_t>(number | 1U << digit);
    }
  }
  return number;
}

}  // namespace parlance::load
