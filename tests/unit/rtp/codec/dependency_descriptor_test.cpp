#include "rtp/codec/dependency_descriptor.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

// Builds descriptors bit by bit, in the order of the specification's syntax.
class BitWriter {
 public:
  BitWriter& put(std::uint32_t value, unsigned bits) {
    for (unsigned i = bits; i > 0; --i, ++count_) {
      if (count_ % 8 == 0) {
        bytes_.push_back(0);
      }
      bytes_.back() =
          static_cast<std::uint8_t>(bytes_.back() | (value >> (i - 1) & 1U) << (7 - count_ % 8));
    }
    return *this;
  }

  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  unsigned count_ = 0;
};

// L1T2 with one chain: templates 10 (key), 11 (T0), 12 (T1); two decode targets.
std::vector<std::uint8_t> key_frame() {
  BitWriter out;
  out.put(1, 1).put(0, 1).put(10, 6).put(77, 16);
  out.put(1, 1).put(0, 4);                           // structure, nothing custom
  out.put(10, 6).put(1, 5);                          // offset, two decode targets
  out.put(0, 2).put(1, 2).put(3, 2);                 // same layer, next temporal, no more
  out.put(0b1010, 4).put(0b1010, 4).put(0b0010, 4);  // decode target indications
  out.put(0, 1).put(1, 1).put(1, 4).put(0, 1).put(1, 1).put(0, 4).put(0, 1);  // frame differences
  out.put(0b10, 2);                                                           // one chain, ns(3)
  out.put(0, 4).put(2, 4).put(1, 4);                                          // chain differences
  out.put(1, 1).put(639, 16).put(359, 16);                                    // one resolution
  return out.bytes();
}

TEST(DependencyDescriptor, LearnsTheTemplatesOfAKeyFrame) {
  DependencyDescriptorReader reader;
  const auto frame = reader.read(key_frame());
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->starts_key_frame());
  EXPECT_FALSE(frame->ends_frame);
  EXPECT_EQ(frame->frame_number, 77);
  EXPECT_EQ(frame->temporal_layer, 0);
  EXPECT_EQ(frame->active_decode_targets, 0b11U);
  EXPECT_EQ(reader.spatial_layers(), 1);
  EXPECT_EQ(reader.temporal_layers(), 2);
}

TEST(DependencyDescriptor, FindsTheLayerOfLaterFrames) {
  DependencyDescriptorReader reader;
  reader.read(key_frame());
  BitWriter later;
  later.put(1, 1).put(1, 1).put(12, 6).put(78, 16);
  const auto frame = reader.read(later.bytes());
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->temporal_layer, 1);
  EXPECT_TRUE(frame->ends_frame);
  EXPECT_FALSE(frame->starts_key_frame());
  EXPECT_FALSE(frame->active_decode_targets);
}

TEST(DependencyDescriptor, ReadsActiveDecodeTargets) {
  DependencyDescriptorReader reader;
  reader.read(key_frame());
  BitWriter later;
  later.put(1, 1).put(1, 1).put(11, 6).put(79, 16).put(0, 1).put(1, 1).put(0, 3).put(0b01, 2);
  const auto frame = reader.read(later.bytes());
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->active_decode_targets, 0b01U);
}

TEST(DependencyDescriptor, IsUnreadableWithoutTheKeyFrame) {
  DependencyDescriptorReader reader;
  EXPECT_FALSE(reader.read(hex("8a 004d")));
}

TEST(DependencyDescriptor, RefusesTemplatesThatWereNotSent) {
  DependencyDescriptorReader reader;
  reader.read(key_frame());
  BitWriter later;
  later.put(1, 1).put(1, 1).put(13, 6).put(78, 16);
  EXPECT_FALSE(reader.read(later.bytes()));
  BitWriter below;
  below.put(1, 1).put(1, 1).put(9, 6).put(78, 16);
  EXPECT_FALSE(reader.read(below.bytes()));
}

TEST(DependencyDescriptor, KeepsWhatItKnowsWhenAStructureIsCutShort) {
  DependencyDescriptorReader reader;
  reader.read(key_frame());
  const auto whole = key_frame();
  for (std::size_t size = 0; size < whole.size() - 1; ++size) {
    const auto frame = reader.read(std::span(whole).first(size));
    // Three bytes are the mandatory part, complete in themselves.
    EXPECT_EQ(frame.has_value(), size == 3) << size;
  }
  BitWriter later;
  later.put(1, 1).put(1, 1).put(12, 6).put(78, 16);
  EXPECT_TRUE(reader.read(later.bytes()));
}

TEST(DependencyDescriptor, RefusesMoreLayersThanThereCanBe) {
  BitWriter out;
  out.put(1, 1).put(0, 1).put(0, 6).put(1, 16).put(1, 1).put(0, 4).put(0, 6).put(0, 5);
  for (int i = 0; i < 100; ++i) {
    out.put(2, 2);  // next spatial layer, without end
  }
  DependencyDescriptorReader reader;
  EXPECT_FALSE(reader.read(out.bytes()));
}

}  // namespace
}  // namespace parlance::rtp
