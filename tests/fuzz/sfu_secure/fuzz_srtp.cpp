// Datagrams into SRTP of every profile: as they come, and packets that a peer protected and the way
// spoilt. The input is the profile in one byte, then steps: what to do in one byte, two bytes of
// length, and so many bytes of packet. Where AES-GCM is ours, libsrtp2 has to say the same.
#include <algorithm>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/check.h"
#include "sfu/secure/libsrtp.h"
#include "sfu/secure/openssl_gcm.h"

namespace {

using namespace parlance;

using Bytes = std::vector<std::uint8_t>;
using Result = std::expected<Bytes, sfu::SrtpError>;

// What to do with the packet of a step.
constexpr std::uint8_t kReport = 1;      // RTCP
constexpr std::uint8_t kProtected = 2;   // by the peer, before it is spoilt
constexpr std::uint8_t kChanged = 4;     // three more bytes: where (2), and what is different there
constexpr std::uint8_t kCut = 8;         // one more byte: how much is missing
constexpr std::uint8_t kTwice = 16;      // a replay
constexpr std::uint8_t kForgotten = 32;  // the stream ends first, on this side
constexpr std::uint8_t kNotEncrypted = 64;  // RTCP without the E flag
constexpr std::uint8_t kOurs = 128;         // protected by our AES-GCM, not by libsrtp2

// libsrtp2's adapter counts the streams of both kinds together, ours each kind for itself: so many
// steps reach neither limit.
constexpr int kMaxSteps = 200;
static_assert(kMaxSteps < sfu::SrtpInbound::kMaxStreams);

Result protect(sfu::SrtpOutbound& session, bool report, const Bytes& plain) {
  Bytes packet = plain;
  packet.resize(plain.size() + sfu::kSrtpMaxOverhead);
  const auto size = report ? session.protect_rtcp(packet, plain.size())
                           : session.protect_rtp(packet, plain.size());
  if (!size) {
    return std::unexpected(size.error());
  }
  CHECK(*size > plain.size() && *size <= packet.size());
  packet.resize(*size);
  return packet;
}

Result unprotect(sfu::SrtpInbound& session, bool report, Bytes packet) {
  const auto size = report ? session.unprotect_rtcp(packet) : session.unprotect_rtp(packet);
  if (!size) {
    return std::unexpected(size.error());
  }
  CHECK(*size < packet.size());
  packet.resize(*size);
  return packet;
}

void check_same(const Result& actual, const Result& expected) {
  CHECK(actual.has_value() == expected.has_value());
  CHECK(!actual || *actual == *expected);
}

sfu::SrtpKeys keys_of(sfu::SrtpProfile profile) {
  const auto [key, salt] = sfu::key_sizes(profile);
  Bytes bytes(key + salt);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
  }
  return {.profile = profile, .outbound = bytes, .inbound = bytes};
}

// A peer and the receiver of its packets; for GCM on both libraries, which have to agree.
class Link {
 public:
  explicit Link(sfu::SrtpProfile profile)
      : keys_(keys_of(profile)), peer_(keys_), receiver_(keys_) {
    if (profile != sfu::SrtpProfile::kAes128CmSha1_80) {
      gcm_peer_ = std::make_unique<sfu::OpensslGcmOutbound>(keys_);
      gcm_receiver_ = std::make_unique<sfu::OpensslGcmInbound>(keys_);
    }
  }

  // By libsrtp2, or by ours where it is there and asked for.
  Result send(bool report, const Bytes& plain, bool ours) {
    Result theirs_made = protect(peer_, report, plain);
    if (gcm_peer_ == nullptr) {
      return theirs_made;
    }
    Result ours_made = protect(*gcm_peer_, report, plain);
    if (report) {  // ours counts the reports of all SSRCs in one
      CHECK(ours_made.has_value() == theirs_made.has_value());
      CHECK(!ours_made || ours_made->size() == theirs_made->size());
    } else {
      check_same(ours_made, theirs_made);
    }
    return ours ? ours_made : theirs_made;
  }

  Result receive(bool report, const Bytes& packet) {
    if (gcm_receiver_ == nullptr) {
      return unprotect(receiver_, report, packet);
    }
    Result plain = unprotect(*gcm_receiver_, report, packet);
    const bool encrypted = packet.size() >= 4 && (packet[packet.size() - 4] & 0x80U) != 0;
    if (report && !encrypted) {  // refused by ours only: RFC 7714 9.3 has it, browsers don't
      CHECK(!plain);
    } else {
      check_same(plain, unprotect(receiver_, report, packet));
    }
    return plain;
  }

  void forget(std::uint32_t ssrc) {
    receiver_.forget(ssrc);
    if (gcm_receiver_ != nullptr) {
      gcm_receiver_->forget(ssrc);
    }
  }

 private:
  sfu::SrtpKeys keys_;
  sfu::LibsrtpOutbound peer_;
  sfu::LibsrtpInbound receiver_;
  std::unique_ptr<sfu::OpensslGcmOutbound> gcm_peer_;
  std::unique_ptr<sfu::OpensslGcmInbound> gcm_receiver_;
};

// True where the packet is another one now.
bool spoil(std::uint8_t step, ByteReader& reader, Bytes& packet) {
  const Bytes before = packet;
  if ((step & kChanged) != 0) {
    const std::size_t where = reader.u16();
    const std::uint8_t difference = reader.u8();
    if (!packet.empty()) {
      packet[where % packet.size()] ^= difference;
    }
  }
  if ((step & kCut) != 0) {
    packet.resize(packet.size() - std::min<std::size_t>(reader.u8(), packet.size()));
  }
  if ((step & kNotEncrypted) != 0 && packet.size() >= 4) {
    packet[packet.size() - 4] &= 0x7FU;
  }
  return packet != before;
}

void run_step(Link& link, ByteReader& reader) {
  const std::uint8_t step = reader.u8();
  const bool report = (step & kReport) != 0;
  const std::size_t length = std::min<std::size_t>(reader.u16(), reader.remaining());
  const auto body = reader.bytes(length);
  const Bytes plain(body.begin(), body.end());
  const std::size_t ssrc_at = report ? 4 : 8;
  if ((step & kForgotten) != 0 && plain.size() >= ssrc_at + 4) {
    link.forget(ByteReader(std::span(plain).subspan(ssrc_at)).u32());
  }
  const bool peers = (step & kProtected) != 0;
  const Result made = peers ? link.send(report, plain, (step & kOurs) != 0) : plain;
  if (!made) {
    return;
  }
  Bytes packet = *made;
  const bool spoilt = spoil(step, reader, packet);
  const Result result = link.receive(report, packet);
  if (!peers || spoilt) {
    CHECK(!result);  // nobody makes a tag without the key
  } else {
    CHECK(!result || *result == plain);
  }
  if ((step & kTwice) != 0) {
    CHECK(!link.receive(report, packet));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sfu::init_libsrtp();
  // Debian's libsrtp2 starts NSS with its first cipher and ends it with the last: twenty times the
  // work, and more under the sanitizers.
  static const Link keeps_nss(sfu::SrtpProfile::kAeadAes128Gcm);
  ByteReader reader({data, size});
  constexpr std::uint8_t kProfiles = 3;
  Link link(static_cast<sfu::SrtpProfile>(reader.u8() % kProfiles));
  for (int step = 0; step < kMaxSteps && reader.ok() && reader.remaining() > 0; ++step) {
    run_step(link, reader);
  }
  return 0;
}
