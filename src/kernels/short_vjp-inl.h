// Derivatives of short rows, turned over so that a row is a lane, for one SIMD target.

#if defined(GIBBS_KERNELS_SHORT_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SHORT_VJP_INL_H_
#undef GIBBS_KERNELS_SHORT_VJP_INL_H_
#else
#define GIBBS_KERNELS_SHORT_VJP_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/curvature-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vjp.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// a / b of sums with what they lost, as high + low; 0 where b is 0.
template <class D>
HWY_INLINE Pack<D, 2> quotient(D d, const LaneSum<D>& a, const LaneSum<D>& b) {
  using W = hn::TFromD<D>;
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> half;
  const size_t lanes = hn::Lanes(wide);
  HWY_ALIGN double sums[4][hn::MaxLanes(D())];
  const auto widen = [&](double* to, hn::Vec<D> v) HWY_ATTR {
    for_each_half(d, v, [&](size_t k, auto w) HWY_ATTR { hn::Store(w, wide, to + k * lanes); });
  };
  widen(sums[0], a.sum);
  widen(sums[1], a.lost);
  widen(sums[2], b.sum);
  widen(sums[3], b.lost);
  HWY_ALIGN W parts[2][hn::MaxLanes(D())];
  for (size_t k = 0; k < hn::Lanes(d); k += lanes) {
    const auto top = hn::Add(hn::Load(wide, sums[0] + k), hn::Load(wide, sums[1] + k));
    const auto bottom = hn::Add(hn::Load(wide, sums[2] + k), hn::Load(wide, sums[3] + k));
    const auto value = hn::IfThenZeroElse(hn::Eq(bottom, hn::Zero(wide)), hn::Div(top, bottom));
    const auto high = hn::DemoteTo(half, value);
    hn::Store(high, half, parts[0] + k);
    hn::Store(hn::DemoteTo(half, hn::Sub(value, hn::PromoteTo(wide, high))), half, parts[1] + k);
  }
  return {hn::Load(d, parts[0]), hn::Load(d, parts[1])};
}

// In place of given: grad = s (v - vbar) / T.
template <int kAlpha, class D, class W = hn::TFromD<D>>
HWY_INLINE void entmax_vjp_group(const Curvature<kAlpha, D>& curvature, const SideBySide<D>& given,
                                 const SideBySide<D>& upstream, double inverse) {
  const D d = given.d;
  const auto zero = hn::Zero(d), by = hn::Set(d, static_cast<W>(inverse));
  LaneSum<D> sum_s(d), sum_sv(d);
  for (size_t j = 0; j < given.cols; ++j) {
    const auto p = given.load(j), s = curvature(p);
    sum_s.add(s);
    sum_sv.add(hn::IfThenZeroElse(hn::Eq(p, zero), hn::Mul(s, upstream.load(j))));
  }
  const auto mean = quotient(d, sum_sv, sum_s);
  const auto nan = hn::IsNaN(mean[0]);
  for (size_t j = 0; j < given.cols; ++j) {
    const auto p = given.load(j);
    const auto centred = hn::Sub(hn::Sub(upstream.load(j), mean[0]), mean[1]);
    const auto grad = hn::Mul(hn::Mul(curvature(p), by), centred);
    const auto inside = hn::IfThenZeroElse(hn::Eq(p, zero), grad);
    given.store(hn::IfThenElse(nan, mean[0], inside), j);
  }
}

// In place of given: grad = (v - p sum v) / T over states with p > 0.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void log_softmax_vjp_group(const LogExp<D>& math, const SideBySide<D>& given,
                                      const SideBySide<D>& upstream, double inverse) {
  const D d = given.d;
  const auto lowest = hn::Set(d, -std::numeric_limits<W>::infinity());
  const auto by = hn::Set(d, static_cast<W>(inverse));
  LaneSum<D> sum_v(d);
  for (size_t j = 0; j < given.cols; ++j) {
    const auto log_p = given.load(j);
    const auto v = hn::Add(upstream.load(j), hn::Sub(log_p, log_p));  // keeps a NaN of log_p
    sum_v.add(hn::IfThenZeroElse(hn::Eq(log_p, lowest), v));
  }
  const auto sum = hn::Add(sum_v.sum, sum_v.lost);
  const auto nan = hn::IsNaN(sum);
  for (size_t j = 0; j < given.cols; ++j) {
    const auto log_p = given.load(j);
    const auto grad = hn::Mul(hn::NegMulAdd(math.exp(log_p), sum, upstream.load(j)), by);
    const auto inside = hn::IfThenZeroElse(hn::Eq(log_p, lowest), grad);
    given.store(hn::IfThenElse(nan, sum, inside), j);
  }
}

// group(given, upstream) maps the lanes of a group of rows in place of given.
template <class W, class Group>
HWY_INLINE void for_each_vjp_group(const VjpBatch<W>& batch, const Group& group) {
  using D = hn::ScalableTag<W>;
  constexpr auto kLanes = static_cast<int64_t>(SideBySide<D>::kLanes);
  ShortRows<D> given(batch.cols), upstream(batch.cols);
  const auto ahead = [&](const W* rows, ptrdiff_t stride) HWY_ATTR {
    const W* next = rows + kLanes * stride;  // wasted where rows are far apart
    for (int64_t j = 0; j < batch.cols * kLanes; j += 64 / int64_t{sizeof(W)}) prefetch(next + j);
  };
  for (int64_t i = 0; i < batch.rows; i += kLanes) {
    const int64_t count = std::min(kLanes, batch.rows - i);
    const W* given_rows = batch.given + i * batch.given_stride;
    const W* upstream_rows = batch.upstream + i * batch.upstream_stride;
    ahead(given_rows, batch.given_stride);
    ahead(upstream_rows, batch.upstream_stride);
    given.read(given_rows, batch.given_stride, count);
    upstream.read(upstream_rows, batch.upstream_stride, count);
    group(given.view(), upstream.view());
    given.write(batch.out + i * batch.out_stride, batch.out_stride, count, batch.stream);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
