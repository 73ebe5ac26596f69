#include "sfu/transport/rtcp_batch.h"

#include <algorithm>

#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"

namespace parlance::sfu {

namespace {

// Sequence numbers in one NACK packet; each takes an item of four bytes at worst (RFC 4585
// section 6.2.1).
constexpr std::size_t kMaxNackNumbers = 256;
constexpr std::size_t kNackHeader = 12;
constexpr std::size_t kNackItem = 4;
constexpr std::size_t kPliSize = 12;  // RFC 4585 section 6.3.1
constexpr std::size_t kFirSize = 20;  // RFC 5104 section 4.3.1

}  // namespace

ByteWriter& RtcpBatch::room(std::size_t bytes) {
  if (writer_.size() + bytes > bytes_.size()) {
    flush();
  }
  return writer_;
}

void RtcpBatch::flush() {
  if (writer_.ok() && writer_.size() > 0) {
    sender_.send_rtcp(now_, writer_.written(), outbox_);
  }
  writer_ = ByteWriter(bytes_);
}

void FeedbackWriter::ask_packets(rtp::Ssrc media, std::span<const std::uint16_t> ascending) {
  while (!ascending.empty()) {
    const auto part = ascending.first(std::min(ascending.size(), kMaxNackNumbers));
    ByteWriter& out = batch_.room(kNackHeader + part.size() * kNackItem);
    rtp::rtcp::write_nack(out, sender_, media, part);
    ascending = ascending.subspan(part.size());
  }
}

void FeedbackWriter::ask_key_frame_by_pli(rtp::Ssrc media) {
  ++counters_.key_frames_asked;
  rtp::rtcp::write_picture_loss(batch_.room(kPliSize), {.sender = sender_, .media = media});
}

void FeedbackWriter::ask_key_frame_by_fir(rtp::Ssrc media, std::uint8_t request) {
  ++counters_.key_frames_asked;
  rtp::rtcp::write_full_intra_request(
      batch_.room(kFirSize), sender_, {.ssrc = media, .sequence = request});
}

}  // namespace parlance::sfu
