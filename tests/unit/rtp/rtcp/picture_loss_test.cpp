#include "rtp/rtcp/picture_loss.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;

TEST(PictureLoss, ComesBackAsWritten) {
  const auto bytes = written([](ByteWriter& out) { write_picture_loss(out, {1, 2}); });
  EXPECT_EQ(bytes, hex("81 ce 0002 00000001 00000002"));
  EXPECT_EQ(parse_picture_loss(only_packet(bytes)), (PictureLoss{1, 2}));
  EXPECT_EQ(parse_picture_loss(only_packet(hex("81 ce 0001 00000001"))).error(),
            RtcpError::kTruncated);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
