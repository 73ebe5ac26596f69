// What one packet costs, step by step: parse, rewrite, protect, repeat, feedback.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/byte_writer.h"
#include "bench/micro/samples.h"
#include "rtp/packet/packet_view.h"
#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/transport_feedback.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/secure/crypto.h"

namespace parlance::micro {
namespace {

void parse(benchmark::State& state) {
  const auto bytes = video_sample(7).bytes();
  const auto extensions = video_extensions();
  for ([[maybe_unused]] const auto _ : state) {
    benchmark::DoNotOptimize(rtp::PacketView::parse(bytes, extensions));
  }
}

BENCHMARK(parse);

void rewrite(benchmark::State& state) {
  const auto bytes = video_sample(7).bytes();
  const auto view = rtp::PacketView::parse(bytes, video_extensions()).value();
  const rtp::HeaderTemplate header = video_header(5000);
  std::array<std::uint8_t, sfu::kMaxDatagramBytes> out{};
  rtp::OutgoingFields fields;
  for ([[maybe_unused]] const auto _ : state) {
    ++fields.sequence;
    ++fields.transport_sequence;
    benchmark::DoNotOptimize(header.write(out, view, fields));
    benchmark::ClobberMemory();
  }
}

BENCHMARK(rewrite);

void repeat_as_rtx(benchmark::State& state) {
  const auto bytes = video_sample(7).bytes();
  const auto view = rtp::PacketView::parse(bytes, video_extensions()).value();
  const rtp::HeaderTemplate header = video_header(5001);
  std::array<std::uint8_t, sfu::kMaxDatagramBytes> out{};
  rtp::OutgoingFields fields;
  for ([[maybe_unused]] const auto _ : state) {
    ++fields.sequence;
    benchmark::DoNotOptimize(header.write_rtx(out, view, fields, 7));
    benchmark::ClobberMemory();
  }
}

BENCHMARK(repeat_as_rtx);

// A packet is written anew each time, as on the way through the server: its share is in `rewrite`.
void rewrite_and_protect(benchmark::State& state) {
  const auto crypto = sfu::make_crypto();
  const auto srtp = crypto->make_srtp_outbound(gcm_keys(1));
  const auto bytes = video_sample(7).bytes();
  const auto view = rtp::PacketView::parse(bytes, video_extensions()).value();
  const rtp::HeaderTemplate header = video_header(5000);
  std::array<std::uint8_t, sfu::kMaxDatagramBytes> out{};
  rtp::OutgoingFields fields;
  for ([[maybe_unused]] const auto _ : state) {
    ++fields.sequence;
    const std::size_t size = header.write(out, view, fields);
    if (!srtp->protect_rtp(out, size)) {
      state.SkipWithError("not protected");
      break;
    }
  }
}

BENCHMARK(rewrite_and_protect);

// Feedback on 100 packets, as one subscriber sends it every 100 ms: written once, read each time.
void read_transport_feedback(benchmark::State& state) {
  std::vector<rtp::rtcp::PacketArrival> arrivals;
  constexpr int kArrivals = 100;
  arrivals.reserve(kArrivals);
  for (int i = 0; i < kArrivals; ++i) {
    arrivals.push_back({static_cast<rtp::ExtendedSequence>(1000 + i),
                        Timestamp(std::chrono::seconds(1) + std::chrono::microseconds(700 * i))});
  }
  std::array<std::uint8_t, rtp::rtcp::kMaxFeedbackSize> buffer{};
  ByteWriter out(buffer);
  rtp::rtcp::write_transport_feedback(out, {.sender = 1, .media = 2, .base = 1000}, arrivals);
  const auto written = out.written();
  std::int64_t sum = 0;
  for ([[maybe_unused]] const auto _ : state) {
    if (const auto packet = rtp::rtcp::CompoundReader(written).next()) {
      const auto feedback = rtp::rtcp::parse_transport_feedback(*packet);
      feedback->for_each(
          [&sum](std::uint16_t, std::optional<Duration> at) { sum += at ? at->count() : 0; });
    }
  }
  benchmark::DoNotOptimize(sum);
}

BENCHMARK(read_transport_feedback);

}  // namespace
}  // namespace parlance::micro
