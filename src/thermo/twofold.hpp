#pragma once
// Numbers as unevaluated sums of two doubles.

#include <cmath>

namespace gibbs::thermo {

// high + low, |low| at most half an ulp of high.
struct Twofold {
  double high = 0, low = 0;

  long double value() const { return static_cast<long double>(high) + low; }
};

// a + b exactly (Knuth).
inline Twofold two_sum(double a, double b) {
  const double sum = a + b, of_b = sum - a;
  return {sum, (a - (sum - of_b)) + (b - of_b)};
}

// a b exactly.
inline Twofold two_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

// 1 / a to 2^-105.
inline Twofold inverse_of(double a) {
  const double inverse = 1 / a;
  return {inverse, std::fma(-inverse, a, 1.0) / a};
}

// a b to 2^-103.
inline Twofold product(const Twofold& a, const Twofold& b) {
  const Twofold whole = two_product(a.high, b.high);
  return two_sum(whole.high, whole.low + (a.high * b.low + a.low * b.high));
}

}  // namespace gibbs::thermo
