// Numbers to text and back.

#include "io/number.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "io/quick_double.hpp"

namespace gibbs::cli::testing {
namespace {

template <class T>
void expect_round_trip(T value) {
  const std::string text = number_text(value);
  T again{};
  ASSERT_EQ(parse_number(text, again), Parsed::kNumber) << text;
  // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the bits are meant
  ASSERT_EQ(std::memcmp(&again, &value, sizeof value), 0) << text;
  if constexpr (sizeof(T) > 2) {
    char shortest[64];
    const auto size = std::to_chars(shortest, shortest + sizeof shortest, value).ptr - shortest;
    ASSERT_LE(std::ssize(text), size) << text;
  }
}

TEST(Number, ADoublePrintsShortestAndReadsBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300000; ++i) {
    const auto any = std::bit_cast<double>(random());
    if (std::isfinite(any)) expect_round_trip(any);
    expect_round_trip(std::exp(-static_cast<double>(random() % 100000) / 4000));
  }
}

TEST(Number, AFloatPrintsShortestAndReadsBack) {
  std::mt19937 random(1);
  for (int i = 0; i < 300000; ++i) {
    const auto any = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::isfinite(any)) expect_round_trip(any);
  }
}

TEST(Number, EverySixteenBitNumberReadsBack) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = float16::from_bits(static_cast<std::uint16_t>(bits));
    const auto brain = bfloat16::from_bits(static_cast<std::uint16_t>(bits));
    if (!std::isnan(static_cast<float>(half))) expect_round_trip(half);
    if (!std::isnan(static_cast<float>(brain))) expect_round_trip(brain);
  }
}

TEST(Number, TheFormIsPlainUnlessAnExponentIsShorter) {
  EXPECT_EQ(number_text(0.0), "0");
  EXPECT_EQ(number_text(-0.0), "-0");
  EXPECT_EQ(number_text(0.25), "0.25");
  EXPECT_EQ(number_text(-12.5), "-12.5");
  EXPECT_EQ(number_text(0.0012), "0.0012");
  EXPECT_EQ(number_text(0.00012), "1.2e-4");
  EXPECT_EQ(number_text(100.0), "100");
  EXPECT_EQ(number_text(1e23), "1e23");
  EXPECT_EQ(number_text(123456789.0), "123456789");
  EXPECT_EQ(number_text(5e-324), "5e-324");
  EXPECT_EQ(number_text(1.7976931348623157e308), "1.7976931348623157e308");
  EXPECT_EQ(number_text(std::nan("")), "nan");
  EXPECT_EQ(number_text(-std::numeric_limits<float>::infinity()), "-inf");
  EXPECT_EQ(number_text(float16(0.1F)), "0.1");
  EXPECT_EQ(number_text(bfloat16(1.0F / 3)), "0.334");
}

TEST(Number, ReadsTheWordsOfInfinityAndNan) {
  double value = 0;
  for (const char* text : {"inf", "INF", "+inf", "Infinity", "+INFINITY"}) {
    EXPECT_EQ(parse_number(text, value), Parsed::kNumber) << text;
    EXPECT_EQ(value, std::numeric_limits<double>::infinity()) << text;
  }
  EXPECT_EQ(parse_number("-iNf", value), Parsed::kNumber);
  EXPECT_EQ(value, -std::numeric_limits<double>::infinity());
  for (const char* text : {"nan", "NaN", "-nan", "+NAN"}) {
    EXPECT_EQ(parse_number(text, value), Parsed::kNumber) << text;
    EXPECT_TRUE(std::isnan(value)) << text;
  }
}

TEST(Number, RefusesWhatIsNone) {
  double value = 0;
  for (const char* text : {"", "+", "-", ".", "e5", "1e", "1.2.3", "1 ", " 1", "++1", "+-1",
                           "0x1p3", "1,5", "one", "infinit", "na"}) {
    EXPECT_EQ(parse_number(text, value), Parsed::kNotANumber) << text;
  }
}

TEST(Number, RefusesAFiniteNumberThatWouldBecomeInfinite) {
  double wide = 0;
  float16 half;
  EXPECT_EQ(parse_number("1e309", wide), Parsed::kOutOfRange);
  EXPECT_EQ(parse_number("-1e309", wide), Parsed::kOutOfRange);
  EXPECT_EQ(parse_number("65520", half), Parsed::kOutOfRange);
  EXPECT_EQ(parse_number("65519", half), Parsed::kNumber);
  EXPECT_EQ(parse_number("1e-400", wide), Parsed::kNumber);
  EXPECT_EQ(wide, 0);
}

TEST(Number, TheQuickWayAgreesWithTheGeneralOneToTheBit) {
  std::mt19937_64 random(3);
  int quick = 0;
  for (int i = 0; i < 300000; ++i) {
    const double value = static_cast<double>(static_cast<std::int64_t>(random())) /
                         std::pow(10.0, static_cast<double>(random() % 22));
    if (std::abs(value) > 1e8) continue;
    std::string text(100, ',');
    std::to_chars(text.data(), text.data() + 60, value, std::chars_format::fixed,
                  static_cast<int>(random() % 17));
    double found = 0;
    double expected = 0;
    const char* const stop = read_quick_double(text.data(), text.data() + text.size(), found);
    if (stop == nullptr) continue;
    ++quick;
    const std::string cell = text.substr(0, text.find(','));
    ASSERT_EQ(stop, text.data() + cell.size()) << cell;
    ASSERT_EQ(parse_number(cell, expected), Parsed::kNumber);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(found), std::bit_cast<std::uint64_t>(expected)) << cell;
  }
  EXPECT_GT(quick, 50000);
}

}  // namespace
}  // namespace gibbs::cli::testing
