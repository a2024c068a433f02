#pragma once
// The functions f of Divergence: what they make of r = p / g, and back.

#include <cmath>
#include <limits>
#include <numbers>

#include "gibbs/family/divergence.hpp"

namespace gibbs::family {

// f at one alpha. R: double or long double.
class Generator {
 public:
  Generator(Divergence::Kind kind, double alpha) : kind_(kind), alpha_(alpha), b_(alpha - 1) {}

  // The end of the range of f', at which r is 0 or infinite, where z stays near it. Measured from
  // there, y = z - edge, a state of large g keeps its digits: p is g times a small r.
  template <class R>
  R edge() const {
    switch (kind_) {
      case Divergence::kAlpha:
        return has_edge() ? -1 / (R{alpha_} * R{b_}) : R{0};
      case Divergence::kChiSquare:
        return -2;
      case Divergence::kHellinger:
        return 1;
      case Divergence::kJensenShannon:
        return std::numbers::ln2_v<R>;
      default:
        return 0;
    }
  }

  // r with f'(r) = edge + y: 0 where that is below the range of f', infinity where it is above.
  template <class R>
  R ratio(R y) const {
    constexpr R kInfinity = std::numeric_limits<R>::infinity();
    switch (kind_) {
      case Divergence::kEuclidean:
        return y <= 0 ? R{0} : y;  // NaN stays
      case Divergence::kChiSquare:
        return y > 0 ? y / 2 : R{0};
      case Divergence::kReverseKl:
        return y < 0 ? -1 / y : kInfinity;
      case Divergence::kHellinger:
        return y < 0 ? 1 / (y * y) : kInfinity;
      case Divergence::kFermiDirac:
        return 1 / (1 + std::exp(-y));
      default:
        return std::exp(log_ratio(y));
    }
  }

  // log of the same.
  template <class R>
  R log_ratio(R y) const {
    constexpr R kInfinity = std::numeric_limits<R>::infinity();
    switch (kind_) {
      case Divergence::kAlpha: {
        if (b_ == 0) return y - 1;
        const R power = has_edge() ? b_ * y : 1 + b_ * (y - 1 / R{alpha_});  // r^b
        if (!(power > 0)) return b_ > 0 ? -kInfinity : kInfinity;
        return (has_edge() ? std::log(power) : std::log1p(b_ * (y - 1 / R{alpha_}))) / b_;
      }
      case Divergence::kJensenShannon:
        if (!(y < 0)) return kInfinity;
        return y < -1 ? y - std::log1p(-std::exp(y)) : -std::log(std::expm1(-y));
      case Divergence::kFermiDirac:
        return y > 0 ? -std::log1p(std::exp(-y)) : y - std::log1p(std::exp(y));
      default:
        return std::log(ratio(y));
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
  // Near alpha 1 the edge is far away, and r grows as exp does.
  bool has_edge() const { return b_ >= 0.25 || b_ <= -0.25; }

  Divergence::Kind kind_;
  double alpha_, b_;
};

}  // namespace gibbs::family
