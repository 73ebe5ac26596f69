// SRTP and SRTCP for one direction of one transport. Interfaces, so that the pure cores can have
// fakes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

namespace parlance::sfu {

// In the order in which we prefer them (AES-128-GCM costs a quarter of AES-CM with HMAC-SHA1).
// NOLINTNEXTLINE(readability-identifier-naming): 80 is the length of the tag, in bits
enum class SrtpProfile : std::uint8_t { kAeadAes128Gcm, kAeadAes256Gcm, kAes128CmSha1_80 };

// As mediasoup names them: "AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80".
std::string_view to_string(SrtpProfile profile);

// Bytes of master key and of master salt: RFC 7714 12, RFC 5764 4.1.2.
struct SrtpKeySizes {
  std::size_t key = 0;
  std::size_t salt = 0;
};

SrtpKeySizes key_sizes(SrtpProfile profile);

// Key, then salt, for each direction.
struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::vector<std::uint8_t> outbound;
  std::vector<std::uint8_t> inbound;
};

// What protecting may add to a packet: a 16-byte tag, and for SRTCP the 4-byte index.
inline constexpr std::size_t kSrtpMaxOverhead = 20;

enum class SrtpError : std::uint8_t {
  kMalformed,       // too short, or lengths inside that don't fit
  kAuthentication,  // wrong key or changed on the way
  kReplayed,        // seen before, or older than the window
  kTooManyStreams,  // more SSRCs than SrtpInbound::kMaxStreams
  kNoRoom,          // the buffer lacks kSrtpMaxOverhead
  kInternal,        // key limit reached, out of memory
};

// Encrypts in place. The same sequence number may be protected again (retransmission of the same
// bytes).
class SrtpOutbound {
 public:
  virtual ~SrtpOutbound() = default;

  // `buffer` holds `size` bytes of plain packet and room for kSrtpMaxOverhead more; the new size is
  // returned.
  virtual std::expected<std::size_t, SrtpError> protect_rtp(std::span<std::uint8_t> buffer,
                                                            std::size_t size) = 0;
  virtual std::expected<std::size_t, SrtpError> protect_rtcp(std::span<std::uint8_t> buffer,
                                                             std::size_t size) = 0;

  // The stream is over: its state is freed. To be called when a consumer closes.
  virtual void forget(std::uint32_t ssrc) = 0;
};

// Authenticates and decrypts in place.
class SrtpInbound {
 public:
  // A peer that invents SSRCs gets no more state than this.
  static constexpr std::size_t kMaxStreams = 256;

  // Packets a stream may be late and still be told from a replay.
  static constexpr std::size_t kReplayWindow = 1024;

  virtual ~SrtpInbound() = default;

  // The new size is returned. On failure the contents of `packet` are undefined.
  virtual std::expected<std::size_t, SrtpError> unprotect_rtp(std::span<std::uint8_t> packet) = 0;
  virtual std::expected<std::size_t, SrtpError> unprotect_rtcp(std::span<std::uint8_t> packet) = 0;

  virtual void forget(std::uint32_t ssrc) = 0;
};

}  // namespace parlance::sfu
