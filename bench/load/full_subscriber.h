// A subscriber as a browser is one: a whole ICE agent, retransmissions asked for, every frame
// decoded and looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/load/frame_assembler.h"
#include "bench/load/histogram.h"
#include "bench/load/nice_link.h"
#include "bench/load/picture_checker.h"
#include "bench/load/subscriber.h"
#include "bench/load/terms.h"

namespace parlance::load {

class FullSubscriber final : public Subscriber {
 public:
  // Connects the link.
  FullSubscriber(std::unique_ptr<NiceLink> link,
                 const ReceiveTerms& terms,
                 std::vector<ExpectedMedia> media);

  NiceLink& link() override { return *link_; }

  // Every stream has given something to see or hear.
  bool served() const override;

  // About every 20 ms.
  void on_timer(Nanoseconds now);

  void add_to(Measured& measured) const override;

 private:
  // `picture` or `sound`.
  struct Stream {
    std::uint32_t ssrc = 0;
    ExpectedMedia media;
    std::unique_ptr<PictureChecker> picture;
    std::unique_ptr<SoundChecker> sound;
    FrameAssembler frames;
    Nanoseconds key_frame_asked_at = 0;
  };

  void on_media(std::span<std::uint8_t> datagram);
  void on_picture(Stream& stream,
                  const Arrived& arrived,
                  std::span<const std::uint8_t> payload,
                  Nanoseconds at);
  void decode(Stream& stream, Nanoseconds at);
  void repair(Stream& stream, Nanoseconds now);
  void ask_for_key_frame(Stream& stream, Nanoseconds now);

  std::unique_ptr<NiceLink> link_;
  std::vector<Stream> streams_;
  Nanoseconds next_report_ = 0;
  std::uint64_t asked_again_ = 0;
  std::uint64_t retransmitted_ = 0;
  std::uint64_t key_frames_asked_ = 0;
  Histogram picture_delay_;
};

}  // namespace parlance::load
