// softmax, log_softmax and log_sum_exp of long rows that lie across memory, panel by panel, for one
// SIMD target.

#if defined(GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_PANEL_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/exp_pass-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/panel_sums-inl.h"
#include "kernels/panel_write-inl.h"
#include "kernels/softmax.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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

// 1 / sum of a vector of rows as high + low, and whether that is all: no row is in a limit.
template <class D>
HWY_INLINE bool invert_sums(D d, PanelRows& rows, size_t first) {
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> half;
  const auto infinity = hn::Set(wide, std::numeric_limits<double>::infinity());
  const auto reference = hn::Load(d, rows.reference + first);
  bool regular = hn::AllTrue(
      d, hn::Lt(hn::Abs(reference), hn::Set(d, std::numeric_limits<float>::infinity())));
  for (size_t i = first; i < first + hn::Lanes(d); i += hn::Lanes(wide)) {
    const auto sum = hn::Load(wide, rows.sum + i);
    regular =
        regular && hn::AllTrue(wide, hn::And(hn::Gt(sum, hn::Zero(wide)), hn::Lt(sum, infinity)));
    const auto value = hn::Div(hn::Set(wide, 1.0), sum);
    const auto high = hn::DemoteTo(half, value);
    hn::Store(high, half, rows.high + i);
    hn::Store(hn::DemoteTo(half, hn::Sub(value, hn::PromoteTo(wide, high))), half, rows.low + i);
  }
  return regular;
}

// What the sums of a panel's rows come to.
template <class W>
HWY_INLINE void finish_panel(const SoftmaxBatch<W>& batch, int64_t first, size_t count,
                             size_t lanes, PanelRows& rows) {
  const double temperature = batch.scales->temperature;
  const bool logarithm = batch.output == Output::kLogProbabilities;
  const bool summarize = batch.summaries || batch.log_partitions;
  for (size_t i = 0; i < count; ++i) {
    if (i % lanes == 0 && !summarize && !logarithm && invert_sums(hn::ScalableTag<W>(), rows, i)) {
      i += lanes - 1;
      continue;
    }
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

template <bool kMoment>
HWY_NOINLINE void panel_softmax(const SoftmaxBatch<float>& batch) {
  const size_t lanes = hn::Lanes(PanelTag());
  const int64_t height = panel_height(batch.cols, batch.output);
  const bool keeps = keeps_panel(batch.cols, batch.output);
  float* const kept = batch.scratch + hwy::RoundUpTo(static_cast<size_t>(batch.cols), 64);
  PanelRows both[2];
  PanelTrail trail;
  for (int64_t first = 0; first < batch.rows; first += height) {
    const auto count = static_cast<size_t>(std::min(height, batch.rows - first));
    const auto room = static_cast<ptrdiff_t>(hwy::RoundUpTo(count, size_t{16}));
    const Panel panel{batch, first, count, keeps ? kept : nullptr, room};
    PanelRows& rows = both[(first / height) % 2];
    rows.begin(hwy::RoundUpTo(count, lanes));
    sum_panel<kMoment>(panel, rows, trail);
    correct_sums(*batch.scales, count, rows);
    finish_panel(batch, first, count, lanes, rows);
    trail = {};
    if (!batch.out) continue;
    // Only a whole panel can take another one's place.
    if (keeps && first + 2 * height <= batch.rows && rows.are_plain()) {
      trail = PanelTrail(panel, rows);
    } else {
      write_panel(panel, rows);
    }
  }
  if (batch.stream) hwy::FlushStream();
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
