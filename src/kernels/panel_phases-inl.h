// softmax, log_softmax and log_sum_exp of a few long rows that lie across memory with nothing
// between them, for one SIMD target.
//
// A vector then holds several columns of all rows. Every so many columns of a row, its phase, are
// summed as if they were a row of their own, and the phases of a row put together before p is
// written.

#if defined(GIBBS_KERNELS_PANEL_PHASES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_PHASES_INL_H_
#undef GIBBS_KERNELS_PANEL_PHASES_INL_H_
#else
#define GIBBS_KERNELS_PANEL_PHASES_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "hwy/cache_control.h"
#include "kernels/panel_softmax-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// How many columns of a batch fill a vector; 1 where rows are not to be taken so.
HWY_INLINE size_t phases_of(const SoftmaxBatch<float>& batch) {
  const size_t lanes = hn::Lanes(PanelTag()), rows = static_cast<size_t>(batch.rows);
  const bool dense = batch.out_stride == batch.scores_stride &&
                     fill_vectors(batch.rows, batch.cols, batch.scores_stride);
  return dense && rows < lanes ? lanes / rows : 1;
}

// Row i + k count is phase k of row i.
struct RowPhases {
  size_t count, phases;
  double temperature;
  HWY_ALIGN float own[hn::MaxLanes(PanelTag())];  // the references of what is kept

  // Sums every row over its phases.
  void join(PanelRows& rows) {
    std::copy_n(rows.reference, count * phases, own);
    for (size_t i = 0; i < count; ++i) {
      for (size_t at = i + count; at < count * phases; at += count) {
        const float to = std::max(rows.reference[i], rows.reference[at]);
        if (rows.reference[i] < to) rows.raise(i, to, temperature);
        if (rows.reference[at] < to) rows.raise(at, to, temperature);
        rows.sum[i] += rows.sum[at];
        rows.moment[i] += rows.moment[at];
        rows.top[i] = std::max(rows.top[i], rows.top[at]);
      }
    }
  }
  // Gives every phase what its row has come to.
  void spread(PanelRows& rows, size_t lanes) const {
    for (size_t at = count * phases; at-- > count;) {
      const size_t i = at % count;
      rows.reference[at] = rows.reference[i];
      rows.top[at] = rows.top[i];
      rows.high[at] = rows.high[i];
      rows.low[at] = rows.low[i];
      rows.at_infinity[at] = rows.at_infinity[i];
      rows.elsewhere[at] = rows.elsewhere[i];
      rows.bad[at / lanes] |= ((rows.bad[0] >> i) & 1) << (at % lanes);
    }
  }
  // Turns the factors of p into those of the exponentials that are kept, but where one would lose
  // digits below the normal numbers. Whether that was nowhere.
  bool refer_to_kept(PanelRows& rows) const {
    bool everywhere = true;
    for (size_t at = 0; at < count * phases; ++at) {
      const double step = static_cast<double>(own[at]) - static_cast<double>(rows.reference[at]);
      const double factor = std::exp(step / temperature);
      const bool usable = factor >= 0x1p-40;
      everywhere = everywhere && usable;
      if (!usable) continue;
      const double value =
          factor * (static_cast<double>(rows.high[at]) + static_cast<double>(rows.low[at]));
      rows.high[at] = static_cast<float>(value);
      rows.low[at] = static_cast<float>(value - static_cast<double>(rows.high[at]));
      rows.reference[at] = own[at];
    }
    return everywhere;
  }
};

template <bool kMoment>
HWY_NOINLINE void phased_softmax(const SoftmaxBatch<float>& batch, size_t phases) {
  const size_t lanes = hn::Lanes(PanelTag()), count = static_cast<size_t>(batch.rows);
  SoftmaxBatch<float> flat = batch;
  flat.rows = static_cast<int64_t>(lanes);
  flat.cols = batch.cols / static_cast<int64_t>(phases);
  flat.scores_stride = flat.out_stride = static_cast<ptrdiff_t>(lanes);
  const bool keeps = keeps_panel(batch.cols, batch.output);
  float* kept = batch.scratch + hwy::RoundUpTo(static_cast<size_t>(batch.cols), 64);
  Panel panel{flat, 0, lanes, keeps ? kept : nullptr, static_cast<ptrdiff_t>(lanes)};
  PanelRows rows;
  rows.begin(lanes);
  sum_panel<kMoment>(panel, rows, PanelTrail());
  correct_sums(*batch.scales, lanes, rows);
  RowPhases all{count, phases, batch.scales->temperature, {}};
  all.join(rows);
  finish_panel(batch, 0, count, lanes, rows);
  if (!batch.out) return;
  all.spread(rows, lanes);
  if (keeps && !all.refer_to_kept(rows)) panel.kept = nullptr;
  write_panel(panel, rows);
  if (batch.stream) hwy::FlushStream();
}

template <bool kMoment>
HWY_INLINE void across_softmax(const SoftmaxBatch<float>& batch) {
  if (const size_t phases = phases_of(batch); phases > 1) {
    return phased_softmax<kMoment>(batch, phases);
  }
  panel_softmax<kMoment>(batch);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
