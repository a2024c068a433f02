#pragma once
// How far a number is from the exact answer, in units in the last place of its type.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <gibbs/types.hpp>
#include <limits>

namespace gibbs::testing {

template <Score T>
struct Format;
template <>
struct Format<double> {
  static constexpr int kMantissa = 52, kMinExponent = -1022;
  static constexpr long double kOverflow = 0x1.fffffffffffff8p+1023L;  // rounds to infinity
};
template <>
struct Format<float> {
  static constexpr int kMantissa = 23, kMinExponent = -126;
  static constexpr long double kOverflow = 0x1.ffffffp+127L;
};
template <>
struct Format<bfloat16> {
  static constexpr int kMantissa = 7, kMinExponent = -126;
  static constexpr long double kOverflow = 0x1.ffp+127L;
};
template <>
struct Format<float16> {
  static constexpr int kMantissa = 10, kMinExponent = -14;
  static constexpr long double kOverflow = 0x1.ffep+15L;
};

template <Score T>
double to_double(T value) {
  if constexpr (std::same_as<T, double> || std::same_as<T, float>) {
    return static_cast<double>(value);
  } else {
    return static_cast<double>(static_cast<float>(value));
  }
}

template <Score T>
T from_double(long double value) {
  if constexpr (std::same_as<T, double>) {
    return static_cast<double>(value);
  } else {
    return T(static_cast<float>(value));
  }
}

// The smallest positive normal number of T.
template <Score T>
long double smallest_normal() {
  return std::ldexp(1.0L, Format<T>::kMinExponent);
}

// 2^exponent; std::ldexp is slow, and rows of millions are measured.
inline long double power_of_two(int exponent) {
  if (exponent < -1022) return std::ldexp(1.0L, exponent);
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

// The distance between neighbours of T around a finite value; that of the subnormals below them.
template <Score T>
long double ulp_at(long double value) {
  const int exponent =
      value == 0 ? Format<T>::kMinExponent : std::max(std::ilogb(value), Format<T>::kMinExponent);
  return power_of_two(exponent - Format<T>::kMantissa);
}

// Whether a number is too large for T and rounds to infinity there.
template <Score T>
bool overflows(long double value) {
  return std::abs(value) >= Format<T>::kOverflow;
}

// |got - exact| over a unit; 0 for equal infinities and for NaN where NaN is exact, else infinity.
inline double distance(long double got, long double exact, long double unit) {
  if (std::isnan(exact) && std::isnan(got)) return 0;
  if (got == exact) return 0;
  const long double error = std::abs(got - exact) / unit;
  return std::isfinite(error) ? static_cast<double>(error)
                              : std::numeric_limits<double>::infinity();
}

// In units of the exact answer, to 1/1000 of one.
template <Score T>
double ulps(T got, long double exact) {
  if (overflows<T>(exact))
    exact = std::copysign(std::numeric_limits<long double>::infinity(), exact);
  return distance(to_double(got), exact, std::isfinite(exact) ? ulp_at<T>(exact) : 1);
}

// In units of max(1, |exact|): the measure for logarithms.
template <Score T>
double ulps_of_log(T got, long double exact) {
  if (overflows<T>(exact)) return ulps(got, exact);
  const long double size = std::isfinite(exact) ? std::max(1.0L, std::abs(exact)) : 1.0L;
  return distance(to_double(got), exact, ulp_at<T>(size));
}

}  // namespace gibbs::testing
