#pragma once
// (max, sum): the monoid that merges the log-sum-exp of parts.

#include <cmath>
#include <concepts>
#include <limits>

namespace gibbs {

// sum_i exp(x_i / T) held as exp(max / T) * sum, so that no exponential overflows. The neutral
// element is that of no term; merging is associative and commutative up to rounding of Real.
// edges     a NaN in either part makes the whole NaN; max = +inf counts its terms in `sum`
template <std::floating_point Real>
struct BasicLogSum {
  Real max = -std::numeric_limits<Real>::infinity();
  Real sum = 0;

  // log of the whole sum; -inf for no term.
  Real log(Real temperature = 1) const {
    return sum == 0 ? -std::numeric_limits<Real>::infinity() : max / temperature + std::log(sum);
  }
};

using LogSum = BasicLogSum<double>;

// The sum of both parts' terms; T as for the parts.
template <std::floating_point Real>
BasicLogSum<Real> merge(const BasicLogSum<Real>& a, const BasicLogSum<Real>& b,
                        std::type_identity_t<Real> temperature = 1) {
  if (std::isnan(a.sum) || b.sum == 0) return a;
  if (std::isnan(b.sum) || a.sum == 0) return b;
  if (a.max == b.max) return {a.max, a.sum + b.sum};
  if (a.max < b.max) return merge(b, a, temperature);
  return {a.max, a.sum + b.sum * std::exp((b.max - a.max) / temperature)};
}

}  // namespace gibbs
