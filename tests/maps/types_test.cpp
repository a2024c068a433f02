// bfloat16 and float16: all 65536 patterns, and the roundings between them.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/types.hpp>
#include <limits>

namespace gibbs::testing {
namespace {

// A pattern by the definition of the formats: sign, exponent, fraction.
long double decode(std::uint32_t bits, int exponent_bits, int fraction_bits) {
  const std::uint32_t fraction = bits & ((1u << fraction_bits) - 1);
  const auto exponent = static_cast<int>((bits >> fraction_bits) & ((1u << exponent_bits) - 1));
  const long double sign = bits >> 15 ? -1 : 1;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  if (exponent == (1 << exponent_bits) - 1) {
    return fraction ? std::numeric_limits<long double>::quiet_NaN()
                    : sign * std::numeric_limits<long double>::infinity();
  }
  if (exponent == 0)
    return sign * std::ldexp(static_cast<long double>(fraction), 1 - bias - fraction_bits);
  const long double significand =
      1 + std::ldexp(static_cast<long double>(fraction), -fraction_bits);
  return sign * std::ldexp(significand, exponent - bias);
}

template <class T>
struct Layout;
template <>
struct Layout<bfloat16> {
  static constexpr int kExponent = 8, kFraction = 7;
};
template <>
struct Layout<float16> {
  static constexpr int kExponent = 5, kFraction = 10;
};

template <class T>
class ShortTypes : public ::testing::Test {
 public:
  static long double exact(std::uint32_t bits) {
    return decode(bits, Layout<T>::kExponent, Layout<T>::kFraction);
  }
  static T of(std::uint32_t bits) { return T::from_bits(static_cast<std::uint16_t>(bits)); }
};
using Short = ::testing::Types<bfloat16, float16>;
TYPED_TEST_SUITE(ShortTypes, Short);

TYPED_TEST(ShortTypes, EveryPatternIsExactAsAFloat) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto value = static_cast<float>(TestFixture::of(bits));
    const long double exact = TestFixture::exact(bits);
    if (std::isnan(exact)) {
      ASSERT_TRUE(std::isnan(value)) << bits;
    } else {
      ASSERT_EQ(value, exact) << bits;
      ASSERT_EQ(std::signbit(value), std::signbit(exact)) << bits;
    }
  }
}

TYPED_TEST(ShortTypes, EveryPatternComesBackFromFloat) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const TypeParam back(static_cast<float>(TestFixture::of(bits)));
    if (std::isnan(TestFixture::exact(bits))) {
      ASSERT_TRUE(std::isnan(static_cast<float>(back))) << bits;
    } else {
      ASSERT_EQ(back.bits, bits);
    }
  }
}

// Between neighbours a < b: up to the middle to a, beyond it to b, in the middle to the even one.
TYPED_TEST(ShortTypes, FloatsRoundToTheNearestAndTiesToEven) {
  for (std::uint32_t bits = 0; bits < 0x7FFF; ++bits) {
    const long double a = TestFixture::exact(bits);
    const long double b = TestFixture::exact(bits + 1);
    if (!std::isfinite(a) || !std::isfinite(b)) continue;
    const auto middle = static_cast<float>((a + b) / 2);
    const std::uint32_t even = bits % 2 == 0 ? bits : bits + 1;
    for (const std::uint32_t sign : {0u, 0x8000u}) {
      const float signed_middle = sign ? -middle : middle;
      const float below = std::nextafter(signed_middle, 0.0f);
      const float above = std::nextafter(signed_middle, 2 * signed_middle);
      ASSERT_EQ(TypeParam(signed_middle).bits, even | sign) << bits;
      ASSERT_EQ(TypeParam(below).bits, bits | sign) << bits;
      ASSERT_EQ(TypeParam(above).bits, (bits + 1) | sign) << bits;
    }
  }
}

TYPED_TEST(ShortTypes, WhatIsTooLargeBecomesInfinity) {
  const std::uint32_t infinity = ((1u << Layout<TypeParam>::kExponent) - 1)
                                 << Layout<TypeParam>::kFraction;
  const long double largest = TestFixture::exact(infinity - 1);
  const long double step = largest - TestFixture::exact(infinity - 2);
  const auto tie = static_cast<float>(largest + step / 2);
  EXPECT_EQ(TypeParam(std::nextafter(tie, 0.0f)).bits, infinity - 1);
  EXPECT_EQ(TypeParam(tie).bits, infinity);
  EXPECT_EQ(TypeParam(-tie).bits, infinity | 0x8000u);
  EXPECT_EQ(TypeParam(std::numeric_limits<float>::max()).bits, infinity);
  EXPECT_EQ(TypeParam(std::numeric_limits<float>::infinity()).bits, infinity);
}

TYPED_TEST(ShortTypes, NanStaysNanWhateverItsPayload) {
  for (const std::uint32_t word :
       {0x7F800001u, 0x7FC00000u, 0xFF800001u, 0x7FFFFFFFu, 0x7F80FFFFu}) {
    EXPECT_TRUE(std::isnan(static_cast<float>(TypeParam(std::bit_cast<float>(word))))) << word;
  }
}

TYPED_TEST(ShortTypes, TheSmallestFloatsRoundToSignedZero) {
  const float smallest = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(TypeParam(smallest).bits, 0);
  EXPECT_EQ(TypeParam(-smallest).bits, 0x8000);
  EXPECT_EQ(TypeParam(-0.0f).bits, 0x8000);
}

}  // namespace
}  // namespace gibbs::testing
