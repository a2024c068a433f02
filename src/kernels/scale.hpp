#pragma once
// A temperature made ready for the kernels.

#include <cmath>
#include <concepts>

namespace gibbs::kernels {

// What the exponential of one lane type needs to know. kBias is a power of two that the kernels
// multiply every exponential by, so that what rounds to a subnormal probability is still normal.
template <std::floating_point W>
struct ExpRange;
template <>
struct ExpRange<float> {
  static constexpr int kMantissa = 23, kExponentBias = 127, kBias = 32, kSplitBits = 14;
  static constexpr double kSmallestScale = 0x1p-60, kLargestScale = 0x1p60;
};
template <>
struct ExpRange<double> {
  static constexpr int kMantissa = 52, kExponentBias = 1023, kBias = 64, kSplitBits = 39;
  static constexpr double kSmallestScale = 0x1p-500, kLargestScale = 0x1p500;
};

// The exponential without the rounding of x - max. With d = x - c exact and
// n = round(d log2(e) / T), d - n T log(2) is exact but for a small second part, and
// exp((x - c) / T) = 2^n exp((d - n T log(2)) / T): between states only integers n are subtracted.
template <std::floating_point W>
struct Scale {
  W log2e_over_t;          // log2(e) / T
  W ln2_high, ln2_low;     // T log(2); high is short, so n * high is exact
  W ln2_low_over_t;        // ln2_low / T
  W inverse, inverse_low;  // 1 / T
  W reach;                 // states further than this below the maximum have p = 0 after rounding
  double temperature;
};

// Whether the kernels take this T; others (0, infinity, the very small, the very large) go through
// prepared rows.
template <std::floating_point W>
bool has_scale(double temperature) {
  return temperature >= ExpRange<W>::kSmallestScale && temperature <= ExpRange<W>::kLargestScale;
}

template <std::floating_point W>
Scale<W> compute_scale(double temperature) {
  constexpr long double kLn2 = 0.693147180559945309417232121458176568L;
  const long double ln2 = kLn2 * static_cast<long double>(temperature);
  int exponent = 0;
  (void)std::frexp(static_cast<double>(ln2), &exponent);
  const int shift = ExpRange<W>::kSplitBits - exponent;
  Scale<W> s{};
  s.ln2_high = static_cast<W>(std::ldexp(std::floor(std::ldexp(ln2, shift)), -shift));
  s.ln2_low = static_cast<W>(ln2 - static_cast<long double>(s.ln2_high));
  s.log2e_over_t = static_cast<W>(1.0L / ln2);
  s.ln2_low_over_t = static_cast<W>((ln2 - static_cast<long double>(s.ln2_high)) /
                                    static_cast<long double>(temperature));
  const long double inverse = 1.0L / static_cast<long double>(temperature);
  s.inverse = static_cast<W>(inverse);
  s.inverse_low = static_cast<W>(inverse - static_cast<long double>(s.inverse));
  const int exponents = ExpRange<W>::kExponentBias + ExpRange<W>::kBias - 3;
  s.reach = static_cast<W>(static_cast<long double>(exponents) * ln2);
  s.temperature = temperature;
  return s;
}

// That of T = 1 is kept: a call for a few short rows would spend 3 % of its time on it.
// range     has_scale<W>(temperature)
template <std::floating_point W>
Scale<W> make_scale(double temperature) {
  static const Scale<W> unit = compute_scale<W>(1.0);
  return temperature == 1 ? unit : compute_scale<W>(temperature);
}

}  // namespace gibbs::kernels
