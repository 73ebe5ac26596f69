// One received stream and one consumer of it under any order of numbers, pauses and delays: each
// three bytes are a sequence number and a step of time with what happens.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "rtp/stream/arrival_log.h"
#include "rtp/stream/nack_generator.h"
#include "rtp/stream/receive_statistics.h"
#include "rtp/stream/retransmission_ring.h"
#include "rtp/stream/sequence_rewriter.h"

using namespace parlance;
using namespace parlance::rtp;

namespace {

class Stream {
 public:
  void on_packet(std::uint16_t sequence, std::uint8_t what) {
    now_ += std::chrono::milliseconds(what & 0x1FU);
    log_.on_packet(now_, sequence, 1);
    const SequenceUpdate update = tracker_.update(sequence);
    statistics_.on_packet(now_, update, static_cast<std::uint32_t>(sequence) * 3000);
    if (update.verdict == SequenceVerdict::kBad) {
      return;
    }
    if (update.verdict == SequenceVerdict::kReset) {
      nack_.reset();
      ring_.clear();
      rewriter_.start_run(update.extended);
    }
    const ExtendedSequence number = update.extended;
    nack_.on_packet(now_, number, (what & 0x20U) != 0);
    ring_.insert(now_, number, number);
    CHECK(ring_.size() <= 500);
    if ((what & 0x40U) != 0) {
      rewriter_.start_run(tracker_.newest() + 1);
    } else if ((what & 0x80U) != 0) {
      rewriter_.skip(number);
    } else {
      send(number);
    }
    timers();
  }

 private:
  void send(ExtendedSequence number) {
    const auto output = rewriter_.map(number);
    if (!output) {
      return;
    }
    const auto input = rewriter_.find(*output);
    CHECK(input && input->sequence == number);
    const auto* stored = ring_.find(now_, number);
    CHECK(stored == nullptr || *stored == number);
  }

  void timers() {
    std::vector<std::uint16_t> asked;
    while (nack_.next_timeout() <= now_) {
      nack_.on_timeout(now_, asked);
    }
    CHECK(asked.size() <= kNackMaxList);
    CHECK(nack_.missing() <= kNackMaxList);
    std::array<std::uint8_t, 1500> buffer{};
    while (log_.next_timeout() <= now_) {
      ByteWriter out(buffer);
      if (log_.write_feedback(now_, out, 1)) {
        CHECK(out.size() <= rtcp::kMaxFeedbackSize);
        const auto packet = rtcp::CompoundReader(out.written()).next();
        CHECK(packet && rtcp::parse_transport_feedback(*packet));
      }
      CHECK(out.ok());
    }
    statistics_.make_report(now_, 1);
  }

  Timestamp now_{std::chrono::seconds(1000)};
  SequenceTracker tracker_;
  NackGenerator nack_;
  ReceiveStatistics statistics_{90'000};
  ArrivalLog log_;
  RetransmissionRing<ExtendedSequence> ring_{std::chrono::milliseconds(1000), 500};
  SequenceRewriter rewriter_{65'000};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Stream stream;
  for (std::size_t at = 0; at + 3 <= size; at += 3) {
    stream.on_packet(static_cast<std::uint16_t>(data[at] << 8U | data[at + 1]), data[at + 2]);
  }
  return 0;
}
