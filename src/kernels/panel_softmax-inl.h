// softmax, log_softmax and log_sum_exp of long rows that lie across memory, for one SIMD target.
//
// A panel of rows is read as it lies: a few columns of all its rows, then the next few. Memory is
// then run through in long runs, where going down one row at a time would touch a page for every
// element.

#if defined(GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "hwy/cache_control.h"
#include "kernels/exp_pass-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/panel_sums-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/softmax_group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Where a block is written.
template <class W>
struct PanelOut {
  W* data;
  ptrdiff_t step;
  bool stream;
};

// A row in a limit: its probabilities take two values.
template <class W>
HWY_NOINLINE RowSummary take_limit(const W* x, ptrdiff_t step, size_t cols, bool logarithm,
                                   W* spare, PanelRows& rows, size_t row) {
  for (size_t j = 0; j < cols; ++j) spare[j] = x[static_cast<ptrdiff_t>(j) * step];
  constexpr W kInfinity = std::numeric_limits<W>::infinity();
  const auto at = static_cast<size_t>(std::find(spare, spare + cols, kInfinity) - spare);
  const auto summary =
      limit_row<W>(spare, static_cast<const W*>(nullptr), cols, LimitLaw{}, logarithm, spare);
  const bool nan = std::isnan(summary.log_partition);
  rows.elsewhere[row] = nan ? spare[0] : logarithm ? -kInfinity : W{0};
  rows.at_infinity[row] = at < cols ? spare[at] : rows.elsewhere[row];
  return summary;
}

// What the sums of a panel's rows come to.
template <class W>
HWY_INLINE void finish_panel(const SoftmaxBatch<W>& batch, int64_t first, size_t count,
                             size_t lanes, PanelRows& rows) {
  const double temperature = batch.scales->temperature;
  const bool logarithm = batch.output == Output::kLogProbabilities;
  const bool summarize = batch.summaries || batch.log_partitions;
  for (size_t i = 0; i < count; ++i) {
    const double sum = rows.sum[i];
    RowSummary summary;
    if (std::isfinite(sum) && sum > 0 && std::isfinite(rows.reference[i])) {
      const double log_sum =
          summarize || logarithm ? std::log(std::ldexp(sum, -ExpRange<W>::kBias)) : 0;
      const double lead = static_cast<double>(rows.top[i]) - static_cast<double>(rows.reference[i]);
      summary.max = static_cast<double>(rows.top[i]);
      summary.excess = log_sum - lead / temperature;
      const double value = logarithm ? summary.excess : 1 / sum;
      rows.high[i] = static_cast<W>(value);
      rows.low[i] = static_cast<W>(value - static_cast<double>(rows.high[i]));
      summary.log_partition = static_cast<double>(rows.reference[i]) / temperature + log_sum;
      summary.entropy = log_sum - rows.moment[i] / (sum * temperature);
    } else {
      rows.bad[i / lanes] |= uint64_t{1} << (i % lanes);
      rows.high[i] = rows.low[i] = 0;
      summary = take_limit(batch.scores + first + static_cast<ptrdiff_t>(i), batch.scores_stride,
                           static_cast<size_t>(batch.cols), logarithm, batch.scratch, rows, i);
    }
    const auto row = first + static_cast<int64_t>(i);
    if (batch.summaries) batch.summaries[row] = summary;
    if (batch.log_partitions) batch.log_partitions[row] = static_cast<W>(summary.log_partition);
  }
}

// Writes p of kSize columns; where a row is in a limit, its values.
template <size_t kSize, class D, class W = hn::TFromD<D>>
HWY_INLINE void write_panel_at(const PanelBlock<D>& block, const PanelRows& rows, size_t first,
                               size_t j, Pack<D, kSize> p, const PanelOut<W>& out) {
  const D d = block.d;
  const size_t lanes = hn::Lanes(d);
  if (const uint64_t bad = rows.bad[first / lanes]; HWY_UNLIKELY(bad != 0)) {
    uint8_t bits[8];
    std::memcpy(bits, &bad, sizeof bits);
    const auto limit = hn::LoadMaskBits(d, bits);
    const auto infinity = hn::Set(d, std::numeric_limits<W>::infinity());
    const auto at_infinity = hn::Load(d, rows.at_infinity + first);
    const auto elsewhere = hn::Load(d, rows.elsewhere + first);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto is_infinite = hn::Eq(block.load(j + k), infinity);
      p[k] = hn::IfThenElse(limit, hn::IfThenElse(is_infinite, at_infinity, elsewhere), p[k]);
    });
  }
  each<kSize>([&](size_t k) HWY_ATTR {
    W* at = out.data + static_cast<ptrdiff_t>(j + k) * out.step;
    if (block.rows < lanes) {
      store_first(p[k], d, at, block.rows);
    } else if (out.stream) {
      hn::Stream(p[k], d, at);
    } else {
      hn::StoreU(p[k], d, at);
    }
  });
}

// Calls write(columns as a std::integral_constant, first of them) over a block.
template <class D, class Write>
HWY_INLINE void for_each_pack_of(const PanelBlock<D>& block, const Write& write) {
  size_t j = 0;
  for (; j + kPack <= block.cols; j += kPack) write(std::integral_constant<size_t, kPack>(), j);
  for (; j < block.cols; ++j) write(std::integral_constant<size_t, 1>(), j);
}

template <class D, class W>
HWY_INLINE void write_panel_log(const PanelBlock<D>& block, const Scale<W>& scale,
                                const PanelRows& rows, size_t first, const PanelOut<W>& out) {
  const D d = block.d;
  const LogMap<D> log(d, scale, hn::Load(d, rows.top + first), hn::Load(d, rows.high + first),
                      hn::Load(d, rows.low + first));
  for_each_pack_of(block, [&](auto size, size_t j) HWY_ATTR {
    Pack<D, size()> p;
    each<size()>([&](size_t k) HWY_ATTR { p[k] = log(block.load(j + k)); });
    write_panel_at(block, rows, first, j, p, out);
  });
}

// `kept`: the exponentials of the block, or null.
template <class D, class W>
HWY_INLINE void write_panel_block(const PanelBlock<D>& block, const Scale<W>& scale,
                                  const PanelRows& rows, size_t first, const W* kept,
                                  const PanelOut<W>& out) {
  const D d = block.d;
  const auto high = hn::Load(d, rows.high + first), low = hn::Load(d, rows.low + first);
  const auto write = [&](size_t j, auto e) HWY_ATTR {
    each<decltype(e)::kCount>([&](size_t k)
                                  HWY_ATTR { e[k] = hn::MulAdd(e[k], high, hn::Mul(e[k], low)); });
    write_panel_at(block, rows, first, j, e, out);
  };
  if (kept) {
    return for_each_pack_of(block, [&](auto size, size_t j) HWY_ATTR {
      Pack<D, size()> e;
      each<size()>([&](size_t k) HWY_ATTR { e[k] = hn::Load(d, kept + (j + k) * hn::Lanes(d)); });
      write(j, e);
    });
  }
  const RowExp<D> row(d, scale, hn::Load(d, rows.reference + first));
  for_each_pack_of(block, [&](auto size, size_t j) HWY_ATTR {
    Pack<D, size()> shifted;
    each<size()>([&](size_t k) HWY_ATTR { shifted[k] = row.shifted(block.load(j + k)); });
    write(j, row.exp(shifted));
  });
}

// Rows [first, first + count) of a batch, and room for their exponentials, block by block, or null.
template <class W>
struct Panel {
  const SoftmaxBatch<W>& batch;
  int64_t first;
  size_t count;
  W* kept;

  HWY_INLINE W* kept_at(size_t row, size_t col, size_t cols) const {
    return kept ? kept + col * hwy::RoundUpTo(count, HWY_MAX_BYTES / sizeof(W)) + row * cols
                : nullptr;
  }
  // Calls body(block, its first row, its first column): a few columns of all rows, then the next.
  // Of low panels more columns: what a block costs beside its columns is paid less often.
  template <class D, class Body>
  HWY_INLINE void for_each_block(D d, const Body& body) const {
    const auto cols = static_cast<size_t>(batch.cols);
    const size_t width = (count <= 64 ? 8 : 1) * kPanelColumns;
    for (size_t j = 0; j < cols; j += width) {
      const W* column = batch.scores + first + static_cast<ptrdiff_t>(j) * batch.scores_stride;
      for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        body(
            PanelBlock<D>{d, column + i, batch.scores_stride, count - i, std::min(width, cols - j)},
            i, j);
      }
    }
  }
};

template <class W>
HWY_INLINE void write_panel(const Panel<W>& panel, const PanelRows& rows) {
  const hn::ScalableTag<W> d;
  const auto& batch = panel.batch;
  W* to = batch.out + panel.first;
  // Whole lines only: parts of many lines at once are more than the processor puts together.
  const auto misaligned =
      (reinterpret_cast<uintptr_t>(to) | static_cast<size_t>(batch.out_stride) * sizeof(W)) % 64;
  const bool stream = batch.stream && hn::Lanes(d) * sizeof(W) == 64 && misaligned == 0;
  panel.for_each_block(d, [&](const auto& block, size_t i, size_t j) HWY_ATTR {
    const PanelOut<W> out{to + i + static_cast<ptrdiff_t>(j) * batch.out_stride, batch.out_stride,
                          stream};
    if (batch.output == Output::kLogProbabilities) {
      return write_panel_log(block, *batch.scales, rows, i, out);
    }
    const bool is_kept = j >= rows.kept_from[i / hn::Lanes(d)];
    write_panel_block(block, *batch.scales, rows, i,
                      is_kept ? panel.kept_at(i, j, block.cols) : nullptr, out);
  });
  if (stream) hwy::FlushStream();
}

template <bool kMoment>
HWY_NOINLINE void panel_softmax(const SoftmaxBatch<float>& batch) {
  const hn::ScalableTag<float> d;
  const int64_t height = panel_height(batch.cols);
  const bool keeps = batch.output == Output::kProbabilities && keeps_panel(batch.cols);
  float* spare = batch.scratch;
  float* tile = spare + hwy::RoundUpTo(static_cast<size_t>(batch.cols), 64);
  for (int64_t first = 0; first < batch.rows; first += height) {
    const auto count = static_cast<size_t>(std::min(height, batch.rows - first));
    const Panel<float> panel{batch, first, count, keeps ? tile : nullptr};
    PanelRows rows(hwy::RoundUpTo(count, hn::Lanes(d)));
    panel.for_each_block(d, [&](const auto& block, size_t i, size_t j) HWY_ATTR {
      sum_panel_block<kMoment>(block, *batch.scales, rows, i, j, panel.kept_at(i, j, block.cols));
    });
    correct_sums(*batch.scales, count, rows);
    finish_panel(batch, first, count, hn::Lanes(d), rows);
    if (batch.out) write_panel(panel, rows);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
