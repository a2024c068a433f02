// softmax, log_softmax and log_sum_exp of contiguous rows, for one SIMD target.

#if defined(GIBBS_KERNELS_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "kernels/limit_row.hpp"
#include "kernels/reduce-inl.h"
#include "kernels/short_softmax-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/sums-inl.h"
#include "hwy/cache_control.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

// What a pass of exponentials does beside summing.
struct PassFlags {
  bool store;   // keep the exponentials
  bool moment;  // sum exp(y) y too, y = (x - max) / T
  bool low;     // scores are unevaluated sums
  bool trail = false;  // scale and stream the row before this one
  bool quick = false;  // only for log Z
};
inline constexpr PassFlags kForLog{false, false, false, false, true};

// What it reads, and where the next pass will read.
template <class W>
struct PassInput {
  const W* x;
  const W* low;
  size_t n;
  const W* next;
};

// The exponentials of the row before, waiting to be scaled and streamed while this one computes:
// alone, a burst of such stores would wait for the memory.
template <class D>
struct Trail {
  using W = hn::TFromD<D>;
  const W* from = nullptr;
  W* to = nullptr;  // aligned to a vector
  hn::Vec<D> high, low;
  HWY_INLINE void step(D d, size_t i) const {
    const auto e = hn::LoadU(d, from + i);
    hn::Stream(hn::MulAdd(e, high, hn::Mul(e, low)), d, to + i);
  }
};

template <class W>
struct PassTotals {
  double sum = 0, sum_low = 0;  // the sum as a double-double; sum_low is 0 for float lanes
  double moment = 0;
};

// One vector of a pass: the exponentials of x at `i`, of which `count` lanes exist.
template <PassFlags kFlags, class D, class W, class Moment>
HWY_INLINE hn::Vec<D> exp_step(const RowExp<D>& row, const PassInput<W>& in, size_t i,
                               size_t count, W* stored, Moment& moment, const Trail<D>& trail) {
  const D d = row.d;
  const auto [x, low, n, next] = in;
  prefetch(next + i);
  if constexpr (kFlags.trail) trail.step(d, i);
  const bool full = count >= hn::Lanes(d);
  const W lowest = -std::numeric_limits<W>::infinity();
  const auto scores = full ? hn::LoadU(d, x + i) : load_first(d, x + i, count, lowest);
  const auto shifted = row.shifted(scores);
  hn::Vec<D> e;
  if constexpr (kFlags.low) {
    e = row.exp(shifted, full ? hn::LoadU(d, low + i) : load_first(d, low + i, count, W{0}));
  } else {
    e = row.exp(shifted);
  }
  if constexpr (kFlags.store) hn::StoreU(e, d, stored + i);  // scratch is padded
  if constexpr (kFlags.moment) moment.add(hn::Mul(e, hn::Sub(shifted, moment.top)));
  return e;
}

template <class D>
struct MomentSum {
  hn::Vec<D> top;  // max - c
  LaneSum<D> sum;
  HWY_INLINE void add(hn::Vec<D> v) { sum.add(v); }
};

// exp((x - max) / T) 2^kBias of a row. Two sums hide the latency of one.
template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_INLINE PassTotals<W> exp_pass(const RowExp<D>& row, W max, const PassInput<W>& in, W* stored,
                                  const Trail<D>& trail = Trail<D>()) {
  const D d = row.d;
  const size_t n = in.n;
  const size_t lanes = hn::Lanes(d);
  const W bound = static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 1));
  BoundedLaneSum<D> even(d, bound), odd(d, bound);
  MomentSum<D> moment{hn::Sub(hn::Set(d, max), row.shift), LaneSum<D>(d)};
  size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    even.add(exp_step<kFlags>(row, in, i, lanes, stored, moment, trail));
    odd.add(exp_step<kFlags>(row, in, i + lanes, lanes, stored, moment, trail));
  }
  for (; i < n; i += lanes) even.add(exp_step<kFlags>(row, in, i, n - i, stored, moment, trail));
  PassTotals<W> totals;
  even.add_total(totals.sum, totals.sum_low);
  odd.add_total(totals.sum, totals.sum_low);
  if constexpr (kFlags.moment) {
    double moment_low = 0;
    moment.sum.total(totals.moment, moment_low);
  }
  return totals;
}

// The sum alone, for its logarithm.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE PassTotals<W> quick_pass(const QuickExp<D>& exp, const PassInput<W>& in) {
  const D d = exp.d;
  const size_t lanes = hn::Lanes(d);
  BoundedLaneSum<D> sum(d, static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 3)));
  size_t i = 0;
  for (; i + 4 * lanes <= in.n; i += 4 * lanes) {
    const auto e = [&](size_t k) HWY_ATTR {
      prefetch(in.next + i + k * lanes);
      return exp(hn::LoadU(d, in.x + i + k * lanes));
    };
    sum.add(hn::Add(hn::Add(e(0), e(1)), hn::Add(e(2), e(3))));
  }
  for (; i < in.n; i += lanes) {
    const size_t left = in.n - i;
    const W lowest = -std::numeric_limits<W>::infinity();
    sum.add(exp(left >= lanes ? hn::LoadU(d, in.x + i) : load_first(d, in.x + i, left, lowest)));
  }
  PassTotals<W> totals;
  sum.add_total(totals.sum, totals.sum_low);
  return totals;
}

// 1 / (sum + sum_low) as high + low, each a lane.
template <class W>
struct Reciprocal {
  W high, low;
  Reciprocal(double sum, double sum_low) {
    const double inverse = 1 / sum;
    high = static_cast<W>(inverse);
    const double missing =
        std::fma(-static_cast<double>(high), sum, 1.0) - static_cast<double>(high) * sum_low;
    low = static_cast<W>(missing * inverse);
  }
  explicit Reciprocal(long double sum) {
    high = static_cast<W>(1 / sum);
    low = static_cast<W>(1 / sum - static_cast<long double>(high));
  }
};

// to = from * (high + low), correctly rounded but for some 1e-3 ulp. n lanes may be over-read.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void scale_row(D d, const W* from, size_t n, Reciprocal<W> by, bool stream, W* to) {
  const size_t lanes = hn::Lanes(d);
  const auto high = hn::Set(d, by.high), low = hn::Set(d, by.low);
  const auto scaled = [&](size_t i) HWY_ATTR {
    const auto e = hn::LoadU(d, from + i);
    return hn::MulAdd(e, high, hn::Mul(e, low));
  };
  size_t i = 0;
  if (stream) {
    // Non-temporal stores need aligned addresses; a row's first lanes are stored plainly.
    const size_t head = (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % lanes;
    if (head != 0 && head < n) {
      store_first(scaled(0), d, to, head);
      i = head;
    }
    if (head < n) {
      for (; i + lanes <= n; i += lanes) hn::Stream(scaled(i), d, to + i);
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(scaled(i), d, to + i);
  if (i < n) store_first(scaled(i), d, to + i, n - i);
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
    // -inf * inverse_low would be NaN where inverse_low is 0 or negative.
    auto small = hn::MulSub(max_keep_nan(d, lowest, from_max), inverse_low, sum_low);
    const size_t left = n - i;
    if constexpr (kLow) {
      small = hn::Add(small, left >= lanes ? hn::LoadU(d, low + i)
                                           : load_first(d, low + i, left, W{0}));
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
  return std::log(std::ldexp(static_cast<R>(totals.sum) + static_cast<R>(totals.sum_low),
                             -ExpRange<W>::kBias));
}

template <class W>
HWY_INLINE RowSummary summary_of_row(W max, Wider<W> log_sum, double moment, double temperature) {
  RowSummary summary;
  summary.log_partition = static_cast<double>(
      static_cast<Wider<W>>(max) / static_cast<Wider<W>>(temperature) + log_sum);
  summary.entropy = static_cast<double>(log_sum) - moment;
  return summary;
}

template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_INLINE void softmax_row(D d, const SoftmaxBatch<W>& batch, const Scale<W>& scale,
                            const PassInput<W>& in, W* out, RowSummary* summary,
                            W* log_partition) {
  const auto [x, low, n, next] = in;
  const W max = max_of(d, x, n);
  if (!(max - max == 0)) {  // NaN or infinite
    const auto limit = limit_row<W>(x, static_cast<const W*>(nullptr), n, LimitLaw{},
                                    batch.output == Output::kLogProbabilities, out);
    if (summary) *summary = limit;
    if (log_partition) *log_partition = static_cast<W>(limit.log_partition);
    return;
  }
  PassTotals<W> totals;
  if constexpr (kFlags.quick) {
    totals = quick_pass(QuickExp<D>(d, scale, hn::Set(d, max)), in);
  } else {
    totals = exp_pass<kFlags>(RowExp<D>(d, scale, hn::Set(d, max)), max, in, batch.scratch);
  }
  if (log_partition) {
    *log_partition = static_cast<W>(
        summary_of_row(max, log_of_sum(totals), 0, scale.temperature).log_partition);
  }
  if (summary || batch.output == Output::kLogProbabilities) {
    const Wider<W> log_sum = log_of_sum(totals);
    if (summary) {
      *summary = summary_of_row(max, log_sum, totals.moment / (totals.sum * scale.temperature),
                                scale.temperature);
      if (std::isnan(totals.sum)) *summary = RowSummary::nan();
    }
    if (batch.output == Output::kLogProbabilities) {
      log_row<kFlags.low>(d, scale, x, low, n, max, static_cast<double>(log_sum), out);
    }
  }
  if constexpr (kFlags.store) {
    scale_row(d, batch.scratch, n, Reciprocal<W>(totals.sum, totals.sum_low), batch.stream, out);
  }
}

template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_NOINLINE void softmax_batch(D d, const SoftmaxBatch<W>& batch) {
  for (int64_t i = 0; i < batch.rows; ++i) {
    const W* x = batch.scores + i * batch.scores_stride;
    const PassInput<W> in{x, kFlags.low ? batch.low + i * batch.scores_stride : nullptr,
                          static_cast<size_t>(batch.cols),
                          i + 1 < batch.rows ? x + batch.scores_stride : x};
    softmax_row<kFlags>(d, batch, batch.scales[i * batch.scales_stride], in,
                        batch.out ? batch.out + i * batch.out_stride : nullptr,
                        batch.summaries ? batch.summaries + i : nullptr,
                        batch.log_partitions ? batch.log_partitions + i : nullptr);
  }
  if (batch.stream) hwy::FlushStream();
}

// Whether every row of the output is whole vectors, aligned.
template <class D, class W>
HWY_INLINE bool is_aligned(D d, const SoftmaxBatch<W>& batch) {
  const size_t bytes = hn::Lanes(d) * sizeof(W);
  return static_cast<size_t>(batch.cols) % hn::Lanes(d) == 0 &&
         (reinterpret_cast<uintptr_t>(batch.out) |
          static_cast<size_t>(batch.out_stride) * sizeof(W)) % bytes == 0;
}

// Probabilities of a batch larger than the caches: each row is written while the next computes.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void streamed_softmax_batch(D d, const SoftmaxBatch<W>& batch) {
  constexpr PassFlags kFirst{true, false, false, false}, kTrailing{true, false, false, true};
  const auto n = static_cast<size_t>(batch.cols);
  W* stored = batch.scratch;
  W* other = batch.scratch + batch.cols + kScratchPad;
  Trail<D> trail;
  Reciprocal<W> of_trail(1.0, 0.0);
  const auto finish = [&] {
    if (trail.from) scale_row(d, trail.from, n, of_trail, true, trail.to);
    trail.from = nullptr;
  };
  for (int64_t i = 0; i < batch.rows; ++i) {
    const W* x = batch.scores + i * batch.scores_stride;
    W* out = batch.out + i * batch.out_stride;
    const W max = max_of(d, x, n);
    if (!(max - max == 0)) {
      finish();
      limit_row<W>(x, static_cast<const W*>(nullptr), n, LimitLaw{}, false, out);
      continue;
    }
    const RowExp<D> row(d, batch.scales[i * batch.scales_stride], hn::Set(d, max));
    const PassInput<W> in{x, nullptr, n, i + 1 < batch.rows ? x + batch.scores_stride : x};
    const auto totals = trail.from ? exp_pass<kTrailing>(row, max, in, stored, trail)
                                   : exp_pass<kFirst>(row, max, in, stored);
    of_trail = Reciprocal<W>(totals.sum, totals.sum_low);
    trail = {stored, out, hn::Set(d, of_trail.high), hn::Set(d, of_trail.low)};
    std::swap(stored, other);
  }
  finish();
  hwy::FlushStream();
}

// A row of few columns wastes lanes of a wide vector; narrower vectors also reduce in fewer steps.
template <PassFlags kFlags, class W>
HWY_INLINE void softmax_by_width(const SoftmaxBatch<W>& batch) {
  if (batch.cols <= 4) return softmax_batch<kFlags>(hn::CappedTag<W, 4>(), batch);
  if (batch.cols <= 8) return softmax_batch<kFlags>(hn::CappedTag<W, 8>(), batch);
  softmax_batch<kFlags>(hn::ScalableTag<W>(), batch);
}


template <class W>
HWY_INLINE void softmax_by_flags(const SoftmaxBatch<W>& batch) {
  if constexpr (sizeof(W) == 4) {
    if (batch.cols <= kLongestShortRow && !batch.low) return short_softmax_batch(batch);
  }
  const bool store = batch.output == Output::kProbabilities;
  if (batch.low) {
    if (store) return softmax_by_width<PassFlags{true, true, true}>(batch);
    return softmax_by_width<PassFlags{false, true, true}>(batch);
  }
  if (store) {
    const hn::ScalableTag<W> d;
    if (batch.stream && !batch.summaries && !batch.log_partitions && is_aligned(d, batch)) {
      return streamed_softmax_batch(hn::ScalableTag<W>(), batch);
    }
    if (batch.entropy) return softmax_by_width<PassFlags{true, true, false}>(batch);
    return softmax_by_width<PassFlags{true, false, false}>(batch);
  }
  if (batch.entropy) return softmax_by_width<PassFlags{false, true, false}>(batch);
  if constexpr (sizeof(W) == 4) {
    if (batch.output == Output::kNothing) return softmax_by_width<kForLog>(batch);
  }
  softmax_by_width<PassFlags{false, false, false}>(batch);
}

// One cache block of a long row, relative to its own maximum.
template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_INLINE Part block_of_row(D d, const PassInput<W>& in, const Scale<W>& scale) {
  const auto [x, low, n, next] = in;
  const W max = max_of(d, x, n);
  if (!(max - max == 0)) {
    const auto limit = limit_row<W>(x, static_cast<const W*>(nullptr), n, LimitLaw{},
                                    false, static_cast<W*>(nullptr));
    const long double terms = std::isnan(limit.log_partition)
                                  ? std::numeric_limits<long double>::quiet_NaN()
                                  : static_cast<long double>(limit.support);
    return {{static_cast<long double>(max), terms}, 0};
  }
  PassTotals<W> totals;
  if constexpr (kFlags.quick) {
    totals = quick_pass(QuickExp<D>(d, scale, hn::Set(d, max)), in);
  } else {
    totals = exp_pass<kFlags>(RowExp<D>(d, scale, hn::Set(d, max)), max, in,
                              static_cast<W*>(nullptr));
  }
  const long double sum = static_cast<long double>(totals.sum) + totals.sum_low;
  const long double unit = std::ldexp(1.0L, -ExpRange<W>::kBias);
  return {{static_cast<long double>(max), sum * unit},
          totals.moment * unit / static_cast<long double>(scale.temperature)};
}

template <PassFlags kFlags, class W>
HWY_INLINE Part blocks_of_row(const W* x, const W* low, int64_t n, const Scale<W>& scale) {
  constexpr int64_t kBlock = 4096;  // 16 to 32 KiB: the second pass over a block hits the L1 cache
  const hn::ScalableTag<W> d;
  Part part;
  for (int64_t i = 0; i < n; i += kBlock) {
    const auto count = static_cast<size_t>(std::min(kBlock, n - i));
    const W* next = i + kBlock < n ? x + i + kBlock : x + i;
    const auto block =
        block_of_row<kFlags>(d, PassInput<W>{x + i, low ? low + i : nullptr, count, next}, scale);
    part = merge(part, block, scale.temperature);
  }
  return part;
}

template <class W>
HWY_INLINE Part any_part_of_row(const W* x, const W* low, int64_t n, const Scale<W>& scale,
                                Sum sum) {
  if constexpr (sizeof(W) == 4) {
    if (sum == Sum::kForLog) return blocks_of_row<kForLog>(x, low, n, scale);
  }
  if (low) return blocks_of_row<PassFlags{false, true, true}>(x, low, n, scale);
  if (sum == Sum::kWithMoment) {
    return blocks_of_row<PassFlags{false, true, false}>(x, low, n, scale);
  }
  return blocks_of_row<PassFlags{false, false, false}>(x, low, n, scale);
}

// p of a part of a row: the exponentials once more, block by block, scaled from a buffer in cache.
template <PassFlags kFlags, class W>
HWY_INLINE void write_probabilities(const W* x, const W* low, int64_t n, const Scale<W>& scale,
                                    const Part& total, bool stream, W* out, const W* next) {
  constexpr int64_t kBlock = 1024;
  using D = hn::ScalableTag<W>;
  const D d;
  const W max = static_cast<W>(total.total.max);
  const RowExp<D> row(d, scale, hn::Set(d, max));
  const Reciprocal<W> inverse(std::ldexp(total.total.sum, ExpRange<W>::kBias));
  constexpr PassFlags kTrailing{true, false, kFlags.low, true};
  HWY_ALIGN W buffers[2][kBlock + HWY_MAX_BYTES / sizeof(W)];
  const bool aligned = reinterpret_cast<uintptr_t>(out) % HWY_MAX_BYTES == 0;
  Trail<D> trail;
  for (int64_t i = 0; i < n; i += kBlock) {
    W* buffer = buffers[(i / kBlock) % 2];
    const auto count = static_cast<size_t>(std::min(kBlock, n - i));
    const PassInput<W> in{x + i, low ? low + i : nullptr, count, next + i};
    const bool whole = stream && aligned && count == size_t{kBlock};
    if (trail.from && whole) {
      exp_pass<kTrailing>(row, max, in, buffer, trail);
    } else {
      if (trail.from) scale_row(d, trail.from, kBlock, inverse, true, trail.to);
      exp_pass<kFlags>(row, max, in, buffer);
    }
    trail = {buffer, out + i, hn::Set(d, inverse.high), hn::Set(d, inverse.low)};
    if (whole) continue;
    scale_row(d, buffer, count, inverse, stream, out + i);
    trail.from = nullptr;
  }
  if (trail.from) scale_row(d, trail.from, kBlock, inverse, true, trail.to);
  if (stream) hwy::FlushStream();
}

template <class W>
HWY_INLINE void any_write_part(const W* x, const W* low, int64_t n, const Scale<W>& scale,
                               const Part& row, Output output, bool stream, W* out,
                               const W* next) {
  const hn::ScalableTag<W> d;
  const double log_sum = static_cast<double>(std::log(row.total.sum));
  const W max = static_cast<W>(row.total.max);
  const auto count = static_cast<size_t>(n);
  if (output == Output::kLogProbabilities) {
    if (low) return log_row<true>(d, scale, x, low, count, max, log_sum, out);
    return log_row<false>(d, scale, x, low, count, max, log_sum, out);
  }
  if (low) {
    return write_probabilities<PassFlags{true, false, true}>(x, low, n, scale, row, stream, out,
                                                              next);
  }
  write_probabilities<PassFlags{true, false, false}>(x, low, n, scale, row, stream, out, next);
}

void softmax_float(const SoftmaxBatch<float>& batch) { softmax_by_flags(batch); }
void softmax_double(const SoftmaxBatch<double>& batch) { softmax_by_flags(batch); }
Part part_float(const float* x, const float* low, int64_t n, const Scale<float>& scale,
                Sum sum) {
  return any_part_of_row(x, low, n, scale, sum);
}
Part part_double(const double* x, const double* low, int64_t n, const Scale<double>& scale,
                 Sum sum) {
  return any_part_of_row(x, low, n, scale, sum);
}
void write_float(const float* x, const float* low, int64_t n, const Scale<float>& scale,
                 const Part& row, Output output, bool stream, float* out, const float* next) {
  any_write_part(x, low, n, scale, row, output, stream, out, next);
}
void write_double(const double* x, const double* low, int64_t n, const Scale<double>& scale,
                  const Part& row, Output output, bool stream, double* out, const double* next) {
  any_write_part(x, low, n, scale, row, output, stream, out, next);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
