// A subscriber as a browser is one: a whole ICE agent, retransmissions asked for, every frame
// decoded and looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/load/frame_assembler.h"
#include "bench/load/histogram.h"
#include "bench/load/light_subscriber.h"
#include "bench/load/nice_link.h"
#include "bench/load/picture_checker.h"
#include "bench/load/reception.h"
#include "bench/load/rtp_header.h"
#include "bench/load/terms.h"

namespace parlance::load {

// Lives on the thread of its context.
class FullSubscriber {
 public:
  FullSubscriber(NiceContext& context, const DtlsContext& dtls);

  // What it tells the server before it knows anything.
  IceCredentials local() const { return link_.local(); }

  void connect(const ReceiveTerms& terms, std::vector<ExpectedMedia> media);

  bool connected() const { return link_.connected(); }

  bool failed() const { return link_.failed(); }

  // About every 20 ms.
  void on_timer(Nanoseconds now);

  struct Counters {
    std::uint64_t packets = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t undecryptable = 0;
    std::uint64_t asked_again = 0;  // packets asked for by NACK
    std::uint64_t key_frames_asked = 0;
    std::uint64_t key_frames = 0;
    Histogram picture_delay;  // from the sending of a frame's first packet to its decoded picture
  };

  Counters& counters() { return counters_; }

  PictureChecker::Counters pictures() const;
  SoundChecker::Counters sounds() const;
  // Packets, by the sequence numbers of all streams.
  std::uint64_t expected() const;
  // Every stream has given something to see or hear.
  bool complete() const;

 private:
  // One stream: `video` or `sound`.
  struct Stream {
    load::Stream terms;
    ExpectedMedia media;
    std::unique_ptr<PictureChecker> picture;
    std::unique_ptr<SoundChecker> sound;
    FrameAssembler frames;
    Nanoseconds key_frame_asked_at = 0;
  };

  void on_media(std::span<std::uint8_t> datagram);
  void on_rtcp(std::span<std::uint8_t> datagram, Nanoseconds at);
  void on_retransmission(Stream& stream,
                         const RtpHeader& header,
                         std::span<const std::uint8_t> payload,
                         Nanoseconds at);
  void decode(Stream& stream, Nanoseconds at);
  void repair(Stream& stream, Nanoseconds now);
  void ask_for_key_frame(Stream& stream, Nanoseconds now);
  void send_rtcp(std::span<const std::uint8_t> packet);

  NiceLink link_;
  std::vector<Stream> streams_;
  std::unique_ptr<Reception> reception_;
  Nanoseconds next_reports_ = 0;
  Counters counters_;
};

}  // namespace parlance::load
