// Any bytes as a packet: what parses has its payload inside, can be sent on, and comes back the
// same.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "base/check.h"
#include "rtp/packet/demux.h"
#include "rtp/packet/header_template.h"
#include "rtp/packet/packet_view.h"
#include "rtp/packet/rtx.h"

using namespace parlance;
using namespace parlance::rtp;

namespace {

constexpr std::uint16_t kOneByteProfile = 0xBEDE;  // RFC 8285 section 4.2
constexpr std::uint16_t kTwoByteProfile = 0x1000;  // RFC 8285 section 4.3

std::vector<RtpHeaderExtensionParameters> every_extension() {
  std::vector<RtpHeaderExtensionParameters> all;
  for (std::size_t i = 1; i < kExtensionKinds; ++i) {
    all.push_back({std::string(extension_uri(static_cast<ExtensionKind>(i))),
                   static_cast<std::uint8_t>(i),
                   false});
  }
  return all;
}

void send_on(const PacketView& view, const ExtensionMap& map, const HeaderTemplate& header) {
  std::vector<std::uint8_t> slot(view.payload().size() + HeaderTemplate::kMaxSize + kRtxOverhead);
  OutgoingFields fields;
  fields.sequence = 77;
  fields.capture_clock_offset = 5;
  const std::size_t size = header.write(slot, view, fields);
  const auto sent = PacketView::parse(std::span(slot).first(size), map);
  CHECK(sent.has_value());
  CHECK(std::ranges::equal(sent->payload(), view.payload()));
  CHECK(sent->audio_level() == view.audio_level() ||
        view.extension(ExtensionKind::kAudioLevel).size() != 1);

  const std::size_t rtx_size = header.write_rtx(slot, view, fields, view.sequence());
  const auto packet = std::span(slot).first(rtx_size);
  const auto restored = restore_from_rtx(packet, PacketView::parse(packet, map).value(), 99, 4711);
  CHECK(restored.has_value());
  const auto original = PacketView::parse(*restored, map);
  CHECK(original.has_value());
  CHECK(original->sequence() == view.sequence());
  CHECK(original->ssrc() == 4711);
  CHECK(std::ranges::equal(original->payload(), view.payload()));
}

void restore(std::span<const std::uint8_t> bytes, const ExtensionMap& map) {
  std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  if (const auto view = PacketView::parse(copy, map)) {
    if (const auto original = restore_from_rtx(copy, *view, 99, 4711)) {
      CHECK(PacketView::parse(*original, map).has_value());
    }
  }
}

// Any bytes as the extension block of a packet that is sound otherwise: every input gets to
// PacketView::parse_one_byte_elements and parse_two_byte_elements, not only those that happen to
// hold the profile and the right length.
void parse_as_extensions(std::span<const std::uint8_t> bytes,
                         const ExtensionMap& map,
                         std::uint16_t profile) {
  constexpr std::size_t kMostWords = 300;  // about what a datagram holds
  const std::size_t words = std::min(bytes.size() / 4, kMostWords);
  std::vector<std::uint8_t> packet(kRtpFixedHeaderSize + 4 + 4 * words);
  ByteWriter out(packet);
  out.u8(0x90);  // version 2, with extensions
  out.zeros(kRtpFixedHeaderSize - 1);
  out.u16(profile);
  out.u16(static_cast<std::uint16_t>(words));
  out.bytes(bytes.first(4 * words));
  const auto view = PacketView::parse(packet, map);
  CHECK(view.has_value());
  CHECK(view->payload().empty());
  for (std::size_t i = 1; i < kExtensionKinds; ++i) {
    const auto kind = static_cast<ExtensionKind>(i);
    if (view->has(kind)) {
      const std::span<const std::uint8_t> value = view->extension(kind);
      const auto at = static_cast<std::size_t>(value.data() - packet.data());
      CHECK(at > kRtpFixedHeaderSize + 4 && at + value.size() <= packet.size());
      const std::uint8_t length = packet[at - 1];
      CHECK(value.size() == (profile == kOneByteProfile ? (length & 0x0FU) + 1UL : length));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto extensions = every_extension();
  static const ExtensionMap map(extensions);
  static const HeaderTemplate header(100, 1234, "12345678", extensions);
  const std::span bytes(data, size);
  classify_datagram(bytes);
  parse_as_extensions(bytes, map, kOneByteProfile);
  parse_as_extensions(bytes, map, kTwoByteProfile);
  const auto view = PacketView::parse(bytes, map);
  if (!view) {
    return 0;
  }
  CHECK(view->header_size() + view->payload().size() + view->padding_size() == size);
  view->text(ExtensionKind::kMid);
  view->abs_send_time();
  view->transport_sequence();
  view->video_orientation();
  view->time_offset();
  view->playout_delay();
  view->abs_capture_time();
  send_on(*view, map, header);
  restore(bytes, map);
  return 0;
}
