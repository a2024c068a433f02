// entmax of contiguous rows, for one SIMD target.
//
// At g = 1 no state further than T / (alpha - 1) below the maximum has probability. So a row is read
// for its maximum and its few candidates, the threshold is solved on those in cache, and the row is
// written. Nothing is sorted.

#if defined(GIBBS_KERNELS_ENTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_INL_H_
#undef GIBBS_KERNELS_ENTMAX_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/entmax.hpp"
#include "kernels/limit_row.hpp"
#include "kernels/newton.hpp"
#include "kernels/power-inl.h"
#include "kernels/reduce-inl.h"
#include "kernels/short_entmax-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A lane just below max - width, whatever the rounding.
template <class W>
HWY_INLINE W below(W max, double width) {
  const double bound = static_cast<double>(max) - width * (1 + 1e-6);
  return std::nextafter(static_cast<W>(bound), -std::numeric_limits<W>::infinity());
}

// Copies the scores above `bound`, and NaN, to `to`; returns how many. to may be over-written by a
// vector beyond them, and may be x. beside(i) is called for every vector.
template <class D, class Beside, class W = hn::TFromD<D>>
HWY_INLINE size_t keep_above(D d, const W* x, size_t n, W bound, W* to, const W* next,
                             const Beside& beside) {
  const auto limit = hn::Set(d, bound);
  size_t count = 0;
  for_each_vector(d, x, n, -std::numeric_limits<W>::infinity(),
                  [&](size_t i, hn::Vec<D> scores) HWY_ATTR {
                    prefetch(next + i);
                    beside(i);
                    const auto keep = hn::Not(hn::Le(scores, limit));
                    hn::StoreU(hn::Compress(scores, keep), d, to + count);
                    count += hn::CountTrue(d, keep);
                  });
  return count;
}

// The maximum of a row and the scores within `width` of it, in one read of memory.
template <class W>
struct Candidates {
  W max = -std::numeric_limits<W>::infinity();
  W* scores = nullptr;
  size_t count = 0;
};

template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE Candidates<W> find_candidates(D d, const W* x, size_t n, double width, W* buffer,
                                         const W* next_row) {
  constexpr size_t kBlock = 4096;  // its second read hits the L1 cache
  Candidates<W> found;
  found.scores = buffer;
  bool stale = false;
  for (size_t i = 0; i < n; i += kBlock) {
    const size_t count = std::min(kBlock, n - i);
    const W top = max_of(d, x + i, count);
    if (!(top <= found.max)) {
      stale = found.count > 0;
      found.max = top;
    }
    if (!(found.max - found.max == 0)) {
      if (found.max != -std::numeric_limits<W>::infinity()) return found;  // +inf or NaN
    }
    found.count +=
        keep_above(d, x + i, count, below(found.max, width), buffer + found.count,
                   i + kBlock < n ? x + i + kBlock : next_row, [](size_t) HWY_ATTR {});
  }
  if (stale) {
    found.count =
        keep_above(d, buffer, found.count, below(found.max, width), buffer, buffer,
                   [](size_t) HWY_ATTR {});
  }
  return found;
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
  for (size_t i = 0; i < c.count; i += hn::Lanes(d)) {
    const size_t left = c.count - i;
    V x = load_as_double(d, c.scores + i, left);
    if (left < hn::Lanes(d)) {
      x = hn::IfThenElse(hn::FirstN(d, left), x,
                         hn::Set(d, -std::numeric_limits<double>::infinity()));
    }
    const V z = hn::Mul(hn::Sub(x, max), scale);
    const auto above = hn::Not(hn::Le(z, limit));  // NaN is above, and shows in the sum
    const V kept = hn::IfThenElseZero(above, z);
    count = hn::Add(count, hn::IfThenElseZero(above, one));
    sum = hn::Add(sum, kept);
    if constexpr (kSquares) squares = hn::MulAdd(kept, kept, squares);
    lowest = hn::Min(lowest, hn::IfThenElse(above, x, max));
  }
  return {hn::GetLane(hn::SumOfLanes(d, count)), hn::GetLane(hn::SumOfLanes(d, sum)),
          hn::GetLane(hn::SumOfLanes(d, squares)), hn::GetLane(hn::MinOfLanes(d, lowest))};
}

// p = u^(1/b) with u = at_pivot + (x - pivot) slope, for x >= pivot; 0 below. Both terms are
// positive, so u has no cancellation, and the support is decided by a comparison of scores.
template <class W>
struct Edge {
  W pivot = 0;
  double at_pivot = 0, probability = 0, slope = 0;
};

// sparsemax: the mean of the states above tau decides tau; starting from all candidates, the set
// shrinks until it stays (Michelot 1986), which is Newton's method on the threshold.
template <class W>
HWY_NOINLINE Edge<W> solve_sparsemax(const Candidates<W>& c, double temperature) {
  const double slope = 1 / temperature;
  double tau = -1, count = 0;
  Above above = moments_above<false>(c, slope, tau);
  while (above.count != count) {
    count = above.count;
    tau = (above.sum - 1) / count;
    if (std::isnan(tau)) break;
    above = moments_above<false>(c, slope, tau);
  }
  const double u = (above.lowest - static_cast<double>(c.max)) * slope - tau;
  return {static_cast<W>(above.lowest), u, u, slope};
}

// The lower root of sum (z - tau)^2 = 1 over a fixed set.
HWY_INLINE double lower_root(const Above& set) {
  const double mean = set.sum / set.count;
  const double spread = set.squares - set.sum * mean;
  return mean - std::sqrt(std::max(0.0, (1 - spread) / set.count));
}

// 1.5-entmax. For the set above a tau left of the answer the root is not left of it, and the other
// way round, so the two close in; a Newton step on the norm of (z - tau)+ moves in any case.
template <class W>
HWY_NOINLINE Edge<W> solve_entmax15(const Candidates<W>& c, double temperature) {
  const double slope = 0.5 / temperature;
  double left = -1, tau = -1;
  Above set = moments_above<true>(c, slope, left), above = set;
  for (int i = 0; i < 64; ++i) {
    tau = lower_root(set);
    above = moments_above<true>(c, slope, tau);
    if (above.count == set.count || std::isnan(tau)) break;
    const double norm2 = set.squares - left * (2 * set.sum - left * set.count);
    const double newton = left + (norm2 - std::sqrt(norm2)) / (set.sum - left * set.count);
    const bool tau_is_left = above.squares - tau * (2 * above.sum - tau * above.count) >= 1;
    left = std::max(newton, tau_is_left ? tau : lower_root(above));
    set = moments_above<true>(c, slope, left);
  }
  const double u = (above.lowest - static_cast<double>(c.max)) * slope - tau;
  return {static_cast<W>(above.lowest), u, u * u, slope};
}

// sum over z of (z - z_edge + s)^k with s = y^(1/k), and its derivative in y: the sum of the ratios
// s / (z - z_edge + s) to the power 1 - k. y is kept, as s may underflow.
struct PowerSums {
  double value = 0, slope = 0;
};

HWY_NOINLINE PowerSums power_sums(const double* z, size_t n, double edge, double y, double k) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const LogExp<decltype(d)> math(d);
  const double s = std::pow(y, 1 / k);
  const V from = hn::Set(d, edge), shift = hn::Set(d, s), power = hn::Set(d, k);
  const V probability = hn::Set(d, y);
  const V smallest = hn::Set(d, std::numeric_limits<double>::min()), one = hn::Set(d, 1.0);
  const V scale = hn::Set(d, std::pow(s, 1 - k));
  LaneSum<decltype(d)> values(d), slopes(d);
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
    std::nth_element(z + inside, z + middle, z + outside, std::greater<>());
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

// The p of an edge. kPower: 1 for alpha 2, 2 for alpha 1.5, 0 for any other.
template <int kPower, class D>
struct EdgeMap {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  LogExp<D> math;
  V pivot, at_pivot, probability, slope, exponent, smallest;

  HWY_INLINE EdgeMap(D tag, const Edge<W>& edge, double b)
      : d(tag),
        math(tag),
        pivot(hn::Set(d, edge.pivot)),
        at_pivot(hn::Set(d, static_cast<W>(edge.at_pivot))),
        probability(hn::Set(d, static_cast<W>(edge.probability))),
        slope(hn::Set(d, static_cast<W>(edge.slope))),
        exponent(hn::Set(d, static_cast<W>(1 / b))),
        smallest(hn::Set(d, std::numeric_limits<W>::min())) {}

  HWY_INLINE V operator()(V x) const {
    const auto inside = hn::Ge(x, pivot);
    const V u = hn::MulAdd(hn::Sub(x, pivot), slope, at_pivot);
    if constexpr (kPower == 1) return hn::IfThenElseZero(inside, u);
    if constexpr (kPower == 2) return hn::IfThenElseZero(inside, hn::Mul(u, u));
    const V safe = hn::IfThenElse(inside, hn::Max(u, smallest), hn::Set(d, W{1}));
    const V p = math.exp(hn::Mul(exponent, math.log(safe, hn::Zero(d))));
    // At the pivot u may be too small for a lane where p is not.
    return hn::IfThenElseZero(inside, hn::IfThenElse(hn::Eq(x, pivot), probability, p));
  }
};

// to = map(x) over a row.
template <class D, class Map, class W = hn::TFromD<D>>
HWY_INLINE void write_mapped(D d, const W* x, size_t n, bool stream, W* to, const Map& map) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  if (stream) {
    const size_t head = (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % lanes;
    if (head < n) {
      if (head != 0) store_first(map(load_first(d, x, head, W{0})), d, to, head);
      for (i = head; i + lanes <= n; i += lanes) hn::Stream(map(hn::LoadU(d, x + i)), d, to + i);
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(map(hn::LoadU(d, x + i)), d, to + i);
  if (i < n) store_first(map(load_first(d, x + i, n - i, W{0})), d, to + i, n - i);
}

template <class W>
HWY_NOINLINE RowSummary edge_summary(const Candidates<W>& c, const Edge<W>& edge, double alpha,
                                   double temperature) {
  const double b = alpha - 1, max = static_cast<double>(c.max);
  const double pivot = static_cast<double>(edge.pivot);
  double sum_p = 0, sum_pv = 0;
  for (size_t i = 0; i < c.count; ++i) {
    const double x = static_cast<double>(c.scores[i]);
    if (x < pivot) continue;
    const double u = edge.at_pivot + (x - pivot) * edge.slope;
    const double p = x == pivot ? edge.probability : alpha == 2 ? u : std::pow(u, 1 / b);
    sum_p += p;
    sum_pv += p * (u - 1) / b;
  }
  const double u_max = edge.at_pivot + (max - pivot) * edge.slope;
  RowSummary summary = entmax_summary(max, temperature, alpha, (1 - u_max) / b, sum_pv / sum_p);
  summary.threshold = pivot - edge.at_pivot / edge.slope;
  return summary;
}

// Where p and q of every candidate are kept; null: nowhere.
template <class W>
struct Kept {
  W* p = nullptr;
  W* q = nullptr;
};

template <bool kMoment, bool kKeep, class D, class W = hn::TFromD<D>>
HWY_INLINE TsallisSums tsallis_sums(D d, const TsallisExp<D>& map, const W* x, size_t n,
                                    Kept<W> kept) {
  BoundedLaneSum<D> sum_p(d, W{2});  // p <= 1, as delta >= 0
  LaneSum<D> sum_pv(d);
  auto sum_q = hn::Zero(d);  // steers the steps, no more
  for_each_vector(d, x, n, -std::numeric_limits<W>::infinity(),
                  [&](size_t i, hn::Vec<D> scores) HWY_ATTR {
                    const auto v = map.v(scores);
                    hn::Vec<D> p, q;
                    map(v, p, q);
                    if constexpr (kKeep) {  // both are padded
                      hn::StoreU(p, d, kept.p + i);
                      hn::StoreU(q, d, kept.q + i);
                    }
                    sum_p.add(p);
                    sum_q = hn::Add(sum_q, q);
                    if constexpr (kMoment) {
                      sum_pv.add(map.moment(p, v));
                    }
                  });
  TsallisSums sums;
  double low = 0;
  sum_p.add_total(sums.p, low);
  sums.p += low;
  sums.q = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum_q)));
  if constexpr (kMoment) sum_pv.total(sums.pv, low);
  return sums;
}

template <bool kKeep, class D, class W = hn::TFromD<D>>
HWY_NOINLINE TsallisRoot solve_tsallis(D d, const Candidates<W>& c, double b, double temperature,
                                       Kept<W> kept) {
  return newton_on_norm<W>(b, kKeep, [&](double delta) HWY_ATTR {
    const TsallisExp<D> map(d, b, c.max, temperature, delta);
    return tsallis_sums<false, kKeep>(d, map, c.scores, c.count, kept);
  });
}

// p at delta + step from p and q at delta: dp/ddelta = -q, dq/ddelta = -(1 - b) q^2 / p.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void write_kept(D d, Kept<W> kept, size_t n, double b, double step, bool stream,
                           W* to) {
  const auto h = hn::Set(d, static_cast<W>(step)), zero = hn::Zero(d);
  const auto half = hn::Set(d, static_cast<W>((1 - b) / 2 * step * step));
  size_t i = 0;
  const auto map = [&](size_t at, hn::Vec<D> p) HWY_ATTR {
    const auto q = hn::LoadU(d, kept.q + at);
    const auto present = hn::Gt(p, zero);
    const auto bend = hn::Mul(hn::Mul(half, q), hn::Div(q, hn::IfThenElse(present, p, h)));
    return hn::Max(zero, hn::Add(p, hn::IfThenElseZero(present, hn::NegMulAdd(h, q, bend))));
  };
  const size_t lanes = hn::Lanes(d);
  const size_t head = stream ? (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % lanes : 0;
  if (head != 0 && head < n) {
    store_first(map(0, hn::LoadU(d, kept.p)), d, to, head);
    i = head;
  }
  for (; i + lanes <= n; i += lanes) {
    const auto p = map(i, hn::LoadU(d, kept.p + i));
    if (stream) {
      hn::Stream(p, d, to + i);
    } else {
      hn::StoreU(p, d, to + i);
    }
  }
  if (i < n) store_first(map(i, hn::LoadU(d, kept.p + i)), d, to + i, n - i);
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void fill_row(D d, W value, size_t n, W* out) {
  const auto v = hn::Set(d, value);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) hn::StoreU(v, d, out + i);
  if (i < n) store_first(v, d, out + i, n - i);
}

template <class W>
struct RowJob {
  const EntmaxBatch<W>& batch;
  const W* x;
  W* out;
  RowSummary* summary;
  const W* next;  // the row that will be read after this one
  size_t n() const { return static_cast<size_t>(batch.cols); }
};

template <int kPower, class D, class W = hn::TFromD<D>>
HWY_NOINLINE void finish_edge(D d, const RowJob<W>& job, const Candidates<W>& c,
                            const Edge<W>& edge) {
  const double alpha = job.batch.alpha;
  if (std::isnan(edge.at_pivot) || std::isnan(edge.pivot)) {
    if (job.summary) *job.summary = RowSummary::nan();
    return fill_row(d, std::numeric_limits<W>::quiet_NaN(), job.n(), job.out);
  }
  if (job.summary) *job.summary = edge_summary(c, edge, alpha, job.batch.temperature);
  write_mapped(d, job.x, job.n(), job.batch.stream, job.out,
               EdgeMap<kPower, D>(d, edge, alpha - 1));
}

template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void finish_tsallis(D d, const RowJob<W>& job, const Candidates<W>& c) {
  const double b = job.batch.alpha - 1, temperature = job.batch.temperature;
  // Where every state is a candidate, the last pass of the solver already has their p.
  const bool all = c.count == job.n() && b < 0.5;
  W* spare = job.batch.scratch + job.batch.cols + 64;
  const Kept<W> kept{spare, spare + job.batch.cols + 64};
  const auto root = all ? solve_tsallis<true>(d, c, b, temperature, kept)
                        : solve_tsallis<false>(d, c, b, temperature, kept);
  const double delta = std::max(0.0, root.delta + root.step);
  if (std::isnan(root.step)) {
    if (job.summary) *job.summary = RowSummary::nan();
    return fill_row(d, std::numeric_limits<W>::quiet_NaN(), job.n(), job.out);
  }
  const TsallisExp<D> map(d, b, c.max, temperature, delta);
  if (job.summary) {
    const auto sums = tsallis_sums<true, false>(d, map, c.scores, c.count, Kept<W>{});
    *job.summary = entmax_summary(static_cast<double>(c.max), temperature, job.batch.alpha, delta,
                                  sums.pv / sums.p);
  }
  if (all) {
    return write_kept(d, kept, job.n(), b, delta - root.delta, job.batch.stream, job.out);
  }
  const W bound = b > 0 ? below(c.max, temperature / b) : -std::numeric_limits<W>::infinity();
  const auto limit = hn::Set(d, bound);
  write_mapped(d, job.x, job.n(), job.batch.stream, job.out, [&](hn::Vec<D> x) HWY_ATTR {
    if (hn::AllFalse(d, hn::Gt(x, limit))) return hn::Zero(d);
    hn::Vec<D> p, q;
    map(map.v(x), p, q);
    return p;
  });
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void entmax_row(D d, const RowJob<W>& job) {
  const auto& batch = job.batch;
  const double b = batch.alpha - 1, temperature = batch.temperature;
  Candidates<W> c;
  if (b > 0) {
    c = find_candidates(d, job.x, job.n(), temperature / b, batch.scratch, job.next);
  } else {
    c = {max_of(d, job.x, job.n()), const_cast<W*>(job.x), job.n()};
  }
  if (!(c.max - c.max == 0)) {
    const auto limit = limit_row<W>(job.x, static_cast<const W*>(nullptr), job.n(),
                                    LimitLaw{Limit::kRegular, batch.alpha, temperature}, false,
                                    job.out);
    if (job.summary) *job.summary = limit;
  } else if (batch.alpha == 2) {
    finish_edge<1>(d, job, c, solve_sparsemax(c, temperature));
  } else if (batch.alpha == 1.5) {
    finish_edge<2>(d, job, c, solve_entmax15(c, temperature));
  } else if (batch.alpha > 2) {
    const auto address = reinterpret_cast<uintptr_t>(batch.scratch + batch.cols + 64);
    auto* z = reinterpret_cast<double*>((address + 7) / 8 * 8);
    finish_edge<0>(d, job, c, solve_steep(c, b, temperature, z));
  } else {
    finish_tsallis(d, job, c);
  }
}

// sparsemax or 1.5-entmax of a batch larger than the caches, rows of one block and whole vectors: each
// row is written while the candidates of the next are gathered (see Trail in softmax-inl.h).
template <int kPower, class W>
HWY_NOINLINE void streamed_edge_batch(const EntmaxBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const D d;
  const auto n = static_cast<size_t>(batch.cols);
  const double b = batch.alpha - 1, temperature = batch.temperature;
  const W* last_x = nullptr;
  W* last_out = nullptr;
  EdgeMap<kPower, D> map(d, Edge<W>{}, b);
  const auto write_last = [&](size_t i) HWY_ATTR {
    hn::Stream(map(hn::LoadU(d, last_x + i)), d, last_out + i);
  };
  const auto finish = [&]() HWY_ATTR {
    if (last_x) write_mapped(d, last_x, n, true, last_out, map);
    last_x = nullptr;
  };
  for (int64_t i = 0; i < batch.rows; ++i) {
    const W* x = batch.scores + i * batch.scores_stride;
    const RowJob<W> job{batch, x, batch.out + i * batch.out_stride, nullptr,
                        i + 1 < batch.rows ? x + batch.scores_stride : x};
    Candidates<W> c{max_of(d, x, n), batch.scratch, 0};
    if (!(c.max - c.max == 0)) {
      finish();
      entmax_row(d, job);
      continue;
    }
    const W bound = below(c.max, temperature / b);
    c.count = last_x ? keep_above(d, x, n, bound, c.scores, job.next, write_last)
                     : keep_above(d, x, n, bound, c.scores, job.next, [](size_t) HWY_ATTR {});
    const Edge<W> edge =
        kPower == 1 ? solve_sparsemax(c, temperature) : solve_entmax15(c, temperature);
    if (std::isnan(edge.at_pivot) || std::isnan(edge.pivot)) {
      last_x = nullptr;
      finish_edge<kPower>(d, job, c, edge);
      continue;
    }
    map = EdgeMap<kPower, D>(d, edge, b);
    last_x = x;
    last_out = job.out;
  }
  finish();
  hwy::FlushStream();
}

template <class W>
HWY_INLINE bool streams_edges(const EntmaxBatch<W>& batch) {
  const size_t lanes = hn::Lanes(hn::ScalableTag<W>());
  return batch.stream && !batch.summaries && (batch.alpha == 2 || batch.alpha == 1.5) &&
         batch.cols <= 4096 && static_cast<size_t>(batch.cols) % lanes == 0 &&
         (reinterpret_cast<uintptr_t>(batch.out) |
          static_cast<size_t>(batch.out_stride) * sizeof(W)) % (lanes * sizeof(W)) == 0;
}

template <class W>
HWY_INLINE void entmax_batch(const EntmaxBatch<W>& batch) {
  if constexpr (sizeof(W) == 4) {
    if (batch.cols <= kLongestShortRow && batch.alpha <= 2) return short_entmax_batch(batch);
  }
  if (streams_edges(batch)) {
    if (batch.alpha == 2) return streamed_edge_batch<1>(batch);
    return streamed_edge_batch<2>(batch);
  }
  const hn::ScalableTag<W> d;
  for (int64_t i = 0; i < batch.rows; ++i) {
    const W* x = batch.scores + i * batch.scores_stride;
    entmax_row(d, RowJob<W>{batch, x, batch.out + i * batch.out_stride,
                            batch.summaries ? batch.summaries + i : nullptr,
                            i + 1 < batch.rows ? x + batch.scores_stride : x});
  }
  if (batch.stream) hwy::FlushStream();
}

template <class W>
HWY_INLINE EntmaxCandidates<W> candidates_of_part(const W* x, int64_t n, double width, W* buffer) {
  const hn::ScalableTag<W> d;
  const auto found = find_candidates(d, x, static_cast<size_t>(n), width, buffer, x);
  return {found.max, buffer, static_cast<int64_t>(found.count)};
}

template <class W>
HWY_INLINE int64_t keep_candidates(const EntmaxCandidates<W>& c, W max, double width, W* to) {
  const hn::ScalableTag<W> d;
  return static_cast<int64_t>(keep_above(d, c.scores, static_cast<size_t>(c.count),
                                         below(max, width), to, c.scores, [](size_t) HWY_ATTR {}));
}

template <class W>
HWY_INLINE EntmaxEdge edge_of(const EntmaxCandidates<W>& given, double alpha, double temperature,
                              double* z) {
  const Candidates<W> c{given.max, given.scores, static_cast<size_t>(given.count)};
  const Edge<W> edge = alpha == 2     ? solve_sparsemax(c, temperature)
                       : alpha == 1.5 ? solve_entmax15(c, temperature)
                                      : solve_steep(c, alpha - 1, temperature, z);
  EntmaxEdge solved{static_cast<double>(edge.pivot), edge.at_pivot, edge.probability, edge.slope,
                    RowSummary::nan()};
  if (!std::isnan(solved.pivot) && !std::isnan(solved.at_pivot)) {
    solved.summary = edge_summary(c, edge, alpha, temperature);
  }
  return solved;
}

template <class W>
HWY_INLINE void write_edge(const W* x, int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                           W* out) {
  using D = hn::ScalableTag<W>;
  const Edge<W> lane_edge{static_cast<W>(edge.pivot), edge.at_pivot, edge.probability, edge.slope};
  const auto write = [&](const auto& map) HWY_ATTR {
    write_mapped(D(), x, static_cast<size_t>(n), stream, out, map);
    if (stream) hwy::FlushStream();
  };
  if (alpha == 2) return write(EdgeMap<1, D>(D(), lane_edge, 1));
  if (alpha == 1.5) return write(EdgeMap<2, D>(D(), lane_edge, 0.5));
  write(EdgeMap<0, D>(D(), lane_edge, alpha - 1));
}

template <class W>
HWY_INLINE TsallisSums sums_of_part(const W* x, int64_t n, double b, W max, double temperature,
                                    double delta) {
  using D = hn::ScalableTag<W>;
  const TsallisExp<D> map(D(), b, max, temperature, delta);
  return tsallis_sums<true, false>(D(), map, x, static_cast<size_t>(n), Kept<W>{});
}

template <class W>
HWY_INLINE void write_tsallis(const W* x, int64_t n, double b, W max, double temperature,
                              double delta, bool stream, W* out) {
  using D = hn::ScalableTag<W>;
  const TsallisExp<D> map(D(), b, max, temperature, delta);
  write_mapped(D(), x, static_cast<size_t>(n), stream, out, [&](hn::Vec<D> v) HWY_ATTR {
    hn::Vec<D> p, q;
    map(map.v(v), p, q);
    return p;
  });
  if (stream) hwy::FlushStream();
}

void entmax_float(const EntmaxBatch<float>& batch) { entmax_batch(batch); }
void entmax_double(const EntmaxBatch<double>& batch) { entmax_batch(batch); }

EntmaxCandidates<float> candidates_float(const float* x, int64_t n, double width, float* buffer) {
  return candidates_of_part(x, n, width, buffer);
}
int64_t keep_float(const EntmaxCandidates<float>& c, float max, double width, float* to) {
  return keep_candidates(c, max, width, to);
}
EntmaxEdge edge_float(const EntmaxCandidates<float>& c, double alpha, double temperature,
                      double* z) {
  return edge_of(c, alpha, temperature, z);
}
void write_edge_float(const float* x, int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                      float* out) {
  write_edge(x, n, edge, alpha, stream, out);
}
TsallisSums sums_float(const float* x, int64_t n, double b, float max, double temperature,
                       double delta) {
  return sums_of_part(x, n, b, max, temperature, delta);
}
void write_tsallis_float(const float* x, int64_t n, double b, float max, double temperature,
                         double delta, bool stream, float* out) {
  write_tsallis(x, n, b, max, temperature, delta, stream, out);
}

EntmaxCandidates<double> candidates_double(const double* x, int64_t n, double width, double* buffer) {
  return candidates_of_part(x, n, width, buffer);
}
int64_t keep_double(const EntmaxCandidates<double>& c, double max, double width, double* to) {
  return keep_candidates(c, max, width, to);
}
EntmaxEdge edge_double(const EntmaxCandidates<double>& c, double alpha, double temperature,
                      double* z) {
  return edge_of(c, alpha, temperature, z);
}
void write_edge_double(const double* x, int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                      double* out) {
  write_edge(x, n, edge, alpha, stream, out);
}
TsallisSums sums_double(const double* x, int64_t n, double b, double max, double temperature,
                       double delta) {
  return sums_of_part(x, n, b, max, temperature, delta);
}
void write_tsallis_double(const double* x, int64_t n, double b, double max, double temperature,
                         double delta, bool stream, double* out) {
  write_tsallis(x, n, b, max, temperature, delta, stream, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
