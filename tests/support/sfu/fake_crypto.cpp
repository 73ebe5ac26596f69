#include "tests/support/sfu/fake_crypto.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace parlance::test {

namespace {

constexpr std::uint8_t kHandshakeByte = 22;  // DTLS record types: the demultiplexer looks at them
constexpr std::uint8_t kAlertByte = 21;
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kClientKey = 0xC1;
constexpr std::uint8_t kServerKey = 0x5E;
constexpr std::size_t kTagSize = 16;

// Indices start here, so that those before a first packet are none below zero.
constexpr std::int64_t kFirstCycle = 0x10000;
constexpr std::size_t kIndexSize = 4;

std::uint64_t checksum(std::uint8_t key, std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0xCBF29CE484222325ULL ^ key;
  for (const std::uint8_t byte : bytes) {
    value = (value ^ byte) * 0x100000001B3ULL;
  }
  return value;
}

void write_tag(std::uint8_t key, std::span<const std::uint8_t> body, std::span<std::uint8_t> tag) {
  const std::uint64_t sum = checksum(key, body);
  for (std::size_t i = 0; i < tag.size(); ++i) {
    tag[i] = static_cast<std::uint8_t>(sum >> (8 * (i % 8)));
  }
}

bool tag_fits(std::uint8_t key, std::span<const std::uint8_t> packet) {
  const auto body = packet.first(packet.size() - kTagSize);
  std::array<std::uint8_t, kTagSize> expected{};
  write_tag(key, body, expected);
  return std::ranges::equal(expected, packet.subspan(body.size()));
}

std::vector<std::uint8_t> hello(std::uint8_t message, const sfu::Fingerprint& own) {
  std::vector<std::uint8_t> datagram(2 + sfu::Fingerprint::kSize);
  datagram[0] = kHandshakeByte;
  datagram[1] = message;
  std::ranges::copy(own.digest(), datagram.begin() + 2);
  return datagram;
}

std::uint32_t read_u32(std::span<const std::uint8_t> at) {
  return static_cast<std::uint32_t>(at[0]) << 24U | static_cast<std::uint32_t>(at[1]) << 16U |
         static_cast<std::uint32_t>(at[2]) << 8U | at[3];
}

}  // namespace

void FakeDtls::start(Timestamp now,
                     sfu::DtlsSide side,
                     const sfu::Fingerprint& remote,
                     sfu::DtlsOutput& out) {
  side_ = side;
  remote_ = remote;
  state_ = sfu::DtlsState::kHandshaking;
  const bool client = side == sfu::DtlsSide::kClient;
  keys_.outbound = {client ? kClientKey : kServerKey};
  keys_.inbound = {client ? kServerKey : kClientKey};
  if (client) {
    on_timeout(now, out);
  }
  for (const auto& datagram : std::exchange(early_, {})) {
    handle(datagram, out);
  }
}

void FakeDtls::on_datagram(Timestamp,
                           std::span<const std::uint8_t> datagram,
                           sfu::DtlsOutput& out) {
  if (state_ == sfu::DtlsState::kIdle) {
    if (early_.size() < kMaxEarlyDatagrams) {
      early_.emplace_back(datagram.begin(), datagram.end());
    }
    return;
  }
  handle(datagram, out);
}

void FakeDtls::handle(std::span<const std::uint8_t> datagram, sfu::DtlsOutput& out) {
  if (datagram.empty()) {
    return;
  }
  if (datagram[0] == kAlertByte && state_ == sfu::DtlsState::kConnected) {
    state_ = sfu::DtlsState::kClosed;
    return;
  }
  const bool server = side_ == sfu::DtlsSide::kServer;
  if (datagram[0] != kHandshakeByte || datagram.size() != 2 + sfu::Fingerprint::kSize ||
      datagram[1] != (server ? kClientHello : kServerHello)) {
    return;
  }
  if (state_ == sfu::DtlsState::kHandshaking) {
    if (!std::ranges::equal(datagram.subspan(2), remote_.digest())) {
      state_ = sfu::DtlsState::kFailed;
      error_ = sfu::DtlsError::kWrongFingerprint;
      repeat_at_ = kNever;
      return;
    }
    state_ = sfu::DtlsState::kConnected;
    repeat_at_ = kNever;
  }
  if (server && state_ == sfu::DtlsState::kConnected) {
    send(kServerHello, out);
  }
}

void FakeDtls::on_timeout(Timestamp now, sfu::DtlsOutput& out) {
  if (state_ == sfu::DtlsState::kHandshaking && side_ == sfu::DtlsSide::kClient) {
    send(kClientHello, out);
    repeat_at_ = now + std::chrono::milliseconds(100);
  }
}

void FakeDtls::close(sfu::DtlsOutput& out) {
  if (state_ == sfu::DtlsState::kConnected) {
    out.send_dtls(std::array{kAlertByte, std::uint8_t{0}});
  }
  state_ = sfu::DtlsState::kClosed;
  repeat_at_ = kNever;
}

void FakeDtls::send(std::uint8_t message, sfu::DtlsOutput& out) const {
  out.send_dtls(hello(message, own_));
}

void FakeSrtpOutbound::check_number(std::span<const std::uint8_t> packet) {
  const std::uint32_t ssrc = read_u32(packet.subspan(8));
  const auto sequence = static_cast<std::uint16_t>(packet[2] << 8U | packet[3]);
  Sent& sent = sent_[ssrc];
  const std::int64_t newest = sent.newest.value_or(kFirstCycle + sequence);
  const std::int64_t index =
      newest + static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(newest));
  sent.newest = std::max(newest, index);
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const std::uint8_t byte : packet) {
    hash = (hash ^ byte) * 1099511628211ULL;
  }
  Sent::Packet& known = sent.packets[static_cast<std::size_t>(index) % sent.packets.size()];
  if (known.index == index && known.hash != hash) {
    std::fprintf(stderr, "two packets under number %u of stream %u\n", sequence, ssrc);
    std::abort();
  }
  known = {.index = index, .hash = hash};
}

std::expected<std::size_t, sfu::SrtpError> FakeSrtpOutbound::protect_rtp(
    std::span<std::uint8_t> buffer, std::size_t size) {
  if (size + sfu::kSrtpMaxOverhead > buffer.size()) {
    return std::unexpected(sfu::SrtpError::kNoRoom);
  }
  if (strict_) {
    check_number(buffer.first(size));
  }
  write_tag(key_, buffer.first(size), buffer.subspan(size, kTagSize));
  return size + kTagSize;
}

std::expected<std::size_t, sfu::SrtpError> FakeSrtpOutbound::protect_rtcp(
    std::span<std::uint8_t> buffer, std::size_t size) {
  if (size + sfu::kSrtpMaxOverhead > buffer.size()) {
    return std::unexpected(sfu::SrtpError::kNoRoom);
  }
  const std::uint32_t index = ++rtcp_index_;
  for (std::size_t i = 0; i < kIndexSize; ++i) {
    buffer[size + i] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
  }
  const std::size_t body = size + kIndexSize;
  write_tag(key_, buffer.first(body), buffer.subspan(body, kTagSize));
  return body + kTagSize;
}

std::expected<std::size_t, sfu::SrtpError> FakeSrtpInbound::unprotect_rtp(
    std::span<std::uint8_t> packet) {
  if (packet.size() < 12 + kTagSize) {
    return std::unexpected(sfu::SrtpError::kMalformed);
  }
  const std::uint32_t ssrc = read_u32(packet.subspan(8));
  const auto sequence = static_cast<std::uint16_t>(packet[2] << 8U | packet[3]);
  const auto known = rtp_.find(ssrc);
  if (known == rtp_.end() && rtp_.size() >= kMaxStreams) {
    return std::unexpected(sfu::SrtpError::kTooManyStreams);
  }
  std::int64_t index = kFirstCycle + sequence;
  if (known != rtp_.end()) {
    const auto newest = static_cast<std::int64_t>(known->second.newest());
    index = newest + static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(newest));
    if (known->second.refuses(static_cast<std::uint64_t>(index))) {
      return std::unexpected(sfu::SrtpError::kReplayed);
    }
  }
  if (!tag_fits(key_, packet)) {
    return std::unexpected(sfu::SrtpError::kAuthentication);
  }
  rtp_[ssrc].add(static_cast<std::uint64_t>(index));
  return packet.size() - kTagSize;
}

std::expected<std::size_t, sfu::SrtpError> FakeSrtpInbound::unprotect_rtcp(
    std::span<std::uint8_t> packet) {
  if (packet.size() < 8 + kIndexSize + kTagSize) {
    return std::unexpected(sfu::SrtpError::kMalformed);
  }
  if (!tag_fits(key_, packet)) {
    return std::unexpected(sfu::SrtpError::kAuthentication);
  }
  const std::size_t size = packet.size() - kIndexSize - kTagSize;
  const std::uint64_t index = read_u32(packet.subspan(size));
  if (rtcp_.refuses(index)) {
    return std::unexpected(sfu::SrtpError::kReplayed);
  }
  rtcp_.add(index);
  return size;
}

void FakeSrtpInbound::forget(std::uint32_t ssrc) {
  rtp_.erase(ssrc);
}

FakeCrypto::FakeCrypto(std::uint64_t seed, std::uint8_t identity) : generator_(seed) {
  std::array<std::uint8_t, sfu::Fingerprint::kSize> digest{};
  digest.fill(identity);
  fingerprint_ = sfu::Fingerprint(digest);
}

std::vector<std::uint8_t> FakeCrypto::client_hello() const {
  return hello(kClientHello, fingerprint_);
}

void FakeCrypto::random(std::span<std::uint8_t> out) {
  for (std::uint8_t& byte : out) {
    byte = static_cast<std::uint8_t>(generator_());
  }
}

}  // namespace parlance::test
