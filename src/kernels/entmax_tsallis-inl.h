// The threshold of a row for alpha <= 2 without a closed form, for one SIMD target: Newton's
// method, whose last pass may keep p, to be corrected by the last step when the row is written.

#if defined(GIBBS_KERNELS_ENTMAX_TSALLIS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_TSALLIS_INL_H_
#undef GIBBS_KERNELS_ENTMAX_TSALLIS_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_TSALLIS_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/entmax.hpp"
#include "kernels/entmax_candidates-inl.h"
#include "kernels/newton.hpp"
#include "kernels/power-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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
  const size_t lanes = hn::Lanes(d);
  for_each_pack(d, x, n, -std::numeric_limits<W>::infinity(),
                [&]([[maybe_unused]] size_t i, const auto& scores) HWY_ATTR {
                  constexpr size_t kSize = std::decay_t<decltype(scores)>::kCount;
                  Pack<D, kSize> v, p, q;
                  each<kSize>([&](size_t k) HWY_ATTR { v[k] = map.v(scores[k]); });
                  map(v, p, q);
                  each<kSize>([&](size_t k) HWY_ATTR {
                    if constexpr (kKeep) {  // both are padded
                      hn::StoreU(p[k], d, kept.p + i + k * lanes);
                      hn::StoreU(q[k], d, kept.q + i + k * lanes);
                    }
                    sum_p.add(p[k]);
                    sum_q = hn::Add(sum_q, q[k]);
                    if constexpr (kMoment) sum_pv.add(map.moment(p[k], v[k]));
                  });
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

// In double, whatever the lanes: below alpha 1 the terms of log Z grow as p^(alpha - 1).
template <class W>
HWY_NOINLINE RowSummary tsallis_summary(const Candidates<W>& c, double temperature, double alpha,
                                        double delta) {
  using D = hn::ScalableTag<double>;
  const double max = static_cast<double>(c.max);
  const TsallisExp<D> map(D(), alpha - 1, max, temperature, delta);
  constexpr size_t kBlock = 64;
  HWY_ALIGN double block[kBlock];
  TsallisSums total;
  for (size_t i = 0; i < c.count; i += kBlock) {
    const size_t n = std::min(kBlock, c.count - i);
    std::copy_n(c.scores + i, n, block);
    const TsallisSums sums = tsallis_sums<true, false>(D(), map, block, n, Kept<double>{});
    total.p += sums.p;
    total.pv += sums.pv;
  }
  return entmax_summary(max, temperature, alpha, delta, total);
}

// factor p at delta + step from p and q at delta: dp/ddelta = -q, dq/ddelta = -(1 - b) q^2 / p.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void write_kept(D d, Kept<W> kept, size_t n, double b, double step, double factor,
                             bool stream, W* to) {
  const auto h = hn::Set(d, static_cast<W>(step)), zero = hn::Zero(d);
  const auto half = hn::Set(d, static_cast<W>((1 - b) / 2 * step * step));
  const auto by = hn::Set(d, static_cast<W>(factor));
  size_t i = 0;
  const auto map = [&](size_t at, hn::Vec<D> p) HWY_ATTR {
    const auto q = hn::LoadU(d, kept.q + at);
    const auto present = hn::Gt(p, zero);
    const auto bend = hn::Mul(hn::Mul(half, q), hn::Div(q, hn::IfThenElse(present, p, h)));
    const auto moved = hn::Add(p, hn::IfThenElseZero(present, hn::NegMulAdd(h, q, bend)));
    return hn::Mul(hn::Max(zero, moved), by);
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

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
