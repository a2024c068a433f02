#pragma once
// A sum that loses nothing to rounding.

#include <cmath>

namespace gibbs::thermo::detail {

// Neumaier 1974.
class CompensatedSum {
 public:
  void add(double term) {
    const double sum = high_ + term;
    low_ += std::abs(high_) >= std::abs(term) ? (high_ - sum) + term : (term - sum) + high_;
    high_ = sum;
  }
  void add(const CompensatedSum& other) {
    add(other.high_);
    low_ += other.low_;
  }
  // Beyond the range of a double the sum is infinite, and its rounding is no number.
  double value() const { return std::isfinite(high_) ? high_ + low_ : high_; }

 private:
  double high_ = 0, low_ = 0;
};

}  // namespace gibbs::thermo::detail
