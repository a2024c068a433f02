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
#include "kernels/ahead.hpp"
#include "kernels/exp_pass-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/pieces-inl.h"
#include "kernels/quick_softmax-inl.h"
#include "kernels/reduce-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/vector_math-inl.h"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int64_t kBlock = kKeptBlock;  // 16 to 32 KiB: its second pass hits the L1 cache

// The exponentials of one block of the row before, to be scaled and streamed meanwhile.
template <class W>
struct BlockTrail {
  const W* from = nullptr;  // null: nothing
  W* to = nullptr;
  Reciprocal<W> by{1.0, 0.0};
};

// A part or a block whose maximum is NaN or infinite.
template <class W>
HWY_INLINE BasicPart<Wider<W>> limit_part(const W* x, size_t n, W max) {
  using Real = Wider<W>;
  const auto limit = limit_row<W>(x, static_cast<const W*>(nullptr), n, LimitLaw{}, false,
                                  static_cast<W*>(nullptr));
  const Real terms = std::isnan(limit.log_partition) ? std::numeric_limits<Real>::quiet_NaN()
                                                     : static_cast<Real>(limit.support);
  return {{static_cast<Real>(max), terms}, 0};
}

// One cache block of a long row, relative to `max`; `stored`, if the flags say so, receives the
// exponentials.
template <PassFlags kFlags, class D, class Beside, class W = hn::TFromD<D>>
HWY_INLINE BasicPart<Wider<W>> block_of_row(D d, const PassInput<W>& in, const Scale<W>& scale,
                                            W max, W* stored, Beside&& beside,
                                            const BlockTrail<W>& trail = BlockTrail<W>()) {
  using Real = Wider<W>;
  Trail<D> lanes;
  if constexpr (kFlags.trail) lanes = Trail<D>(d, trail.from, in.n, trail.by, trail.to);
  const RowExp<D> row(d, scale, hn::Set(d, max));
  const auto totals = exp_pass<kFlags>(row, max, in, stored, beside, lanes);
  const Real sum = static_cast<Real>(totals.sum) + static_cast<Real>(totals.sum_low);
  const Real unit = std::ldexp(Real{1}, -ExpRange<W>::kBias);
  return {{static_cast<Real>(max), sum * unit},
          static_cast<Real>(totals.moment) * unit / static_cast<Real>(scale.temperature)};
}

// One row of n columns, for Pieces.
template <class W>
HWY_INLINE SoftmaxBatch<W> row_alone(const W* x, int64_t n) {
  SoftmaxBatch<W> row;
  row.scores = x;
  row.rows = 1;
  row.cols = n;
  return row;
}

// Of the block in turn: the maximum of its window, or its own where that one is not finite.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE W block_max(D d, const Pieces<D>& blocks, const W* x, size_t n) {
  const W max = blocks.max();
  return std::isfinite(max) ? max : max_of(d, x, n);
}

// As a part, which is of one type whatever the lanes are.
template <class Real>
HWY_INLINE Part widened(const BasicPart<Real>& part) {
  return {{part.total.max, part.total.sum}, part.moment};
}

template <PassFlags kFlags, class W>
HWY_INLINE Part blocks_of_row(const W* x, const W* low, int64_t n, const Scale<W>& scale) {
  const hn::ScalableTag<W> d;
  const auto row = row_alone(x, n);
  Pieces<hn::ScalableTag<W>> blocks(d, row, kBlock, MaximumTaken::kBeside);
  BasicPart<Wider<W>> part;
  for (int64_t i = 0; i < n; i += kBlock, blocks.advance()) {
    const auto count = static_cast<size_t>(std::min(kBlock, n - i));
    const PassInput<W> in{x + i, low ? low + i : nullptr, count, blocks.next()};
    const W max = block_max(d, blocks, in.x, count);
    BasicPart<Wider<W>> block;
    if (std::isfinite(max)) {
      auto beside = blocks.beside();
      block = block_of_row<kFlags>(d, in, scale, max, static_cast<W*>(nullptr), beside);
      blocks.passed(beside, count);
    } else {
      block = limit_part(in.x, count, max);
      blocks.look_ahead();
    }
    part = merge(part, block, scale.temperature, kFlags.moment);
  }
  return widened(part);
}

// For log Z alone.
HWY_INLINE Part quick_part(const float* x, int64_t n, const Scale<float>& scale) {
  const hn::ScalableTag<float> d;
  const auto row = row_alone(x, n);
  Pieces<hn::ScalableTag<float>> pieces(d, row, quick_piece(d, n), MaximumTaken::kBeside);
  const auto count = static_cast<size_t>(n);
  const auto sum = quick_row(d, scale, x, count, pieces);
  if (!std::isfinite(sum.max())) return widened(limit_part(x, count, sum.max()));
  const double unit = std::ldexp(1.0, -ExpRange<float>::kBias);
  return widened(BasicPart<double>{{static_cast<double>(sum.max()), sum.total() * unit}, 0});
}

// For draws: each piece relative to the largest score so far.
HWY_INLINE void quick_parts(const float* x, int64_t n, int64_t length, const Scale<float>& scale,
                            Part* parts) {
  using D = hn::ScalableTag<float>;
  const D d;
  const auto row = row_alone(x, n);
  Pieces<D> pieces(d, row, length, MaximumTaken::kBeside);
  QuickSum<D> sum(d, scale);
  const double unit = std::ldexp(1.0, -ExpRange<float>::kBias);
  for (int64_t i = 0; i < n; i += length, ++parts) {
    const auto count = static_cast<size_t>(std::min(length, n - i));
    sum.add(x + i, count, pieces);
    const BasicPart<double> part{{static_cast<double>(sum.max()), sum.take() * unit}, 0};
    *parts = widened(std::isfinite(sum.max()) ? part
                                              : limit_part(x + i, count, max_of(d, x + i, count)));
  }
}

template <class W>
HWY_INLINE Part any_part_of_row(const W* x, const W* low, int64_t n, const Scale<W>& scale,
                                Sum sum) {
  if constexpr (sizeof(W) == 4) {
    if (sum == Sum::kForLog) return quick_part(x, n, scale);
  }
  if (low) return blocks_of_row<PassFlags{false, true, true}>(x, low, n, scale);
  if (sum == Sum::kWithMoment) {
    return blocks_of_row<PassFlags{false, true, false}>(x, low, n, scale);
  }
  return blocks_of_row<PassFlags{false, false, false}>(x, low, n, scale);
}

// p of a part of a row: the exponentials once more, block by block, scaled from a buffer in cache.
// Not inline: in a function of many passes g++ leaves the steps of a vector out of line.
template <PassFlags kFlags, class W>
HWY_NOINLINE void write_probabilities(const W* x, const W* low, int64_t n, const Scale<W>& scale,
                                      const Part& total, bool stream, W* out) {
  constexpr int64_t kStep = 1024;
  using D = hn::ScalableTag<W>;
  const D d;
  const W max = static_cast<W>(total.total.max);
  const RowExp<D> row(d, scale, hn::Set(d, max));
  const Reciprocal<W> inverse(std::ldexp(total.total.sum, ExpRange<W>::kBias));
  constexpr PassFlags kTrailing{true, false, kFlags.low, true};
  HWY_ALIGN W buffers[2][kStep + HWY_MAX_BYTES / sizeof(W)];
  Trail<D> trail;
  for (int64_t i = 0; i < n; i += kStep) {
    W* buffer = buffers[(i / kStep) % 2];
    const auto count = static_cast<size_t>(std::min(kStep, n - i));
    const PassInput<W> in{x + i, low ? low + i : nullptr, count, x + i + kLanesAhead<W>};
    const bool whole = count == size_t{kStep};
    if (trail.waits() && whole) {
      exp_pass<kTrailing>(row, max, in, buffer, NothingBeside(), trail);
    } else {
      trail.finish(d);
      exp_pass<kFlags>(row, max, in, buffer, NothingBeside());
    }
    trail = stream && whole ? Trail<D>(d, buffer, count, inverse, out + i) : Trail<D>();
    if (!trail.waits()) scale_row(d, buffer, count, inverse, stream, out + i);
  }
  trail.finish(d);
  if (stream) hwy::FlushStream();
}

template <class W>
HWY_INLINE void any_write_part(const W* x, const W* low, int64_t n, const Scale<W>& scale,
                               const Part& row, Output output, bool stream, W* out) {
  const hn::ScalableTag<W> d;
  const double log_sum = static_cast<double>(std::log(row.total.sum));
  const W max = static_cast<W>(row.total.max);
  const auto count = static_cast<size_t>(n);
  if (output == Output::kLogProbabilities) {
    if (low) return log_row<true>(d, scale, x, low, count, max, log_sum, out);
    return log_row<false>(d, scale, x, low, count, max, log_sum, out);
  }
  if (low) {
    return write_probabilities<PassFlags{true, false, true}>(x, low, n, scale, row, stream, out);
  }
  write_probabilities<PassFlags{true, false, false}>(x, low, n, scale, row, stream, out);
}

// What turns the kept exponentials of a block into probabilities. Where it would be subnormal and a
// probability not, which is where a block holds few of them, it is not usable.
template <class W>
struct BlockFactor {
  Wider<W> value;
  BlockFactor(W block_max, const Part& row, double temperature) {
    const auto from_max = static_cast<Wider<W>>(block_max) - static_cast<Wider<W>>(row.total.max);
    const auto factor = std::exp(from_max / static_cast<Wider<W>>(temperature)) /
                        static_cast<Wider<W>>(row.total.sum);
    value = std::ldexp(factor, -ExpRange<W>::kBias);
  }
  bool usable() const { return value >= Wider<W>(sizeof(W) == 4 ? 0x1p-90 : 0x1p-900); }
  Reciprocal<W> lanes() const { return Reciprocal<W>::of(value); }
};

// A block from its scores, as its exponentials are of no use.
template <class W>
HWY_NOINLINE void write_block_again(const KeptRow<W>& row, const Scale<W>& scale, int64_t i,
                                    size_t n, bool stream) {
  write_probabilities<PassFlags{true, false, false}>(row.x + i, static_cast<const W*>(nullptr),
                                                     static_cast<int64_t>(n), scale, *row.total,
                                                     stream, row.out + i);
}

// The kept exponentials of a block of the row before, as what is to be streamed while this one
// computes; nothing if they are of no use, and then the block has been written.
template <class W>
HWY_INLINE BlockTrail<W> trail_of(const KeptRow<W>& before, const Scale<W>& scale, KeptPart<W> kept,
                                  int64_t i, size_t n) {
  if (!before.total) return {};
  const BlockFactor<W> factor(kept.maxima[i / kBlock], *before.total, scale.temperature);
  if (factor.usable()) return {kept.exps + i, before.out + i, factor.lanes()};
  write_block_again(before, scale, i, n, true);
  return {};
}

template <bool kMoment, class W>
HWY_INLINE Part keep_blocks(const W* x, int64_t n, const Scale<W>& scale, KeptPart<W> kept,
                            const KeptRow<W>& before) {
  constexpr PassFlags kAlone{true, kMoment, false, false}, kTrailing{true, kMoment, false, true};
  const hn::ScalableTag<W> d;
  const auto row = row_alone(x, n);
  // Beside a trail there is no time to spare.
  Pieces<hn::ScalableTag<W>> blocks(d, row, kBlock,
                                    before.total ? MaximumTaken::kInTurn : MaximumTaken::kBeside);
  BasicPart<Wider<W>> part;
  for (int64_t i = 0; i < n; i += kBlock, blocks.advance()) {
    const auto count = static_cast<size_t>(std::min(kBlock, n - i));
    const PassInput<W> in{x + i, nullptr, count, blocks.next()};
    const auto trail = trail_of(before, scale, kept, i, count);
    const W max = block_max(d, blocks, in.x, count);
    kept.maxima[i / kBlock] = max;
    W* const exps = kept.exps + i;
    BasicPart<Wider<W>> block;
    if (!std::isfinite(max)) {
      if (trail.from) scale_row(d, trail.from, count, trail.by, true, trail.to);
      block = limit_part(in.x, count, max);
      blocks.look_ahead();
    } else if (trail.from) {
      block = block_of_row<kTrailing>(d, in, scale, max, exps, NothingBeside(), trail);
    } else if (before.total) {
      block = block_of_row<kAlone>(d, in, scale, max, exps, NothingBeside());
    } else {
      auto beside = blocks.beside();
      block = block_of_row<kAlone>(d, in, scale, max, exps, beside);
      blocks.passed(beside, count);
    }
    part = merge(part, block, scale.temperature, kMoment);
  }
  if (before.total) hwy::FlushStream();
  return widened(part);
}

template <class W>
HWY_INLINE Part any_keep_part(const W* x, int64_t n, const Scale<W>& scale, bool moment,
                              KeptPart<W> kept, const KeptRow<W>& before) {
  if (moment) return keep_blocks<true>(x, n, scale, kept, before);
  return keep_blocks<false>(x, n, scale, kept, before);
}

template <class W>
HWY_INLINE void any_write_kept(const KeptRow<W>& row, int64_t n, const Scale<W>& scale,
                               KeptPart<W> kept, bool stream) {
  const hn::ScalableTag<W> d;
  for (int64_t i = 0; i < n; i += kBlock) {
    const auto count = static_cast<size_t>(std::min(kBlock, n - i));
    const BlockFactor<W> factor(kept.maxima[i / kBlock], *row.total, scale.temperature);
    if (factor.usable()) {
      scale_row(d, kept.exps + i, count, factor.lanes(), stream, row.out + i);
    } else {
      write_block_again(row, scale, i, count, stream);
    }
  }
  if (stream) hwy::FlushStream();
}

Part part_float(const float* x, const float* low, int64_t n, const Scale<float>& scale, Sum sum) {
  return any_part_of_row(x, low, n, scale, sum);
}
Part part_double(const double* x, const double* low, int64_t n, const Scale<double>& scale,
                 Sum sum) {
  return any_part_of_row(x, low, n, scale, sum);
}
void parts_float(const float* x, int64_t n, int64_t length, const Scale<float>& scale,
                 Part* parts) {
  quick_parts(x, n, length, scale, parts);
}
void write_float(const float* x, const float* low, int64_t n, const Scale<float>& scale,
                 const Part& row, Output output, bool stream, float* out) {
  any_write_part(x, low, n, scale, row, output, stream, out);
}
void write_double(const double* x, const double* low, int64_t n, const Scale<double>& scale,
                  const Part& row, Output output, bool stream, double* out) {
  any_write_part(x, low, n, scale, row, output, stream, out);
}
Part keep_float(const float* x, int64_t n, const Scale<float>& scale, bool moment,
                KeptPart<float> kept, const KeptRow<float>& before) {
  return any_keep_part(x, n, scale, moment, kept, before);
}
void write_kept_float(const KeptRow<float>& row, int64_t n, const Scale<float>& scale,
                      KeptPart<float> kept, bool stream) {
  any_write_kept(row, n, scale, kept, stream);
}
Part keep_double(const double* x, int64_t n, const Scale<double>& scale, bool moment,
                 KeptPart<double> kept, const KeptRow<double>& before) {
  return any_keep_part(x, n, scale, moment, kept, before);
}
void write_kept_double(const KeptRow<double>& row, int64_t n, const Scale<double>& scale,
                       KeptPart<double> kept, bool stream) {
  any_write_kept(row, n, scale, kept, stream);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
