// One pass over a row that sums its exponentials and may keep them, and what follows from the sum,
// for one SIMD target.

#if defined(GIBBS_KERNELS_EXP_PASS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_EXP_PASS_INL_H_
#undef GIBBS_KERNELS_EXP_PASS_INL_H_
#else
#define GIBBS_KERNELS_EXP_PASS_INL_H_
#endif

#include <cmath>
#include <limits>
#include <type_traits>

#include "hwy/cache_control.h"
#include "kernels/reduce-inl.h"
#include "kernels/row_summary.hpp"
#include "kernels/scale.hpp"
#include "kernels/sums-inl.h"
#include "kernels/trail-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// What a pass of exponentials does beside summing.
struct PassFlags {
  bool store;          // keep the exponentials
  bool moment;         // sum exp(y) y too, y = (x - max) / T
  bool low;            // scores are unevaluated sums
  bool trail = false;  // scale and stream the row before this one
};

// What it reads, and where the next pass will read.
template <class W>
struct PassInput {
  const W* x;
  const W* low;
  size_t n;
  const W* next;
};

template <class W>
struct PassTotals {
  double sum = 0, sum_low = 0;  // the sum as a double-double
  double moment = 0;
};

// A sum of exponentials, and if wanted of their moments.
template <class D>
struct PassSums {
  BoundedLaneSum<D> terms;
  hn::Vec<D> top;  // max - c
  LaneSum<D> moments;
};

// kSize vectors of a pass from `i` on; of a last, single one only `count` lanes exist.
template <PassFlags kFlags, size_t kSize, class D, class W, class Beside>
HWY_INLINE void exp_step(const RowExp<D>& row, const PassInput<W>& in, size_t i, size_t count,
                         W* stored, PassSums<D>& sums, Beside& beside, const Trail<D>& trail) {
  const D d = row.d;
  const size_t lanes = hn::Lanes(d);
  Pack<D, kSize> shifted, e;
  each<kSize>([&](size_t k) HWY_ATTR {
    const size_t at = i + k * lanes;
    prefetch(in.next + at);
    beside.add(d, at, count);
    shifted[k] = row.shifted(load_some(d, in.x + at, count, -std::numeric_limits<W>::infinity()));
  });
  if constexpr (kFlags.low) {
    Pack<D, kSize> low;
    each<kSize>([&](size_t k)
                    HWY_ATTR { low[k] = load_some(d, in.low + i + k * lanes, count, W{0}); });
    e = row.exp(shifted, low);
  } else {
    e = row.exp(shifted);
  }
  each<kSize>([&](size_t k) HWY_ATTR {
    const size_t at = i + k * lanes;
    if constexpr (kFlags.trail) trail.step(d, at);
    if constexpr (kFlags.store) hn::StoreU(e[k], d, stored + at);  // scratch is padded
    if constexpr (kFlags.moment) {
      sums.moments.add(hn::Mul(e[k], hn::Sub(shifted[k], sums.top)));
    }
    sums.terms.add(e[k]);
  });
}

// exp((x - max) / T) 2^kBias of a row. What the pass reads meanwhile is added to `beside`.
template <PassFlags kFlags, class D, class Beside, class W = hn::TFromD<D>>
HWY_INLINE PassTotals<W> exp_pass(const RowExp<D>& row, W max, const PassInput<W>& in, W* stored,
                                  Beside&& beside, const Trail<D>& trail = Trail<D>()) {
  const D d = row.d;
  const size_t n = in.n, lanes = hn::Lanes(d);
  const W bound = static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 1));
  PassSums<D> sums{BoundedLaneSum<D>(d, bound), hn::Sub(hn::Set(d, max), row.shift), LaneSum<D>(d)};
  size_t i = 0;
  for (; i + kLongPack * lanes <= n; i += kLongPack * lanes) {
    exp_step<kFlags, kLongPack>(row, in, i, lanes, stored, sums, beside, trail);
  }
  for (; i + kPack * lanes <= n; i += kPack * lanes) {
    exp_step<kFlags, kPack>(row, in, i, lanes, stored, sums, beside, trail);
  }
  for (; i < n; i += lanes) exp_step<kFlags, 1>(row, in, i, n - i, stored, sums, beside, trail);
  PassTotals<W> totals;
  sums.terms.add_total(totals.sum, totals.sum_low);
  if constexpr (kFlags.moment) {
    double moment_low = 0;
    sums.moments.total(totals.moment, moment_low);
  }
  return totals;
}

// The empty sum of a row: a pack of exponentials that are at most 2^kBias is added at once.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE BoundedLaneSum<D> quick_lanes(D d) {
  return BoundedLaneSum<D>(d, static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 3)));
}

// kSize vectors of a pass for a sum alone, from `i` on; of a last, single one only `count` lanes
// exist. What is read for later comes after what is computed now: a tenth less out of cache.
template <size_t kSize, class D, class W, class Beside>
HWY_INLINE void quick_step(const QuickExp<D>& exp, const PassInput<W>& in, size_t i, size_t count,
                           BoundedLaneSum<D>& sum, Beside& beside) {
  const D d = exp.d;
  const size_t lanes = hn::Lanes(d);
  Pack<D, kSize> x;
  each<kSize>([&](size_t k) HWY_ATTR {
    x[k] = load_some(d, in.x + i + k * lanes, count, -std::numeric_limits<W>::infinity());
  });
  for (size_t k = 0; k < kSize; ++k) {
    prefetch(in.next + i + k * lanes);
    beside.add(d, i + k * lanes, count);
  }
  sum.add(sum_of(d, exp(x)));
}

// Adds the sum alone, for its logarithm. Without lambdas: g++ keeps the sum in memory for those.
template <class D, class Beside, class W = hn::TFromD<D>>
HWY_INLINE void quick_pass(const QuickExp<D>& exp, const PassInput<W>& in, BoundedLaneSum<D>& sum,
                           Beside&& beside) {
  const size_t n = in.n, lanes = hn::Lanes(exp.d);
  size_t i = 0;
  for (; i + kLongPack * lanes <= n; i += kLongPack * lanes) {
    quick_step<kLongPack>(exp, in, i, lanes, sum, beside);
  }
  for (; i + kPack * lanes <= n; i += kPack * lanes) {
    quick_step<kPack>(exp, in, i, lanes, sum, beside);
  }
  for (; i < n; i += lanes) quick_step<1>(exp, in, i, n - i, sum, beside);
}

// log p = (x - max) / T + low - log_sum. Each product keeps its rounding error.
template <bool kLow, class D, class W = hn::TFromD<D>>
HWY_INLINE void log_row(D d, const Scale<W>& scale, const W* x, const W* low, size_t n, W max,
                        double log_sum, W* to) {
  const size_t lanes = hn::Lanes(d);
  const auto top = hn::Set(d, max);
  const auto inverse = hn::Set(d, scale.inverse), inverse_low = hn::Set(d, scale.inverse_low);
  const W high = static_cast<W>(log_sum);
  const auto sum_high = hn::Set(d, high);
  const auto sum_low = hn::Set(d, static_cast<W>(log_sum - static_cast<double>(high)));
  const auto lowest = hn::Set(d, std::numeric_limits<W>::lowest());
  for_each_vector(d, x, n, W{0}, [&](size_t i, hn::Vec<D> scores) HWY_ATTR {
    const auto from_max = hn::Sub(scores, top);
    // -inf * inverse_low would be NaN where inverse_low is 0, and +inf where it is negative.
    auto small = hn::Min(hn::MulSub(max_keep_nan(d, lowest, from_max), inverse_low, sum_low),
                         hn::Neg(lowest));
    const size_t left = n - i;
    if constexpr (kLow) {
      small = hn::Add(small, load_some(d, low + i, left, W{0}));
    }
    const auto log_p = hn::Add(hn::MulSub(from_max, inverse, sum_high), small);
    if (left >= lanes) {
      hn::StoreU(log_p, d, to + i);
    } else {
      store_first(log_p, d, to + i, left);
    }
  });
}

// log sum exp((x - max) / T) from the sum of a pass. Added to a maximum of the other sign it must
// hold more than a lane does: double for float, long double for double.
template <class W>
using Wider = std::conditional_t<sizeof(W) == 4, double, long double>;

template <class W>
HWY_INLINE Wider<W> log_of_sum(const PassTotals<W>& totals) {
  using R = Wider<W>;
  const R unit = std::ldexp(R{1}, -ExpRange<W>::kBias);
  const R high = static_cast<R>(totals.sum) * unit, low = static_cast<R>(totals.sum_low) * unit;
  // Beside one term that is nearly the whole sum, the logarithm is the small rest.
  return high < R{1.5} ? std::log1p((high - 1) + low) : std::log(high + low);
}

template <class W>
HWY_INLINE RowSummary summary_of_row(W max, Wider<W> log_sum, double moment, double temperature) {
  RowSummary summary;
  summary.log_partition = static_cast<double>(
      static_cast<Wider<W>>(max) / static_cast<Wider<W>>(temperature) + log_sum);
  summary.max = static_cast<double>(max);
  summary.excess = static_cast<double>(log_sum);
  summary.entropy = static_cast<double>(log_sum) - moment;
  return summary;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
