#pragma once
// Products and quotients of temperatures, which may leave the range of double and come back.

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace gibbs::sampling {

// A positive number of any size, or one of the limits 0 and infinity, in which it stays.
class WideNumber {
 public:
  // As a double: 0 or infinity where it is beyond.
  double value() const { return value_; }
  // x times the number, rounded once more where it is beyond the range of double.
  double of(double x) const { return std::ldexp(x * mantissa_, power(exponent_)); }

  // t from 0 to infinity.
  void times(double t) {
    if (is_limit(mantissa_)) return;
    if (is_limit(t)) return set(t, 0);
    int exponent = 0;
    const double mantissa = std::frexp(t, &exponent);
    set(mantissa_ * mantissa, exponent_ + exponent);
  }
  // t positive and finite.
  void divide_by(double t) {
    int exponent = 0;
    const double mantissa = std::frexp(t, &exponent);
    set(mantissa_ / mantissa, exponent_ - exponent);
  }

 private:
  static bool is_limit(double v) { return v == 0 || std::isinf(v); }
  static int power(std::int64_t exponent) {
    return static_cast<int>(std::clamp<std::int64_t>(exponent, -5000, 5000));
  }

  void set(double number, std::int64_t exponent) {
    int more = 0;
    mantissa_ = is_limit(number) ? number : std::frexp(number, &more);
    exponent_ = exponent + more;
    value_ = of(1);
  }

  double mantissa_ = 0.5, value_ = 1;
  std::int64_t exponent_ = 1;
};

}  // namespace gibbs::sampling
