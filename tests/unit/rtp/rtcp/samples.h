// Helpers of the RTCP tests: single packets to and from bytes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/report_block.h"

namespace parlance::rtp::test {

inline rtcp::Packet only_packet(std::span<const std::uint8_t> bytes) {
  return rtcp::CompoundReader(bytes).next().value();
}

template <typename Write>
std::vector<std::uint8_t> written(Write write) {
  std::array<std::uint8_t, 1500> buffer{};
  ByteWriter out(buffer);
  write(out);
  EXPECT_TRUE(out.ok());
  return {out.written().begin(), out.written().end()};
}

inline rtcp::ReportBlock some_block(Ssrc ssrc) {
  return {ssrc, 51, -2, 0x00010042, 77, 0xAABBCCDD, 0x00010000};
}

}  // namespace parlance::rtp::test
