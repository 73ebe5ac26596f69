#include "rtp/packet/header_template.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "base/check.h"
#include "rtp/packet/rtx.h"

namespace parlance::rtp {

namespace {

constexpr std::size_t kExtensionBlockAt = kRtpFixedHeaderSize;
constexpr std::size_t kElementsAt = kExtensionBlockAt + 4;
constexpr std::uint16_t kOneByteProfile = 0xBEDE;  // RFC 8285 section 4.2
constexpr std::uint8_t kMaxOneByteId = 14;
constexpr std::size_t kMaxOneByteSize = 16;

// An extension passed on as it was received, if its value has one of its legal sizes.
struct Copied {
  ExtensionKind kind;
  std::size_t size;
  std::size_t other_size;
};

// In this order behind the fixed ones.
constexpr std::array kCopied = {
    Copied{ExtensionKind::kAudioLevel, 1, 1},
    Copied{ExtensionKind::kVideoOrientation, 1, 1},
    Copied{ExtensionKind::kTimeOffset, 3, 3},
    Copied{ExtensionKind::kPlayoutDelay, 3, 3},
    Copied{ExtensionKind::kAbsCaptureTime, 8, 16},
};

constexpr bool is_copied(ExtensionKind kind) {
  return std::ranges::any_of(kCopied, [&](const Copied& copied) { return copied.kind == kind; });
}

constexpr bool is_fixed(ExtensionKind kind) {
  return kind == ExtensionKind::kMid || kind == ExtensionKind::kAbsSendTime ||
         kind == ExtensionKind::kTransportSequence;
}

constexpr std::uint8_t element_header(std::uint8_t id, std::size_t size) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(id) << 4U | (size - 1));
}

void put(std::span<std::uint8_t> out, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    out[at + i] = static_cast<std::uint8_t>(value >> (8U * (size - 1 - i)) & 0xFFU);
  }
}

// RFC 3550 section 5.1: the last byte says how many there are.
void pad(std::span<std::uint8_t> out, std::size_t at, std::uint8_t padding) {
  out[0] |= 0x20U;
  std::ranges::fill(out.subspan(at, padding - 1U), std::uint8_t{0});
  out[at + padding - 1] = padding;
}

}  // namespace

HeaderTemplate::HeaderTemplate(std::uint8_t payload_type,
                               Ssrc ssrc,
                               std::string_view mid,
                               std::span<const RtpHeaderExtensionParameters> negotiated)
    : ssrc_(ssrc), payload_type_(payload_type) {
  for (const RtpHeaderExtensionParameters& extension : negotiated) {
    const ExtensionKind kind = extension_kind(extension.uri);
    CHECK(extension.id <= kMaxOneByteId);
    if (is_fixed(kind) || is_copied(kind)) {
      extensions_.add(kind, extension.id);
    }
  }
  CHECK(mid.size() <= kMaxOneByteSize);
  ByteWriter out(bytes_);
  out.u8(0x80);  // version 2
  out.u8(payload_type);
  out.zeros(6);
  out.u32(ssrc);
  out.u16(kOneByteProfile);
  out.u16(0);
  if (sends(ExtensionKind::kAbsSendTime)) {
    out.u8(element_header(extensions_.id(ExtensionKind::kAbsSendTime), 3));
    abs_send_time_at_ = out.size();
    out.zeros(3);
  }
  if (sends(ExtensionKind::kTransportSequence)) {
    out.u8(element_header(extensions_.id(ExtensionKind::kTransportSequence), 2));
    transport_sequence_at_ = out.size();
    out.zeros(2);
  }
  if (sends(ExtensionKind::kMid) && !mid.empty()) {
    out.u8(element_header(extensions_.id(ExtensionKind::kMid), mid.size()));
    for (const char c : mid) {
      out.u8(static_cast<std::uint8_t>(c));
    }
  }
  CHECK(out.ok());
  fixed_size_ = out.size();
}

std::size_t copied_extensions_size(const PacketView& received) {
  std::size_t size = 0;
  for (const Copied& copied : kCopied) {
    if (received.has(copied.kind)) {
      size += 1 + received.extension(copied.kind).size();
    }
  }
  return size;
}

std::size_t HeaderTemplate::append_copied(std::span<std::uint8_t> out,
                                          std::size_t at,
                                          const PacketView& received,
                                          const OutgoingFields& fields) const {
  for (const auto& [kind, size, other_size] : kCopied) {
    const std::uint8_t id = extensions_.id(kind);
    const auto value = received.extension(kind);
    if (id == 0 || (value.size() != size && value.size() != other_size)) {
      continue;
    }
    const std::size_t header_at = at++;
    std::ranges::copy(value, out.begin() + static_cast<std::ptrdiff_t>(at));
    at += value.size();
    if (kind == ExtensionKind::kAbsCaptureTime && fields.capture_clock_offset) {
      if (const auto time = received.abs_capture_time()) {
        const auto sum = static_cast<std::uint64_t>(time->clock_offset.value_or(0)) +
                         static_cast<std::uint64_t>(*fields.capture_clock_offset);
        put(out, header_at + 1 + sizeof(time->ntp), sum, sizeof(sum));
        at = header_at + 1 + sizeof(time->ntp) + sizeof(sum);
      }
    }
    out[header_at] = element_header(id, at - header_at - 1);
  }
  return at;
}

std::size_t HeaderTemplate::write_header(std::span<std::uint8_t> out,
                                         const PacketView* received,
                                         const OutgoingFields& fields) const {
  if (out.size() < kMaxSize) {
    return 0;
  }
  std::copy_n(bytes_.begin(), fixed_size_, out.begin());
  if (fields.marker) {
    out[1] |= 0x80U;
  }
  put(out, 2, fields.sequence, 2);
  put(out, 4, fields.timestamp, 4);
  if (abs_send_time_at_ != 0) {
    put(out, abs_send_time_at_, fields.abs_send_time, 3);
  }
  if (transport_sequence_at_ != 0) {
    put(out, transport_sequence_at_, fields.transport_sequence, 2);
  }
  std::size_t at = fixed_size_;
  if (received != nullptr) {
    at = append_copied(out, at, *received, fields);
  }
  if (at == kElementsAt) {
    return kRtpFixedHeaderSize;  // no extension, no block
  }
  while ((at - kElementsAt) % 4 != 0) {
    out[at++] = 0;
  }
  out[0] |= 0x10U;
  put(out, kExtensionBlockAt + 2, (at - kElementsAt) / 4, 2);
  return at;
}

std::size_t HeaderTemplate::write(std::span<std::uint8_t> out,
                                  const PacketView& received,
                                  const OutgoingFields& fields) const {
  const auto payload = received.payload();
  if (out.size() < kMaxSize + payload.size() + fields.padding) {
    return 0;
  }
  const std::size_t header = write_header(out, &received, fields);
  std::ranges::copy(payload, out.begin() + static_cast<std::ptrdiff_t>(header));
  const std::size_t end = header + payload.size();
  if (fields.padding != 0) {
    pad(out, end, fields.padding);
  }
  return end + fields.padding;
}

std::size_t HeaderTemplate::write_rtx(std::span<std::uint8_t> out,
                                      const PacketView& received,
                                      const OutgoingFields& fields,
                                      std::uint16_t original_sequence) const {
  const auto payload = received.payload();
  if (out.size() < kMaxSize + kRtxOverhead + payload.size()) {
    return 0;
  }
  const std::size_t header = write_header(out, &received, fields);
  put(out, header, original_sequence, kRtxOverhead);
  std::ranges::copy(payload, out.begin() + static_cast<std::ptrdiff_t>(header + kRtxOverhead));
  return header + kRtxOverhead + payload.size();
}

std::size_t HeaderTemplate::write_padding(std::span<std::uint8_t> out,
                                          const OutgoingFields& fields,
                                          std::uint8_t padding) const {
  CHECK(padding >= 1);
  if (out.size() < kMaxSize + padding) {
    return 0;
  }
  const std::size_t header = write_header(out, nullptr, fields);
  pad(out, header, padding);
  return header + padding;
}

}  // namespace parlance::rtp
