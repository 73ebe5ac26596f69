#include "bench/load/rtcp.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/transport_feedback.h"

namespace parlance::load {
namespace {

// What one of our writers wrote, read by the server's parser: the two were written apart.
class Written {
 public:
  template <typename Write>
  explicit Written(Write write) {
    ByteWriter out(buffer_);
    write(out);
    EXPECT_TRUE(out.ok());
    size_ = out.size();
  }

  std::span<const std::uint8_t> bytes() const { return std::span(buffer_).first(size_); }

 private:
  std::array<std::uint8_t, kMaxRtcp> buffer_{};
  std::size_t size_ = 0;
};

rtp::rtcp::Packet packet_of(std::span<const std::uint8_t> datagram) {
  return rtp::rtcp::CompoundReader(datagram).next().value_or(rtp::rtcp::Packet{});
}

TEST(LoadRtcp, TransportFeedbackSaysWhatArrivedWhen) {
  const std::vector<Arrival> arrivals = {{65'534, 64 * kMillisecond + kMillisecond},
                                         {65'535, 64 * kMillisecond + 2 * kMillisecond},
                                         {1, 64 * kMillisecond + 200 * kMillisecond}};
  const Written written([&](ByteWriter& out) { write_transport_feedback(out, 1, 2, 3, arrivals); });
  const auto feedback = rtp::rtcp::parse_transport_feedback(packet_of(written.bytes()));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->base_sequence, 65'534);
  EXPECT_EQ(feedback->status_count, 4);
  EXPECT_EQ(feedback->feedback_count, 3);
  std::vector<std::optional<Duration>> seen;
  feedback->for_each([&](std::uint16_t, std::optional<Duration> at) { seen.push_back(at); });
  using std::chrono::milliseconds;
  EXPECT_EQ(seen,
            (std::vector<std::optional<Duration>>{
                milliseconds(65), milliseconds(66), std::nullopt, milliseconds(264)}));
}

TEST(LoadRtcp, NackNamesEveryMissingPacketOnce) {
  const std::vector<std::uint16_t> missing = {10, 11, 26, 27, 65'000};
  const Written written([&](ByteWriter& out) { write_nack(out, 1, 2, missing); });
  Feedback feedback;
  read_rtcp(written.bytes(), feedback);
  std::vector<std::uint16_t> read;
  for (const auto& one : feedback.missing) {
    EXPECT_EQ(one.ssrc, 2u);
    read.push_back(one.sequence);
  }
  EXPECT_EQ(read, missing);
}

TEST(LoadRtcp, ReadsSenderReportsAndKeyFrameRequestsOfACompound) {
  const Written written([](ByteWriter& out) {
    write_sender_report(out, {.ssrc = 7, .ntp = 0x1122'3344'5566'7788, .timestamp = 9});
    write_picture_loss(out, 1, 42);
  });
  Feedback feedback;
  read_rtcp(written.bytes(), feedback);
  ASSERT_EQ(feedback.sender_reports.size(), 1u);
  EXPECT_EQ(feedback.sender_reports[0].ssrc, 7u);
  EXPECT_EQ(feedback.sender_reports[0].middle_ntp, 0x3344'5566u);
  EXPECT_EQ(feedback.key_frames, std::vector<std::uint32_t>{42});
}

TEST(LoadRtcp, ReadsNothingOutOfWhatIsCutShort) {
  const Written written([](ByteWriter& out) { write_picture_loss(out, 1, 42); });
  Feedback feedback;
  read_rtcp(written.bytes().first(written.bytes().size() - 1), feedback);
  EXPECT_TRUE(feedback.key_frames.empty());
}

}  // namespace
}  // namespace parlance::load
