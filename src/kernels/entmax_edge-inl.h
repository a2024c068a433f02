// Where the support of a row ends and what p is above it, for one SIMD target:
// sparsemax, 1.5-entmax and alpha > 2.

#if defined(GIBBS_KERNELS_ENTMAX_EDGE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_EDGE_INL_H_
#undef GIBBS_KERNELS_ENTMAX_EDGE_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_EDGE_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/entmax.hpp"
#include "kernels/entmax_candidates-inl.h"
#include "kernels/power-inl.h"
#include "kernels/row_summary.hpp"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// body(x) for all candidates, a vector of doubles at a time; the last is filled with -inf.
template <class D, class W, class Body>
HWY_INLINE void for_each_candidate(D d, const Candidates<W>& c, const Body& body) {
  for (size_t i = 0; i < c.count; i += hn::Lanes(d)) {
    const size_t left = c.count - i;
    auto x = load_as_double(d, c.scores + i, left);
    if (left < hn::Lanes(d)) {
      x = hn::IfThenElse(hn::FirstN(d, left), x,
                         hn::Set(d, -std::numeric_limits<double>::infinity()));
    }
    body(x);
  }
}

// Moments of the candidates above tau, in units where x = max is 0 and the window is (-1, 0].
struct Above {
  double count = 0, sum = 0, squares = 0;
  double lowest = 0;  // the least such score, as it stands in memory
};

template <bool kSquares, class W>
HWY_INLINE Above moments_above(const Candidates<W>& c, double slope, double tau) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const V max = hn::Set(d, static_cast<double>(c.max)), scale = hn::Set(d, slope);
  const V limit = hn::Set(d, tau), one = hn::Set(d, 1.0);
  V count = hn::Zero(d), sum = count, squares = count, lowest = max;
  for_each_candidate(d, c, [&](V x) HWY_ATTR {
    const V z = hn::Mul(hn::Sub(x, max), scale);
    const auto above = hn::Not(hn::Le(z, limit));  // NaN is above, and shows in the sum
    const V kept = hn::IfThenElseZero(above, z);
    count = hn::Add(count, hn::IfThenElseZero(above, one));
    sum = hn::Add(sum, kept);
    if constexpr (kSquares) squares = hn::MulAdd(kept, kept, squares);
    lowest = hn::Min(lowest, hn::IfThenElse(above, x, max));
  });
  return {hn::GetLane(hn::SumOfLanes(d, count)), hn::GetLane(hn::SumOfLanes(d, sum)),
          hn::GetLane(hn::SumOfLanes(d, squares)), hn::GetLane(hn::MinOfLanes(d, lowest))};
}

// The least of what is above, in the same units. Where it is above a larger tau, so are the others.
template <class W>
HWY_INLINE double lowest_of(const Candidates<W>& c, const Above& above, double slope) {
  return (above.lowest - static_cast<double>(c.max)) * slope;
}

// p = u^(1/b) with u = at_pivot + (x - pivot) slope, for x >= pivot; 0 below. Both terms are
// positive, so u has no cancellation, and the support is decided by a comparison of scores.
template <class W>
struct Edge {
  W pivot = 0;
  double at_pivot = 0, probability = 0, slope = 0;
};

// How far a computed tau may be from the exact one, and more: of states this near to it, rounding
// decides which are in the support.
constexpr double kNearTau = 1e-9;

// sparsemax: the mean of the states above tau decides tau; starting from those above `left`, all by
// default, the set shrinks until it stays (Michelot 1986), which is Newton's method on the
// threshold.
template <class W>
HWY_NOINLINE Edge<W> solve_sparsemax(const Candidates<W>& c, double temperature, double left = -1) {
  const double slope = 1 / temperature;
  double tau = left, count = 0;
  Above above = moments_above<false>(c, slope, tau);
  while (above.count != count) {
    count = above.count;
    const double last = tau;
    tau = (above.sum - 1) / count;
    // Rounding may take tau back a little, and then it stays too: it would go to and fro for ever.
    // By more it only goes back from a start right of the answer.
    const bool stays = tau > last - kNearTau && lowest_of(c, above, slope) > tau;
    if (std::isnan(tau) || stays) break;
    above = moments_above<false>(c, slope, tau);
  }
  const double u = lowest_of(c, above, slope) - tau;
  return {static_cast<W>(above.lowest), u, u, slope};
}

// The lower root of sum (z - tau)^2 = 1 over a fixed set.
HWY_INLINE double lower_root(const Above& set) {
  const double mean = set.sum / set.count;
  const double spread = set.squares - set.sum * mean;
  return mean - std::sqrt(std::max(0.0, (1 - spread) / set.count));
}

// 1.5-entmax. For the set above a tau left of the answer the root is not left of it, and the other
// way round, so the two close in; a Newton step on the norm of (z - tau)+ moves in any case. Which
// states within rounding of the answer are in the set must not depend on where it began: those are
// tried first.
template <class W>
HWY_NOINLINE Edge<W> solve_entmax15(const Candidates<W>& c, double temperature, double left = -1) {
  const double slope = 0.5 / temperature;
  double tau = left;
  Above set = moments_above<true>(c, slope, left);
  bool known = false;
  for (int i = 0; i < 64; ++i) {
    tau = lower_root(set);
    known = std::isnan(tau) || (tau > left + kNearTau && lowest_of(c, set, slope) > tau);
    if (known) break;
    const Above above = moments_above<true>(c, slope, tau);
    if (above.count == set.count) break;
    const double norm2 = set.squares - left * (2 * set.sum - left * set.count);
    const double newton = left + (norm2 - std::sqrt(norm2)) / (set.sum - left * set.count);
    const bool tau_is_left = above.squares - tau * (2 * above.sum - tau * above.count) >= 1;
    left = std::max(newton, tau_is_left ? tau : lower_root(above));
    set = moments_above<true>(c, slope, left);
  }
  if (!known) {
    set = moments_above<true>(c, slope, tau - kNearTau);
    tau = lower_root(set);
    if (!(lowest_of(c, set, slope) > tau)) {
      set = moments_above<true>(c, slope, tau);
      tau = lower_root(set);
    }
  }
  const double u = lowest_of(c, set, slope) - tau, inside = u < 0 ? 0 : u;
  return {static_cast<W>(set.lowest), inside, inside * inside, slope};
}

// sum over z of (z - z_edge + s)^k with s = y^(1/k), and its derivative in y: the sum of the ratios
// s / (z - z_edge + s) to the power 1 - k. y is kept, as s may underflow.
struct PowerSums {
  double value = 0, slope = 0;
};

HWY_NOINLINE PowerSums power_sums(const double* z, size_t n, double edge, double y, double k) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const LogExp<hn::ScalableTag<double>> math(d);
  const double s = std::pow(y, 1 / k);
  const V from = hn::Set(d, edge), shift = hn::Set(d, s), power = hn::Set(d, k);
  const V probability = hn::Set(d, y);
  const V smallest = hn::Set(d, std::numeric_limits<double>::min()), one = hn::Set(d, 1.0);
  const V scale = hn::Set(d, std::pow(s, 1 - k));
  LaneSum<hn::ScalableTag<double>> values(d), slopes(d);
  for_each_vector(d, z, n, edge - 2 * (s + 1), [&](size_t, V v) HWY_ATTR {
    const V u = hn::Add(hn::Sub(v, from), shift);
    const auto outside = hn::Lt(u, smallest);
    const V safe = hn::IfThenElse(outside, one, u);
    const V p = math.exp(hn::Mul(power, math.log(safe, hn::Zero(d))));
    const V ratio = hn::Div(hn::Mul(p, scale), safe);
    const auto at_edge = hn::Eq(v, from);
    values.add(hn::IfThenElse(at_edge, probability, hn::IfThenZeroElse(outside, p)));
    slopes.add(hn::IfThenElse(at_edge, one, hn::IfThenZeroElse(outside, ratio)));
  });
  PowerSums sums;
  double low = 0;
  values.total(sums.value, low);
  slopes.total(sums.slope, low);
  return sums;
}

// alpha > 2: with exponents below 1 a state near the edge is steep in tau, so the unknown is the
// probability y of the lowest state of the support: sum_j (y^b + z_j - z_pivot)^(1/b) = 1 is convex
// in y with a slope between 1 and the support's size. A state is in the support if the sum with the
// edge at it is below 1, which bisection by rank decides.
template <class W>
HWY_NOINLINE Edge<W> solve_steep(const Candidates<W>& c, double b, double temperature, double* z) {
  const double slope = b / temperature, k = 1 / b;
  for (size_t i = 0; i < c.count; ++i) {
    if (std::isnan(c.scores[i])) return {c.scores[i], 0, 0, slope};
    z[i] = (static_cast<double>(c.scores[i]) - static_cast<double>(c.max)) * slope;
  }
  size_t inside = 0, outside = c.count;
  while (inside < outside) {
    const size_t middle = inside + (outside - inside) / 2;
    std::nth_element(z + inside, z + middle, z + outside, [](double p, double q) { return p > q; });
    if (power_sums(z, middle, z[middle], 0.0, k).value < 1) {
      inside = middle + 1;
    } else {
      outside = middle;
    }
  }
  const double edge = *std::min_element(z, z + inside);
  double y = 1 / static_cast<double>(inside);
  for (int i = 0; i < 64; ++i) {
    const PowerSums sums = power_sums(z, inside, edge, y, k);
    const double step = (sums.value - 1) / sums.slope;
    y = std::max(y - step, 0x1p-1000);
    if (!(std::abs(step) > 1e-17)) break;
  }
  // The score that gave `edge`: the least at or above it, free of the rounding of z.
  W pivot = c.max;
  for (size_t i = 0; i < c.count; ++i) {
    const double zi = (static_cast<double>(c.scores[i]) - static_cast<double>(c.max)) * slope;
    if (zi >= edge) pivot = std::min(pivot, c.scores[i]);
  }
  return {pivot, std::pow(y, b), y, slope};
}

// factor p of an edge. kPower: 1 for alpha 2, 2 for alpha 1.5, 0 for any other.
template <int kPower, class D>
struct EdgeMap {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  LogExp<D> math;
  V pivot, at_pivot, probability, slope, exponent, smallest, factor;

  HWY_INLINE EdgeMap(D tag, const Edge<W>& edge, double b, double by)
      : d(tag),
        math(tag),
        pivot(hn::Set(d, edge.pivot)),
        at_pivot(hn::Set(d, static_cast<W>(edge.at_pivot * of_u(by)))),
        probability(hn::Set(d, static_cast<W>(edge.probability))),
        slope(hn::Set(d, static_cast<W>(edge.slope * of_u(by)))),
        exponent(hn::Set(d, static_cast<W>(1 / b))),
        smallest(hn::Set(d, std::numeric_limits<W>::min())),
        factor(hn::Set(d, static_cast<W>(by))) {}

  // Where p is u, the factor is one of u.
  static constexpr double of_u(double by) { return kPower == 1 ? by : 1; }

  HWY_INLINE V operator()(V x, size_t = 0) const {
    const auto inside = hn::Ge(x, pivot);
    const V u = hn::MulAdd(hn::Sub(x, pivot), slope, at_pivot);
    if constexpr (kPower == 1) return hn::IfThenElseZero(inside, u);
    if constexpr (kPower == 2) return hn::IfThenElseZero(inside, hn::Mul(u, hn::Mul(u, factor)));
    const V safe = hn::IfThenElse(inside, hn::Max(u, smallest), hn::Set(d, W{1}));
    const V p = math.exp(hn::Mul(exponent, math.log(safe, hn::Zero(d))));
    // At the pivot u may be too small for a lane where p is not.
    const V of_state = hn::IfThenElse(hn::Eq(x, pivot), probability, p);
    return hn::IfThenElseZero(inside, hn::Mul(of_state, factor));
  }
};

// The same less the factor at a label.
template <class Map, class D>
struct LabelMap {
  D d;
  const Map& map;
  size_t label;

  HWY_INLINE hn::Vec<D> operator()(hn::Vec<D> x, size_t i) const {
    const auto p = map(x, i);
    if (HWY_LIKELY(label - i >= hn::Lanes(d))) return p;
    using W = hn::TFromD<D>;
    const auto at = hn::Eq(hn::Iota(d, W{0}), hn::Set(d, static_cast<W>(label - i)));
    return hn::Sub(p, hn::IfThenElseZero(at, map.factor));
  }
};

// sum p and sum p v, v = (u - 1) / b, over the candidates.
template <int kPower, class W>
HWY_INLINE TsallisSums closed_sums(const Candidates<W>& c, const Edge<W>& edge) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const V pivot = hn::Set(d, static_cast<double>(edge.pivot)), slope = hn::Set(d, edge.slope);
  const V at_pivot = hn::Set(d, edge.at_pivot), one = hn::Set(d, 1.0);
  const V inverse_b = hn::Set(d, double{kPower});
  V sum_p = hn::Zero(d), sum_pv = sum_p, lost_p = sum_p, lost_pv = sum_p;
  // Thousands of equal p are enough for float rows as they are.
  const auto add = [&](V v, V& sum, V& lost) HWY_ATTR {
    if constexpr (sizeof(W) == 8) {
      V error;
      two_sum(sum, v, sum, error);
      lost = hn::Add(lost, error);
    } else {
      sum = hn::Add(sum, v);
    }
  };
  for_each_candidate(d, c, [&](V x) HWY_ATTR {
    const V u =
        hn::IfThenElseZero(hn::Ge(x, pivot), hn::MulAdd(hn::Sub(x, pivot), slope, at_pivot));
    const V p = kPower == 1 ? u : hn::Mul(u, u);
    add(p, sum_p, lost_p);
    add(hn::Mul(p, hn::Mul(hn::Sub(u, one), inverse_b)), sum_pv, lost_pv);
  });
  return {plain_sum(d, hn::Add(sum_p, lost_p)), 0, plain_sum(d, hn::Add(sum_pv, lost_pv))};
}

template <class W>
HWY_INLINE TsallisSums steep_sums(const Candidates<W>& c, const Edge<W>& edge, double b) {
  const double pivot = static_cast<double>(edge.pivot);
  long double sum_p = 0, sum_pv = 0;  // of thousands of equal p a double would lose three digits
  for (size_t i = 0; i < c.count; ++i) {
    const double x = static_cast<double>(c.scores[i]);
    if (x < pivot) continue;
    const double u = edge.at_pivot + (x - pivot) * edge.slope;
    const double p = x == pivot ? edge.probability : std::pow(u, 1 / b);
    sum_p += p;
    sum_pv += p * (u - 1) / b;
  }
  return {static_cast<double>(sum_p), 0, static_cast<double>(sum_pv)};
}

// t - max / T, and the mean of v.
struct EdgeMoments {
  double delta, v;
};

template <class W>
HWY_INLINE EdgeMoments edge_moments(const Candidates<W>& c, const Edge<W>& edge, double alpha) {
  const double b = alpha - 1, inverse_b = alpha == 2 ? 1 : alpha == 1.5 ? 2 : 1 / b;
  const TsallisSums sums = alpha == 2     ? closed_sums<1>(c, edge)
                           : alpha == 1.5 ? closed_sums<2>(c, edge)
                                          : steep_sums(c, edge, b);
  const double from_pivot = static_cast<double>(c.max) - static_cast<double>(edge.pivot);
  return {(1 - (edge.at_pivot + from_pivot * edge.slope)) * inverse_b, sums.pv / sums.p};
}

template <class W>
HWY_NOINLINE RowSummary edge_summary(const Candidates<W>& c, const Edge<W>& edge, double alpha,
                                     double temperature) {
  const EdgeMoments moments = edge_moments(c, edge, alpha);
  RowSummary summary = entmax_summary(static_cast<double>(c.max), temperature, alpha, moments.delta,
                                      {1, 0, moments.v});
  summary.threshold = static_cast<double>(edge.pivot) - edge.at_pivot / edge.slope;
  return summary;
}

// log Z - max / T alone.
template <class W>
HWY_NOINLINE double edge_excess(const Candidates<W>& c, const Edge<W>& edge, double alpha) {
  const EdgeMoments moments = edge_moments(c, edge, alpha);
  return moments.delta + (alpha - 1) / alpha * moments.v;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
