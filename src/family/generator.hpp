#pragma once
// The functions f of Divergence: what they make of r = p / g, and back.

#include <cmath>
#include <limits>

#include "gibbs/family/divergence.hpp"

namespace gibbs::family {

// f at one alpha. R: double or long double.
class Generator {
 public:
  Generator(Divergence::Kind kind, double alpha) : kind_(kind), alpha_(alpha), b_(alpha - 1) {}

  // r with f'(r) = z: 0 where z is below the range of f', infinity where it is above.
  template <class R>
  R ratio(R z) const {
    constexpr R kInfinity = std::numeric_limits<R>::infinity();
    switch (kind_) {
      case Divergence::kEuclidean:
        return z > 0 ? z : z + R{0} < 0 ? R{0} : z - z;
      case Divergence::kChiSquare:
        return z > -2 ? 1 + z / 2 : R{0};
      case Divergence::kReverseKl:
        return z < 0 ? -1 / z : kInfinity;
      case Divergence::kHellinger:
        return z < 1 ? 1 / ((1 - z) * (1 - z)) : kInfinity;
      case Divergence::kFermiDirac:
        return 1 / (1 + std::exp(-z));
      default:
        return std::exp(log_ratio(z));
    }
  }

  // log of the same.
  template <class R>
  R log_ratio(R z) const {
    constexpr R kInfinity = std::numeric_limits<R>::infinity();
    switch (kind_) {
      case Divergence::kAlpha: {
        if (b_ == 0) return z - 1;
        const R by = b_ * (z - 1 / R{alpha_});
        if (by > -1) return std::log1p(by) / b_;
        return b_ > 0 ? -kInfinity : kInfinity;
      }
      case Divergence::kJensenShannon: {
        const R room = 1 - std::expm1(z);
        return room > 0 ? z - std::log(room) : kInfinity;
      }
      case Divergence::kFermiDirac:
        return z > 0 ? -std::log1p(std::exp(-z)) : z - std::log1p(std::exp(z));
      default:
        return std::log(ratio(z));
    }
  }

  // The exponent b for which sum p to the power b is nearly straight in the multiplier.
  double straightening_power() const {
    switch (kind_) {
      case Divergence::kAlpha:
        return b_;
      case Divergence::kEuclidean:
      case Divergence::kChiSquare:
        return 1;
      case Divergence::kReverseKl:
        return -1;
      case Divergence::kHellinger:
        return -0.5;
      default:
        return 0;
    }
  }

  // f'(r), r >= 0.
  double derivative(double r) const {
    switch (kind_) {
      case Divergence::kAlpha:
        return b_ == 0 ? std::log(r) + 1 : std::expm1(b_ * std::log(r)) / b_ + 1 / alpha_;
      case Divergence::kEuclidean:
        return r;
      case Divergence::kReverseKl:
        return -1 / r;
      case Divergence::kChiSquare:
        return 2 * (r - 1);
      case Divergence::kHellinger:
        return 1 - 1 / std::sqrt(r);
      case Divergence::kJensenShannon:
        return std::log(2 * r / (1 + r));
      case Divergence::kFermiDirac:
        return std::log(r / (1 - r));
    }
    return 0;
  }

  // s / p = 1 / (r f''(r)), r > 0: how fast log p moves with z.
  template <class R>
  R relative_slope(R r) const {
    switch (kind_) {
      case Divergence::kAlpha:
        return b_ == 0 ? R{1} : std::exp(-b_ * std::log(r));
      case Divergence::kEuclidean:
        return 1 / r;
      case Divergence::kReverseKl:
        return r;
      case Divergence::kChiSquare:
        return 1 / (2 * r);
      case Divergence::kHellinger:
        return 2 * std::sqrt(r);
      case Divergence::kJensenShannon:
        return 1 + r;
      case Divergence::kFermiDirac:
        return 1 - r;
    }
    return 0;
  }

  // f(r), r >= 0.
  double value(double r) const {
    const double log_r = std::log(r), r_log_r = r == 0 ? 0 : r * log_r;
    switch (kind_) {
      case Divergence::kAlpha:
        if (b_ == 0) return r_log_r;
        return r == 0 ? 0 : r * std::expm1(b_ * log_r) / (alpha_ * b_);
      case Divergence::kEuclidean:
        return r * r / 2;
      case Divergence::kReverseKl:
        return -log_r;
      case Divergence::kChiSquare:
        return (r - 1) * (r - 1);
      case Divergence::kHellinger:
        return (std::sqrt(r) - 1) * (std::sqrt(r) - 1);
      case Divergence::kJensenShannon:
        return r_log_r - (r + 1) * std::log((r + 1) / 2);
      case Divergence::kFermiDirac:
        return r_log_r + (r == 1 ? 0 : (1 - r) * std::log1p(-r));
    }
    return 0;
  }

  // Whether no p is above g.
  bool is_bounded() const { return kind_ == Divergence::kFermiDirac; }

 private:
  Divergence::Kind kind_;
  double alpha_, b_;
};

}  // namespace gibbs::family
