#include "rtp/codec/dependency_descriptor.h"

#include <algorithm>
#include <bit>

namespace parlance::rtp {

namespace {

constexpr std::size_t kMandatorySize = 3;
constexpr std::uint8_t kMaxSpatialLayer = 3;  // appendix A.8.2
constexpr std::uint8_t kMaxTemporalLayer = 7;

}  // namespace

// Reads bit by bit from the front; sticky like ByteReader.
class DependencyDescriptorReader::Bits {
 public:
  explicit Bits(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }

  // f(n) of the specification, 32 bits at most.
  std::uint32_t take(std::size_t count) {
    if (!ok_ || bytes_.size() * 8 - at_ < count) {
      ok_ = false;
      return 0;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i, ++at_) {
      value = value << 1U | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1U);
    }
    return value;
  }

  bool flag() { return take(1) != 0; }

  // ns(n): a number below n (appendix A.8.1).
  std::uint32_t take_below(std::uint32_t n) {
    const auto width = static_cast<std::size_t>(std::bit_width(n));
    const std::uint32_t short_codes = (1U << width) - n;
    const std::uint32_t value = take(width - 1);
    return value < short_codes ? value : (value << 1U) - short_codes + take(1);
  }

  void skip(std::size_t count) {
    if (!ok_ || bytes_.size() * 8 - at_ < count) {
      ok_ = false;
      return;
    }
    at_ += count;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// Appendix A.8.1, the fields that every packet has:
//
//  0                   1                   2
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |S|E| template  |         frame number          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |T|A|D|F|C|  structure, active targets, custom dependencies (extended form only)
// +-+-+-+-+-+
std::optional<FrameDescription> DependencyDescriptorReader::read(
    std::span<const std::uint8_t> extension) {
  Bits bits(extension);
  FrameDescription frame;
  frame.starts_frame = bits.flag();
  frame.ends_frame = bits.flag();
  const std::uint32_t template_id = bits.take(6);
  frame.frame_number = static_cast<std::uint16_t>(bits.take(16));
  std::optional<Structure> fresh;
  if (extension.size() > kMandatorySize) {
    frame.has_structure = bits.flag();
    const bool has_active_targets = bits.flag();
    bits.skip(
        3);  // custom decode target, frame and chain differences: nothing that forwarding needs
    if (frame.has_structure) {
      fresh = read_structure(bits);
      if (!fresh) {
        return std::nullopt;
      }
      frame.active_decode_targets = static_cast<std::uint32_t>((1ULL << fresh->decode_targets) - 1);
    }
    if (has_active_targets) {
      frame.active_decode_targets =
          bits.take(fresh ? fresh->decode_targets : structure_.decode_targets);
    }
  }
  const Structure& structure = fresh ? *fresh : structure_;
  const std::size_t index =
      (template_id + kMaxTemplates - structure.template_offset) % kMaxTemplates;
  if (!bits.ok() || index >= structure.template_count) {
    return std::nullopt;
  }
  frame.spatial_layer = structure.templates[index].spatial;
  frame.temporal_layer = structure.templates[index].temporal;
  if (fresh) {
    structure_ = *fresh;
  }
  return frame;
}

// template_dependency_structure() of appendix A.8.2.
std::optional<DependencyDescriptorReader::Structure> DependencyDescriptorReader::read_structure(
    Bits& bits) {
  Structure structure;
  structure.template_offset = static_cast<std::uint8_t>(bits.take(6));
  structure.decode_targets = static_cast<std::uint8_t>(bits.take(5) + 1);
  if (!read_layers(bits, structure)) {
    return std::nullopt;
  }
  skip_frame_dependencies(bits, structure);
  if (bits.flag()) {
    bits.skip(32UL * structure.spatial_layers);  // width and height of each spatial layer
  }
  return bits.ok() ? std::optional(structure) : std::nullopt;
}

// template_layers(): each template's layer, told as the step from the one before.
bool DependencyDescriptorReader::read_layers(Bits& bits, Structure& structure) {
  enum : std::uint8_t { kSameLayer = 0, kNextTemporal = 1, kNextSpatial = 2, kNoMore = 3 };

  Layer layer;
  std::uint32_t step = kSameLayer;
  while (step != kNoMore) {
    if (structure.template_count == kMaxTemplates || !bits.ok() ||
        layer.spatial > kMaxSpatialLayer || layer.temporal > kMaxTemporalLayer) {
      return false;
    }
    structure.templates[structure.template_count++] = layer;
    structure.spatial_layers = static_cast<std::uint8_t>(layer.spatial + 1);
    structure.temporal_layers =
        std::max(structure.temporal_layers, static_cast<std::uint8_t>(layer.temporal + 1));
    step = bits.take(2);
    if (step == kNextTemporal) {
      ++layer.temporal;
    } else if (step == kNextSpatial) {
      layer = Layer{static_cast<std::uint8_t>(layer.spatial + 1), 0};
    }
  }
  return bits.ok();
}

// template_dtis(), template_fdiffs() and template_chains().
void DependencyDescriptorReader::skip_frame_dependencies(Bits& bits, const Structure& structure) {
  bits.skip(2 * structure.template_count * structure.decode_targets);
  for (std::size_t i = 0; i < structure.template_count; ++i) {
    while (bits.ok() && bits.flag()) {
      bits.skip(4);
    }
  }
  const std::uint32_t chains = bits.take_below(structure.decode_targets + 1U);
  if (chains == 0) {
    return;
  }
  for (unsigned i = 0; i < structure.decode_targets; ++i) {
    bits.take_below(chains);
  }
  bits.skip(4 * structure.template_count * chains);
}

}  // namespace parlance::rtp
