#include "bench/load/bad_subscriber.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/byte_writer.h"
#include "bench/load/rtcp.h"
#include "bench/load/rtp_header.h"

namespace parlance::load {

namespace {

// What an item of a NACK names, and the items that one packet of kMaxRtcp has room for.
constexpr std::size_t kInItem = 17;
constexpr std::size_t kItems = 272;

// So many of them are different: a second or two of video, each packet asked for many times over.
constexpr std::size_t kDifferent = 16;

}  // namespace

BadSubscriber::BadSubscriber(const ReceiveTerms& terms,
                             IceCredentials local,
                             const DtlsContext& dtls,
                             std::vector<ExpectedMedia> media)
    : inner_(
          terms, std::move(local), dtls, std::move(media), std::numeric_limits<unsigned>::max()) {}

void DeafSubscriber::on_media(std::span<std::uint8_t> datagram, Nanoseconds at) {
  inner_.on_media(datagram, at);
  if (inner_.served() && !deaf_) {
    deaf_ = true;
    link().socket().shrink_buffer();
  }
}

BadConduct DeafSubscriber::conduct() const {
  return {.unread = inner_.link().dropped() - unread_before_};
}

NackingSubscriber::NackingSubscriber(const ReceiveTerms& terms,
                                     IceCredentials local,
                                     const DtlsContext& dtls,
                                     std::vector<ExpectedMedia> media,
                                     unsigned nacks_per_second)
    : BadSubscriber(terms, std::move(local), dtls, std::move(media)),
      stream_(terms.streams.front()),
      nacks_per_second_(std::max(nacks_per_second, 1U)),
      asked_(kItems * kInItem) {}

void NackingSubscriber::on_media(std::span<std::uint8_t> datagram, Nanoseconds at) {
  const auto header =
      is_rtcp(datagram) ? std::nullopt : read_rtp_header(datagram, /*transport_cc_id=*/0);
  if (header && header->ssrc == stream_.ssrc) {
    newest_ = header->sequence;
    started_ = true;
  } else if (header && header->ssrc == stream_.rtx_ssrc) {
    ++conduct_.got_again;
  }
  inner_.on_media(datagram, at);
}

void NackingSubscriber::on_timer(Nanoseconds now) {
  BadSubscriber::on_timer(now);
  if (started_ && next_due_ == kNothingDue) {
    next_due_ = now;
  }
}

void NackingSubscriber::send_due(Nanoseconds now) {
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const std::size_t newest_first = i / kInItem % kDifferent * kInItem;
    asked_[i] = static_cast<std::uint16_t>(newest_ + 1U - kInItem - newest_first + i % kInItem);
  }
  std::array<std::uint8_t, kMaxRtcp> buffer{};
  ByteWriter out(buffer);
  write_nack(out, Reception::kOwnSsrc, stream_.ssrc, asked_);
  for (; next_due_ <= now; next_due_ += kSecond / nacks_per_second_) {
    link().send_rtcp(out.written());
    ++conduct_.nacks;
    conduct_.asked += asked_.size();
  }
}

}  // namespace parlance::load
