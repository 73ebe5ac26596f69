// The dependency descriptor header extension (AV1 RTP specification v1.0, appendix A).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace parlance::rtp {

struct FrameDescription {
  bool starts_frame = false;
  bool ends_frame = false;
  bool has_structure = false;  // sent with key frames
  std::uint16_t frame_number = 0;
  std::uint8_t spatial_layer = 0;
  std::uint8_t temporal_layer = 0;
  std::optional<std::uint32_t> active_decode_targets;  // a bit each; known where it is sent

  bool starts_key_frame() const { return starts_frame && has_structure; }

  bool operator==(const FrameDescription&) const = default;
};

// One per received stream: later packets refer to the templates that a key frame brought.
class DependencyDescriptorReader {
 public:
  // Nothing for a descriptor that is cut short, or refers to a template that is not known (the key
  // frame with the structure was lost). A bad descriptor doesn't change the known structure.
  std::optional<FrameDescription> read(std::span<const std::uint8_t> extension);

  std::uint8_t spatial_layers() const { return structure_.spatial_layers; }

  std::uint8_t temporal_layers() const { return structure_.temporal_layers; }

 private:
  static constexpr std::size_t kMaxTemplates = 64;  // 6 bits of template id

  struct Layer {
    std::uint8_t spatial = 0;
    std::uint8_t temporal = 0;
  };

  struct Structure {
    std::array<Layer, kMaxTemplates> templates{};
    std::size_t template_count = 0;  // 0: none known
    std::uint8_t template_offset = 0;
    std::uint8_t decode_targets = 0;
    std::uint8_t spatial_layers = 0;
    std::uint8_t temporal_layers = 0;
  };

  class Bits;

  static std::optional<Structure> read_structure(Bits& bits);
  static bool read_layers(Bits& bits, Structure& structure);
  static void skip_frame_dependencies(Bits& bits, const Structure& structure);

  Structure structure_;
};

}  // namespace parlance::rtp
