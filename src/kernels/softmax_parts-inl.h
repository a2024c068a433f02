// softmax, log_softmax and log_sum_exp of one part of a very long row, for one SIMD target: what
// the threads share out.
//
// No name here may be that of a function of softmax.hpp: a call from inside would find the public
// one, which dispatches to here again.

#if defined(GIBBS_KERNELS_SOFTMAX_PARTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SOFTMAX_PARTS_INL_H_
#undef GIBBS_KERNELS_SOFTMAX_PARTS_INL_H_
#else
#define GIBBS_KERNELS_SOFTMAX_PARTS_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/exp_pass-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/reduce-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/vector_math-inl.h"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// One cache block of a long row, relative to its own maximum.
template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_INLINE Part block_of_row(D d, const PassInput<W>& in, const Scale<W>& scale) {
  const auto [x, low, n, next] = in;
  const W max = max_of(d, x, n);
  if (!(max - max == 0)) {
    const auto limit = limit_row<W>(x, static_cast<const W*>(nullptr), n, LimitLaw{}, false,
                                    static_cast<W*>(nullptr));
    const long double terms = std::isnan(limit.log_partition)
                                  ? std::numeric_limits<long double>::quiet_NaN()
                                  : static_cast<long double>(limit.support);
    return {{static_cast<long double>(max), terms}, 0};
  }
  PassTotals<W> totals;
  if constexpr (kFlags.quick) {
    totals = quick_pass(QuickExp<D>(d, scale, hn::Set(d, max)), in);
  } else {
    totals =
        exp_pass<kFlags>(RowExp<D>(d, scale, hn::Set(d, max)), max, in, static_cast<W*>(nullptr));
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
                               const Part& row, Output output, bool stream, W* out, const W* next) {
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

Part part_float(const float* x, const float* low, int64_t n, const Scale<float>& scale, Sum sum) {
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
