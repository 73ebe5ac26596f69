// Decodes a stream and looks whether its pictures are the ones that were sent, in order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace parlance::load {

// VP8, whose pictures are numbered by draw().
class PictureChecker {
 public:
  PictureChecker();
  ~PictureChecker();
  PictureChecker(const PictureChecker&) = delete;
  PictureChecker& operator=(const PictureChecker&) = delete;

  // The number in the picture; nothing where it did not decode or can't be read.
  std::optional<std::uint16_t> check(std::span<const std::uint8_t> frame, std::size_t clip_frames);

  struct Counters {
    std::uint64_t decoded = 0;
    std::uint64_t broken = 0;      // the decoder refused it
    std::uint64_t unreadable = 0;  // without a clear number
    std::uint64_t out_of_order = 0;
  };

  const Counters& counters() const { return counters_; }

 private:
  struct Decoder;
  std::unique_ptr<Decoder> decoder_;
  std::optional<std::uint16_t> last_;
  Counters counters_;
};

// Opus.
class SoundChecker {
 public:
  SoundChecker();
  ~SoundChecker();
  SoundChecker(const SoundChecker&) = delete;
  SoundChecker& operator=(const SoundChecker&) = delete;

  void check(std::span<const std::uint8_t> packet);

  struct Counters {
    std::uint64_t decoded = 0;
    std::uint64_t broken = 0;  // refused, or not 20 ms long
  };

  const Counters& counters() const { return counters_; }

 private:
  struct Decoder;
  std::unique_ptr<Decoder> decoder_;
  Counters counters_;
};

}  // namespace parlance::load
