// entmax of one row with degeneracies, in double, for one SIMD target.

#if defined(GIBBS_KERNELS_ENTMAX_WEIGHTED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_WEIGHTED_INL_H_
#undef GIBBS_KERNELS_ENTMAX_WEIGHTED_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_WEIGHTED_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/entmax.hpp"
#include "kernels/power-inl.h"
#include "kernels/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The row relative to its reference state, the one that bounds t from below: p = g r with
// r = [1 + b v]^(1/b), v = y - t. With G the reference's g and g' = g / G, p keeps its form with
// y' = (y - y_reference) G^b; t' is then small however far apart the weights are, and nothing
// cancels.
struct WeightedRow {
  const double* y;  // y'
  const double* g;  // g'
  size_t n;
  double b;
};

struct WeightedSums {
  double p = 0, s = 0, g = 0;
};

// Sums at the trial t; p, where not null, receives the probabilities.
HWY_NOINLINE WeightedSums weighted_sums(const WeightedRow& row, double t, double* p_out) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const LogExp<hn::ScalableTag<double>> math(d);
  const V one = hn::Set(d, 1.0), zero = hn::Zero(d), b = hn::Set(d, row.b);
  const V exponent = hn::Set(d, (1 - row.b) / row.b), shift = hn::Set(d, t);
  const V smallest = hn::Set(d, std::numeric_limits<double>::min());
  const V largest = hn::Set(d, std::numeric_limits<double>::max()), top = hn::Set(d, 700.0);
  LaneSum<hn::ScalableTag<double>> sum_p(d), sum_s(d);
  for_each_vector(d, row.y, row.n, -std::numeric_limits<double>::infinity(),
                  [&](size_t i, V y) HWY_ATTR {
                    const V g = load_as_double(d, row.g + i, row.n - i);
                    const V v = hn::Sub(y, shift);
                    V w, correction;
                    two_sum(one, hn::Mul(b, v), w, correction);
                    const auto outside =
                        hn::Or(hn::Or(hn::Lt(w, smallest), hn::Gt(w, largest)), hn::Eq(g, zero));
                    const V safe = hn::IfThenElse(outside, one, w);
                    const V log_w = math.log(safe, hn::IfThenElse(outside, zero, correction));
                    const V power = math.exp(hn::Min(hn::Mul(exponent, log_w), top));
                    const V s = hn::IfThenZeroElse(outside, hn::Mul(g, power));
                    const V p = hn::Mul(s, safe);
                    sum_s.add(s);
                    sum_p.add(p);
                    if (!p_out) return;
                    if (row.n - i >= hn::Lanes(d)) {
                      hn::StoreU(p, d, p_out + i);
                    } else {
                      store_first(p, d, p_out + i, row.n - i);
                    }
                  });
  WeightedSums sums;
  double low = 0;
  sum_p.total(sums.p, low);
  sum_s.total(sums.s, low);
  return sums;
}

// exp(a + b) and exp(a b) without the rounding of the argument.
HWY_INLINE double exp_of_sum(double a, double b) {
  const double sum = a + b, of_b = sum - a;
  const double lost = (a - (sum - of_b)) + (b - of_b);
  return std::exp(sum) * (1 + lost);
}
HWY_INLINE double exp_of_product(double a, double b) {
  const double product = a * b;
  const double lost = std::fma(a, b, -product);
  return std::exp(product) * (1 + (std::isfinite(lost) ? lost : 0));
}

// p_j <= 1 bounds t from below by y_j - (g_j^-b - 1) / b for every state j; the plain bound max y
// would be wrong wherever g < 1 at the top.
HWY_INLINE size_t reference_state(const double* y, const double* log_weights, size_t n, double b) {
  constexpr double kAbsent = -std::numeric_limits<double>::infinity();
  size_t best = n;
  double bound = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < n; ++i) {
    const double weight = log_weights ? log_weights[i] : 0.0;
    if (y[i] == kAbsent || weight == kAbsent) continue;
    const double of_state = y[i] - std::expm1(-b * weight) / b;
    if (best == n || of_state > bound) {
      bound = of_state;
      best = i;
    }
  }
  return best;
}

// alpha <= 2: Newton on the norm, as in entmax-inl.h, from the bound, which is 0 here.
HWY_INLINE double solve_weighted(const WeightedRow& row) {
  double t = 0, last = 1;
  for (int i = 0; i < 200; ++i) {
    const auto sums = weighted_sums(row, t, nullptr);
    const double step = sums.p / sums.s * (-std::expm1(-row.b * std::log(sums.p)) / row.b);
    t += step;
    if (!(std::abs(step) * std::min(1.0, std::abs(step / last)) > 1e-16 * (1 + std::abs(t)))) break;
    last = step;
  }
  return t;
}

// alpha > 2: the unknown is r of the lowest state of the support (see solve_steep). Ranks of y.
struct SteepRow {
  double pivot, r, at_pivot;
};

// sum over states with y > edge of g (b (y - edge) + s)^(1/b), and its derivative in s^(1/b).
HWY_NOINLINE WeightedSums steep_sums(const WeightedRow& row, double edge, bool inclusive,
                                     double r) {
  const double k = 1 / row.b, s = std::pow(r, row.b);
  WeightedSums sums;
  for (size_t i = 0; i < row.n; ++i) {
    if (row.g[i] == 0 || !(inclusive ? row.y[i] >= edge : row.y[i] > edge)) continue;
    const double u = s + row.b * (row.y[i] - edge);
    sums.p += row.g[i] * (row.y[i] == edge ? r : std::pow(u, k));
    sums.s += row.g[i] * (row.y[i] == edge ? 1.0 : std::pow(s / u, 1 - k));
    sums.g += row.g[i];
  }
  return sums;
}

HWY_NOINLINE SteepRow solve_weighted_steep(const WeightedRow& row, double* scratch) {
  size_t count = 0;
  for (size_t i = 0; i < row.n; ++i) {
    if (row.g[i] > 0 && row.y[i] > -std::numeric_limits<double>::infinity()) {
      scratch[count++] = row.y[i];
    }
  }
  size_t inside = 0, outside = count;
  while (inside < outside) {
    const size_t middle = inside + (outside - inside) / 2;
    std::nth_element(scratch + inside, scratch + middle, scratch + outside, std::greater<>());
    if (steep_sums(row, scratch[middle], false, 0).p < 1) {
      inside = middle + 1;
    } else {
      outside = middle;
    }
  }
  SteepRow steep{*std::min_element(scratch, scratch + inside), 0, 0};
  steep.r = 1 / steep_sums(row, steep.pivot, true, 1).g;
  for (int i = 0; i < 100; ++i) {
    const auto sums = steep_sums(row, steep.pivot, true, steep.r);
    const double step = (sums.p - 1) / sums.s;
    steep.r = std::max(steep.r - step, 0x1p-1000);
    if (!(std::abs(step) > 1e-17 * steep.r)) break;
  }
  steep.at_pivot = std::pow(steep.r, row.b);
  return steep;
}

HWY_INLINE void write_steep(const WeightedRow& row, const SteepRow& steep, double* p_out) {
  for (size_t i = 0; i < row.n; ++i) {
    double p = 0;
    if (row.y[i] >= steep.pivot && row.g[i] > 0) {
      const double u = steep.at_pivot + row.b * (row.y[i] - steep.pivot);
      p = row.g[i] * (row.y[i] == steep.pivot ? steep.r : std::pow(u, 1 / row.b));
    }
    p_out[i] = p;
  }
}

// log Z = <p, y> + H, state by state: the closed forms cancel where g is far from 1.
HWY_NOINLINE RowSummary summary_of_states(const double* y, const double* y_low,
                                          const double* log_weights, const double* p, size_t n,
                                          double alpha, long double offset) {
  const long double b = static_cast<long double>(alpha) - 1;
  long double energy = 0, entropy = 0, total = 0, slope = 0;
  for (size_t i = 0; i < n; ++i) {
    if (p[i] == 0) continue;
    const long double log_g = log_weights ? log_weights[i] : 0.0;
    const long double log_r = std::log(static_cast<long double>(p[i])) - log_g;
    energy += static_cast<long double>(p[i]) * (static_cast<long double>(y[i]) + y_low[i]);
    const long double power = std::expm1(b * log_r);
    entropy -= static_cast<long double>(p[i]) * power / (b * alpha);
    total += p[i];
    slope +=
        static_cast<long double>(p[i]) * (y[i] - power / b - 1 / static_cast<long double>(alpha));
  }
  RowSummary summary;
  // At the optimum the value changes with p only through sum p, by the slope that all states share.
  const long double surplus = total > 0 ? slope / total * (total - 1) : 0;
  const long double value = energy + entropy - surplus;
  summary.excess = static_cast<double>(value);
  summary.log_partition = static_cast<double>(offset + value);
  summary.entropy = static_cast<double>(entropy);
  return summary;
}

RowSummary weighted_row(const double* y, const double* y_low, const double* log_weights, int64_t n,
                        double alpha, long double offset, double* scratch, double* out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto count = static_cast<size_t>(n);
  const double b = alpha - 1;
  double *scaled = scratch, *g = scratch + n;
  const size_t reference = reference_state(y, log_weights, count, b);
  const double log_unit = log_weights ? log_weights[reference] : 0.0;
  const double unit = exp_of_product(b, log_unit);
  for (size_t i = 0; i < count; ++i) {
    const double from_reference = y[i] - y[reference];
    scaled[i] = from_reference == 0 || y[i] == -kInfinity ? from_reference : from_reference * unit;
    g[i] = log_weights ? exp_of_sum(log_weights[i], -log_unit) : 1.0;
    if (y[i] == -kInfinity || (log_weights && log_weights[i] == -kInfinity)) g[i] = 0;
  }
  const WeightedRow row{scaled, g, count, b};
  double edge = 0;  // of the support, in units of y'
  if (alpha <= 2) {
    const double t = solve_weighted(row);
    weighted_sums(row, t, out);
    edge = t - 1 / b;
  } else {
    const SteepRow steep = solve_weighted_steep(row, out);  // out serves as scratch first
    write_steep(row, steep, out);
    edge = steep.pivot - steep.at_pivot / b;
  }
  RowSummary summary = summary_of_states(y, y_low, log_weights, out, count, alpha, offset);
  if (b > 0) summary.threshold = y[reference] + edge / unit;
  return summary;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
