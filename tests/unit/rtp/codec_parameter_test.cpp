#include "rtp/codec_parameter.h"

#include <limits>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace parlance::rtp {
namespace {

constexpr std::int64_t kFallback = -7;

std::int64_t number_of(ParameterValue value) {
  return parameter_number({{"name", std::move(value)}}, "name", kFallback);
}

TEST(ParameterText, IsTheValueWhicheverWayItWasGiven) {
  EXPECT_EQ(text_of(std::string("42e01f")), "42e01f");
  EXPECT_EQ(text_of(std::int64_t{-5}), "-5");
  EXPECT_EQ(text_of(true), "true");
  EXPECT_EQ(text_of(false), "false");
}

TEST(ParameterNumber, IsReadFromNumbersTextsAndFlags) {
  EXPECT_EQ(number_of(std::int64_t{96}), 96);
  EXPECT_EQ(number_of(std::string("96")), 96);
  EXPECT_EQ(number_of(std::string("-1")), -1);
  EXPECT_EQ(number_of(96.0), 96);
  EXPECT_EQ(number_of(true), 1);
}

TEST(ParameterNumber, FallsBackWhereItIsAbsent) {
  EXPECT_EQ(parameter_number({}, "name", kFallback), kFallback);
  EXPECT_EQ(parameter_number({{"Name", std::int64_t{1}}}, "name", kFallback), kFallback);
}

TEST(ParameterNumber, FallsBackWhereATextIsNoWholeNumber) {
  for (const char* text : {"", " 1", "1 ", "1x", "0x10", "1.0", "99999999999999999999"}) {
    EXPECT_EQ(number_of(std::string(text)), kFallback) << '"' << text << '"';
  }
}

TEST(ParameterNumber, FallsBackWhereADoubleHoldsNoExactInteger) {
  EXPECT_EQ(number_of(1.5), kFallback);
  EXPECT_EQ(number_of(1e300), kFallback);
  EXPECT_EQ(number_of(std::numeric_limits<double>::infinity()), kFallback);
  EXPECT_EQ(number_of(std::numeric_limits<double>::quiet_NaN()), kFallback);
  EXPECT_EQ(number_of(9007199254740992.0), 9007199254740992);
  EXPECT_EQ(number_of(-9007199254740994.0), kFallback);
}

}  // namespace
}  // namespace parlance::rtp
