#include "known_answers_family_divergence.hpp"

#include <limits>

namespace known {
namespace {

// What is left of a difference that should be zero: roots are found to 1e-126, and gaps that scores
// of 24 bits can make are far larger.
constexpr double kNothing = 1e-110;

Real infinity() { return std::numeric_limits<double>::infinity(); }

Real power(const Real& r, const Real& exponent) { return exp(exponent * log(r)); }

Real times_log(const Real& r) { return r == Real(0) ? Real(0) : r * log(r); }

// 1 / y, infinite where y is not above zero.
Real above_range(const Real& y, const Real& numerator) {
  return y > Real(0) ? numerator / y : infinity();
}

// y, zero where it is not above zero.
Real below_range(const Real& y) { return y > Real(kNothing) ? y : Real(0); }

}  // namespace

std::string name_of(Kind kind) {
  switch (kind) {
    case Kind::kAlpha:
      return "alpha";
    case Kind::kEuclidean:
      return "euclidean";
    case Kind::kReverseKl:
      return "reverse_kl";
    case Kind::kChiSquare:
      return "chi_square";
    case Kind::kHellinger:
      return "hellinger";
    case Kind::kJensenShannon:
      return "jensen_shannon";
    case Kind::kFermi:
      return "fermi_dirac";
  }
  return "";
}

Real Generator::value(const Real& r) const {
  switch (kind) {
    case Kind::kAlpha:
      if (alpha == Real(1)) return times_log(r);
      return (power(r, alpha) - r) / (alpha * (alpha - 1));
    case Kind::kEuclidean:
      return r * r / 2;
    case Kind::kReverseKl:
      return -log(r);
    case Kind::kChiSquare:
      return (r - 1) * (r - 1);
    case Kind::kHellinger:
      return (sqrt(r) - 1) * (sqrt(r) - 1);
    case Kind::kJensenShannon:
      return times_log(r) - (r + 1) * log((r + 1) / 2);
    case Kind::kFermi:
      return times_log(r) + times_log(1 - r);
  }
  return 0;
}

Real Generator::slope(const Real& r) const {
  switch (kind) {
    case Kind::kAlpha:
      if (alpha == Real(1)) return log(r) + 1;
      return (alpha * power(r, alpha - 1) - 1) / (alpha * (alpha - 1));
    case Kind::kEuclidean:
      return r;
    case Kind::kReverseKl:
      return -1 / r;
    case Kind::kChiSquare:
      return 2 * (r - 1);
    case Kind::kHellinger:
      return 1 - 1 / sqrt(r);
    case Kind::kJensenShannon:
      return log(r) - log((r + 1) / 2);
    case Kind::kFermi:
      return log(r) - log(1 - r);
  }
  return 0;
}

Real Generator::alpha_ratio(const Real& z) const {
  if (alpha == Real(1)) return exp(z - 1);
  const Real b = alpha - 1;
  const Real base = b * z + 1 / alpha;  // r^b
  if (base > Real(b > Real(0) ? kNothing : 0)) return power(base, 1 / b);
  return b > Real(0) ? Real(0) : infinity();
}

Real Generator::ratio(const Real& z) const {
  switch (kind) {
    case Kind::kAlpha:
      return alpha_ratio(z);
    case Kind::kEuclidean:
      return below_range(z);
    case Kind::kReverseKl:
      return above_range(-z, 1);
    case Kind::kChiSquare:
      return below_range(1 + z / 2);
    case Kind::kHellinger: {
      const Real root = above_range(1 - z, 1);
      return root * root;
    }
    case Kind::kJensenShannon:
      return above_range(2 - exp(z), exp(z));
    case Kind::kFermi:
      return 1 / (1 + exp(-z));
  }
  return 0;
}

}  // namespace known
