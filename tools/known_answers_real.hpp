#pragma once
// A real number of 512 bits, 154 decimal digits: MPFR with value semantics.

#include <mpfr.h>

#include <string>
#include <utility>

namespace known {

inline constexpr mpfr_prec_t kBits = 512;

class Real {
 public:
  Real(double value = 0) {  // NOLINT(google-explicit-constructor): every double is a real number
    mpfr_init2(value_, kBits);
    mpfr_set_d(value_, value, MPFR_RNDN);
  }
  Real(const Real& other) {
    mpfr_init2(value_, kBits);
    mpfr_set(value_, other.value_, MPFR_RNDN);
  }
  Real(Real&& other) noexcept : Real() { mpfr_swap(value_, other.value_); }
  Real& operator=(Real other) noexcept {
    mpfr_swap(value_, other.value_);
    return *this;
  }
  ~Real() { mpfr_clear(value_); }

  friend Real operator+(const Real& a, const Real& b) { return apply(mpfr_add, a, b); }
  friend Real operator-(const Real& a, const Real& b) { return apply(mpfr_sub, a, b); }
  friend Real operator*(const Real& a, const Real& b) { return apply(mpfr_mul, a, b); }
  friend Real operator/(const Real& a, const Real& b) { return apply(mpfr_div, a, b); }
  friend Real operator-(const Real& a) { return apply(mpfr_neg, a); }
  friend Real exp(const Real& a) { return apply(mpfr_exp, a); }
  friend Real log(const Real& a) { return apply(mpfr_log, a); }
  friend Real sqrt(const Real& a) { return apply(mpfr_sqrt, a); }
  friend Real abs(const Real& a) { return apply(mpfr_abs, a); }
  friend bool is_finite(const Real& a) { return mpfr_number_p(a.value_) != 0; }

  friend bool operator<(const Real& a, const Real& b) { return mpfr_less_p(a.value_, b.value_); }
  friend bool operator>(const Real& a, const Real& b) { return b < a; }
  friend bool operator==(const Real& a, const Real& b) {
    return mpfr_equal_p(a.value_, b.value_) != 0;
  }

  double to_double() const { return mpfr_get_d(value_, MPFR_RNDN); }

  // So many significant digits, without the zeros at the end; "0", "inf" and "-inf" for those.
  std::string text(int digits) const {
    if (mpfr_zero_p(value_)) return "0";
    if (mpfr_inf_p(value_)) return mpfr_sgn(value_) > 0 ? "inf" : "-inf";
    char buffer[128];
    mpfr_snprintf(buffer, sizeof buffer, "%.*RNe", digits - 1, value_);
    return without_trailing_zeros(buffer);
  }

 private:
  template <class Function, class... Arguments>
  static Real apply(Function function, const Arguments&... arguments) {
    Real result;
    function(result.value_, arguments.value_..., MPFR_RNDN);
    return result;
  }
  static std::string without_trailing_zeros(const std::string& number) {
    const std::size_t exponent = number.find('e');
    const std::size_t last = number.find_last_not_of('0', exponent - 1);
    const std::size_t keep = number[last] == '.' ? last : last + 1;
    const std::string power = number.substr(exponent);
    return number.substr(0, keep) + (power == "e+00" ? "" : power);
  }

  mpfr_t value_;
};

}  // namespace known
