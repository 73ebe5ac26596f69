// Any bytes as a compound: the walk ends, and what a parser accepts it accepts again once written.
#include <array>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "rtp/rtcp/bandwidth_estimate.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/goodbye.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/source_description.h"
#include "rtp/rtcp/transport_feedback.h"

using namespace parlance;
using namespace parlance::rtp;
using namespace parlance::rtp::rtcp;

namespace {

template <typename Write>
Packet written(std::span<std::uint8_t> buffer, Write write) {
  ByteWriter out(buffer);
  write(out);
  CHECK(out.ok());
  CompoundReader reader(out.written());
  const auto packet = reader.next();
  CHECK(packet.has_value());
  CHECK(!reader.next() && !reader.malformed());
  return *packet;
}

void reports(const Packet& packet, std::span<std::uint8_t> buffer) {
  if (const auto report = parse_sender_report(packet)) {
    const auto again = parse_sender_report(
        written(buffer, [&](ByteWriter& out) { write_sender_report(out, *report); }));
    CHECK(again && again->ntp == report->ntp && again->blocks.size() == report->blocks.size());
    for (std::size_t i = 0; i < report->blocks.size(); ++i) {
      CHECK(again->blocks[i] == report->blocks[i]);
    }
  }
  if (const auto report = parse_receiver_report(packet)) {
    const auto again = parse_receiver_report(
        written(buffer, [&](ByteWriter& out) { write_receiver_report(out, *report); }));
    CHECK(again && again->blocks.size() == report->blocks.size());
  }
  if (const auto report = parse_extended_report(packet)) {
    const auto again = parse_extended_report(
        written(buffer, [&](ByteWriter& out) { write_extended_report(out, *report); }));
    CHECK(again && again->reference_time == report->reference_time);
    CHECK(again->delays.size() == report->delays.size());
  }
  if (const auto description = parse_source_description(packet)) {
    for (const auto& chunk : description->chunks) {
      const auto again = parse_source_description(written(buffer, [&](ByteWriter& out) {
        write_source_description(out, chunk.ssrc, chunk.cname);
      }));
      CHECK(again && again->chunks[0].cname == chunk.cname);
    }
  }
  if (const auto goodbye = parse_goodbye(packet)) {
    CHECK(goodbye->sources.size() == packet.count);
  }
}

void feedback(const Packet& packet, std::span<std::uint8_t> buffer) {
  if (const auto nack = parse_nack(packet)) {
    std::size_t asked = 0;
    nack->for_each([&](std::uint16_t) { ++asked; });
    CHECK(asked >= nack->items.size() / 4 && asked <= 17 * nack->items.size() / 4);
  }
  if (const auto loss = parse_picture_loss(packet)) {
    CHECK(parse_picture_loss(
              written(buffer, [&](ByteWriter& out) { write_picture_loss(out, *loss); })) == *loss);
  }
  static_cast<void>(parse_full_intra_request(packet));
  if (const auto estimate = parse_bandwidth_estimate(packet)) {
    const auto again = parse_bandwidth_estimate(
        written(buffer, [&](ByteWriter& out) { write_bandwidth_estimate(out, *estimate); }));
    CHECK(again && again->bitrate_bps == estimate->bitrate_bps);
  }
  if (const auto transport = parse_transport_feedback(packet)) {
    std::size_t statuses = 0;
    transport->for_each([&](std::uint16_t, std::optional<Duration>) { ++statuses; });
    CHECK(statuses == transport->status_count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<std::uint8_t, 4096> buffer{};
  CompoundReader reader(std::span(data, size));
  while (const auto packet = reader.next()) {
    reports(*packet, buffer);
    feedback(*packet, buffer);
  }
  return 0;
}
