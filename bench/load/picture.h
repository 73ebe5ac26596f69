// A moving picture that carries its number: drawn as blocks large enough to survive compression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace parlance::load {

struct Size {
  unsigned width = 0;
  unsigned height = 0;
};

// Planar 4:2:0.
struct Picture {
  explicit Picture(Size of);

  Size size;
  std::vector<std::uint8_t> luma;
  std::vector<std::uint8_t> blue;
  std::vector<std::uint8_t> red;
};

// The luma plane of a decoded picture; `stride` bytes a row.
struct LumaView {
  std::span<const std::uint8_t> bytes;
  std::size_t stride = 0;
  Size size;
};

// Frame `number` of the moving picture, with its number in the two top rows of blocks.
void draw(Picture& picture, std::uint16_t number);

// The number drawn into it; nothing where the blocks are no clear answer.
std::optional<std::uint16_t> read_number(const LumaView& luma);

}  // namespace parlance::load
