#pragma once
// One MPFR number, for answers that a test computes on the spot.

#include <mpfr.h>

#include <cstdint>
#include <string>

namespace gibbs::testing {

class Mp {
 public:
  // Of the numbers made from now on, in bits.
  static inline mpfr_prec_t precision = 256;

  explicit Mp(double value = 0) {
    mpfr_init2(x_, precision);
    mpfr_set_d(x_, value, MPFR_RNDN);
  }
  explicit Mp(const std::string& decimal) : Mp(0) {
    mpfr_set_str(x_, decimal.c_str(), 10, MPFR_RNDN);
  }
  Mp(const Mp& other) : Mp(0) { mpfr_set(x_, other.x_, MPFR_RNDN); }
  Mp& operator=(const Mp& other) {
    if (this != &other) mpfr_set(x_, other.x_, MPFR_RNDN);
    return *this;
  }
  ~Mp() { mpfr_clear(x_); }

  friend Mp operator+(const Mp& a, const Mp& b) { return two(mpfr_add, a, b); }
  friend Mp operator-(const Mp& a, const Mp& b) { return two(mpfr_sub, a, b); }
  friend Mp operator*(const Mp& a, const Mp& b) { return two(mpfr_mul, a, b); }
  friend Mp operator/(const Mp& a, const Mp& b) { return two(mpfr_div, a, b); }
  friend Mp exp(const Mp& a) { return one(mpfr_exp, a); }
  friend Mp log(const Mp& a) { return one(mpfr_log, a); }
  friend Mp log1p(const Mp& a) { return one(mpfr_log1p, a); }
  friend Mp abs(const Mp& a) { return one(mpfr_abs, a); }
  friend Mp operator-(const Mp& a) { return one(mpfr_neg, a); }
  friend bool operator<(const Mp& a, const Mp& b) { return mpfr_less_p(a.x_, b.x_) != 0; }
  friend Mp log_gamma(const Mp& a) { return one(mpfr_lngamma, a); }
  friend Mp scaled(const Mp& a, std::int64_t exponent) {
    Mp out(a);
    mpfr_mul_2si(out.x_, a.x_, exponent, MPFR_RNDN);
    return out;
  }

  mpfr_srcptr get() const { return x_; }
  // Rounded once.
  double value() const { return mpfr_get_d(x_, MPFR_RNDN); }
  // mantissa 2^exponent with the mantissa in [1, 2), rounded once to 53 bits.
  double mantissa() const {
    std::int64_t exponent = 0;
    return 2 * mpfr_get_d_2exp(&exponent, x_, MPFR_RNDN);
  }
  std::int64_t exponent() const {
    std::int64_t exponent = 0;
    mpfr_get_d_2exp(&exponent, x_, MPFR_RNDN);
    return exponent - 1;
  }

 private:
  using One = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
  using Two = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
  static Mp one(One f, const Mp& a) {
    Mp out;
    f(out.x_, a.x_, MPFR_RNDN);
    return out;
  }
  static Mp two(Two f, const Mp& a, const Mp& b) {
    Mp out;
    f(out.x_, a.x_, b.x_, MPFR_RNDN);
    return out;
  }

  mpfr_t x_;
};

}  // namespace gibbs::testing
