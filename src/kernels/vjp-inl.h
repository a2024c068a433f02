// Vector-Jacobian products of contiguous rows, for one SIMD target.

#if defined(GIBBS_KERNELS_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_VJP_INL_H_
#undef GIBBS_KERNELS_VJP_INL_H_
#else
#define GIBBS_KERNELS_VJP_INL_H_
#endif

#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/curvature-inl.h"
#include "kernels/grouped_vjp-inl.h"
#include "kernels/packed_vjp-inl.h"
#include "kernels/power-inl.h"
#include "kernels/short_vjp-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vjp.hpp"
#include "kernels/vjp_row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// grad = s (v - vbar) / T
template <int kAlpha, class D, class W = hn::TFromD<D>>
HWY_INLINE void entmax_vjp_row(D d, const Curvature<kAlpha, D>& curvature, const VjpRow<W>& row) {
  LaneSum<D> sum_s(d), sum_sv(d);
  const auto zero = hn::Zero(d);
  for_each_step(d, row.n, row.out, false, [&](size_t i, size_t count) HWY_ATTR {
    const auto p = load_step(d, row.given + i, count, W{0});
    const auto s = curvature(p);
    const auto v = load_step(d, row.upstream + i, count, W{0});
    sum_s.add(s);
    sum_sv.add(hn::IfThenZeroElse(hn::Eq(p, zero), hn::Mul(s, v)));
  });
  double s = 0, sv = 0, low = 0;
  sum_s.total(s, low);
  const double s_low = low;
  sum_sv.total(sv, low);
  if (s == 0) return fill_vjp(d, row, W{0});
  const double mean = (sv + low) / (s + s_low);
  if (std::isnan(mean)) return fill_vjp(d, row, std::numeric_limits<W>::quiet_NaN());
  const auto vbar = hn::Set(d, static_cast<W>(mean));
  const auto vbar_low =
      hn::Set(d, static_cast<W>(mean - static_cast<double>(static_cast<W>(mean))));
  write_entmax_vjp(curvature, row, vbar, vbar_low);
}

// grad = (v - p sum v) / T over states with p > 0
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void log_softmax_vjp_row(D d, const LogExp<D>& math, const VjpRow<W>& row) {
  constexpr W kLowest = -std::numeric_limits<W>::infinity();
  const auto lowest = hn::Set(d, kLowest);
  LaneSum<D> sum_v(d);
  for_each_step(d, row.n, row.out, false, [&](size_t i, size_t count) HWY_ATTR {
    const auto log_p = load_step(d, row.given + i, count, kLowest);
    // log_p - log_p keeps a NaN of log_p.
    const auto v = hn::Add(load_step(d, row.upstream + i, count, W{0}), hn::Sub(log_p, log_p));
    sum_v.add(hn::IfThenZeroElse(hn::Eq(log_p, lowest), v));
  });
  double total = 0, low = 0;
  sum_v.total(total, low);
  if (std::isnan(total)) return fill_vjp(d, row, std::numeric_limits<W>::quiet_NaN());
  const auto sum = hn::Set(d, static_cast<W>(total + low));
  const auto inverse = hn::Set(d, static_cast<W>(row.inverse));
  for_each_step(d, row.n, row.out, row.stream, [&](size_t i, size_t count) HWY_ATTR {
    const auto log_p = load_step(d, row.given + i, count, kLowest);
    const auto v = load_step(d, row.upstream + i, count, W{0});
    const auto grad = hn::Mul(hn::NegMulAdd(math.exp(log_p), sum, v), inverse);
    store_step(d, hn::IfThenZeroElse(hn::Eq(log_p, lowest), grad), row.stream, row.out + i, count);
  });
}

template <class W, class Row>
HWY_INLINE void for_each_vjp_row(const VjpBatch<W>& batch, Row&& body) {
  for (int64_t i = 0; i < batch.rows; ++i) body(vjp_row(batch, i));
}

// Turning over three arrays costs more than reducing along the row from fewer columns on than for
// softmax; of double rows, of which a vector holds few, none are turned over.
constexpr int64_t kLongestTurnedVjp = 24;
// Of longer rows what is done once per row is small: at 256 columns the groups lose a sixth.
constexpr int64_t kLongestGroupedVjp = 128;

// How many rows of so many columns share a vector; 0: one does not hold a row. Where a load of a
// part of a vector is a loop, only rows that fill their part do.
HWY_INLINE int64_t rows_per_vector(int64_t cols) {
  constexpr int64_t kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  for (const int64_t rows : {4, 2, 1}) {
    const int64_t segment = kLanes / rows;
    if (segment < 4) continue;  // 128 bits
    if (cols == segment || (cols < segment && !HWY_MEM_OPS_MIGHT_FAULT)) return rows;
  }
  return 0;
}

// Whether these rows are so short that no step goes along them, and if so their derivatives.
template <class Law>
HWY_INLINE bool short_vjp(const Law& law, const VjpBatch<float>& batch) {
  constexpr int64_t kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  const int64_t rows = rows_per_vector(batch.cols);
  if constexpr (kLanes >= 16) {
    if (rows == 4) packed_vjp<4>(law, batch);
  }
  if constexpr (kLanes >= 8) {
    if (rows == 2) packed_vjp<2>(law, batch);
  }
  if (rows == 1) packed_vjp<1>(law, batch);
  const bool turned = rows == 0 && batch.cols <= kLongestTurnedVjp;
  if (turned) turned_vjp(law, batch);
  return turned || rows > 0;
}

template <int kAlpha, class W>
HWY_INLINE void entmax_vjp_rows(const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const Curvature<kAlpha, D> curvature(D(), batch.alpha);
  if constexpr (sizeof(W) == 4) {
    if (short_vjp(EntmaxVjp<kAlpha, D>(curvature, batch.temperature), batch)) return;
    if (batch.cols <= kLongestGroupedVjp) return grouped_entmax_vjp(curvature, batch);
  }
  for_each_vjp_row(batch,
                   [&](const VjpRow<W>& row) HWY_ATTR { entmax_vjp_row(D(), curvature, row); });
}

template <class W>
HWY_INLINE void log_softmax_vjp_rows(const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const LogExp<D> math{D()};
  if constexpr (sizeof(W) == 4) {
    if (short_vjp(LogSoftmaxVjp<D>(math, batch.temperature), batch)) return;
  }
  for_each_vjp_row(batch,
                   [&](const VjpRow<W>& row) HWY_ATTR { log_softmax_vjp_row(D(), math, row); });
}

template <class W>
HWY_INLINE void vjp_batch(const VjpBatch<W>& batch) {
  if (batch.of == VjpOf::kLogSoftmax) {
    log_softmax_vjp_rows(batch);
  } else if (batch.alpha == 1) {
    entmax_vjp_rows<1>(batch);
  } else if (batch.alpha == 2) {
    entmax_vjp_rows<2>(batch);
  } else if (batch.alpha == 1.5) {
    entmax_vjp_rows<kOneAndAHalf>(batch);
  } else {
    entmax_vjp_rows<kAnyAlpha>(batch);
  }
  if (batch.stream) hwy::FlushStream();
}

void vjp_float(const VjpBatch<float>& batch) { vjp_batch(batch); }
void vjp_double(const VjpBatch<double>& batch) { vjp_batch(batch); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
