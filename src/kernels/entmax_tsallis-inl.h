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
#include "kernels/sums-inl.h"
#include "kernels/tsallis_exp-inl.h"
#include "kernels/vector_math-inl.h"
#include "kernels/write-inl.h"

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

// 1 / v, to three digits at least.
template <class D>
HWY_INLINE hn::Vec<D> about_one_over(D d, hn::Vec<D> v) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) return hn::ApproximateReciprocal(v);
  return hn::Div(hn::Set(d, hn::TFromD<D>{1}), v);
}

// The sums over a row. Not a lambda: g++ does not inline one of this size, and its sums would go
// through memory, which takes as long as the powers.
template <TsallisPass kPass, bool kKeep, class D>
struct TsallisSummer {
  using W = hn::TFromD<D>;
  const D d;
  const TsallisExp<D> map;
  const Kept<W> kept;
  const W* next;  // where the next row will be read
  BoundedLaneSum<D> sum_p;
  LaneSum<D> sum_pu;
  hn::Vec<D> sum_q, sum_r;  // steer the steps, no more

  HWY_INLINE TsallisSummer(D tag, const TsallisExp<D>& of, Kept<W> to, const W* next_row)
      : d(tag),
        map(of),
        kept(to),
        next(next_row),
        sum_p(d, W{2 * kLongPack}),  // p <= 1, as delta >= 0
        sum_pu(d),
        sum_q(hn::Zero(d)),
        sum_r(hn::Zero(d)) {}

  template <size_t kSize>
  HWY_INLINE void operator()(size_t i, const Pack<D, kSize>& scores) {
    Pack<D, kSize> u, p, q, w;
    each<kSize>([&](size_t k) HWY_ATTR {
      prefetch(next + i + k * hn::Lanes(d));
      u[k] = map.u(scores[k]);
    });
    if constexpr (kPass == TsallisPass::kRough) {
      map.rough(u, p, q, w);
    } else {
      map(u, p, q, w);
    }
    if constexpr (kKeep) {  // both are padded
      each<kSize>([&](size_t k) HWY_ATTR {
        hn::StoreU(p[k], d, kept.p + i + k * hn::Lanes(d));
        hn::StoreU(q[k], d, kept.q + i + k * hn::Lanes(d));
      });
    }
    sum_p.add(sum_of(d, p));
    sum_q = hn::Add(sum_q, sum_of(d, q));
    if constexpr (kPass == TsallisPass::kMoment) {
      each<kSize>([&](size_t k) HWY_ATTR { sum_pu.add(map.moment(p[k], u[k])); });
    } else {
      const auto least = hn::Set(d, std::numeric_limits<W>::epsilon() / 2);
      Pack<D, kSize> r;
      each<kSize>([&](size_t k)
                      HWY_ATTR { r[k] = hn::Mul(q[k], about_one_over(d, hn::Max(w[k], least))); });
      sum_r = hn::Add(sum_r, sum_of(d, r));
    }
  }

  HWY_INLINE TsallisSums totals() const {
    TsallisSums sums;
    double low = 0;
    sum_p.add_total(sums.p, low);
    sums.p += low;
    sums.q = plain_sum(d, sum_q);
    sums.r = plain_sum(d, sum_r);
    sum_pu.total(sums.pv, low);
    sums.pv /= map.b;
    return sums;
  }
};

template <TsallisPass kPass, bool kKeep, class D, class W = hn::TFromD<D>>
HWY_INLINE TsallisSums tsallis_sums(D d, const TsallisExp<D>& map, const W* x, size_t n,
                                    Kept<W> kept, const W* next) {
  TsallisSummer<kPass, kKeep, D> summer(d, map, kept, next);
  for_each_pack<kLongPack>(d, x, n, -std::numeric_limits<W>::infinity(), summer);
  return summer.totals();
}

template <bool kKeep, class D, class W = hn::TFromD<D>>
HWY_NOINLINE TsallisRoot solve_tsallis(D d, const Candidates<W>& c, double b, double temperature,
                                       Kept<W> kept, const W* next) {
  TsallisExp<D> map(d, b, c.max, temperature, 0);
  return newton_on_norm<W>(b, kKeep, [&](double delta, TsallisPass pass) HWY_ATTR {
    map.move_to(delta);
    if (pass == TsallisPass::kRough) {
      return tsallis_sums<TsallisPass::kRough, false>(d, map, c.scores, c.count, kept, next);
    }
    return tsallis_sums<TsallisPass::kExact, kKeep>(d, map, c.scores, c.count, kept, next);
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
    const TsallisSums sums =
        tsallis_sums<TsallisPass::kMoment, false>(D(), map, block, n, Kept<double>{}, block);
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

// to = factor p of the scores of a row, at the delta of `map`; p is 0 up to `bound`.
template <class D>
struct TsallisWriter {
  using W = hn::TFromD<D>;
  const D d;
  const TsallisExp<D> map;
  const hn::Vec<D> bound, factor;
  const bool stream;
  const size_t n;
  W* to;

  HWY_INLINE TsallisWriter(const TsallisExp<D>& at, W lowest, double by, bool streams, size_t count,
                           W* out)
      : d(at.d),
        map(at),
        bound(hn::Set(d, lowest)),
        factor(hn::Set(d, static_cast<W>(by))),
        stream(streams),
        n(count),
        to(out) {}

  template <size_t kSize>
  HWY_INLINE Pack<D, kSize> mapped(const Pack<D, kSize>& scores) const {
    Pack<D, kSize> u, p;
    auto top = bound;
    each<kSize>([&](size_t k) HWY_ATTR {
      top = hn::Max(top, scores[k]);
      u[k] = map.full_u(scores[k]);
      p[k] = hn::Zero(d);
    });
    if (!map.quartic && hn::AllFalse(d, hn::Gt(top, bound))) return p;
    p = map(u);
    each<kSize>([&](size_t k) HWY_ATTR { p[k] = hn::Mul(p[k], factor); });
    return p;
  }

  template <size_t kSize>
  HWY_INLINE void operator()(size_t i, const Pack<D, kSize>& scores) const {
    const auto p = mapped(scores);
    if (n - i < hn::Lanes(d)) return store_first(p[0], d, to + i, n - i);
    each<kSize>([&](size_t k) HWY_ATTR {
      W* const at = to + i + k * hn::Lanes(d);
      if (stream) {
        hn::Stream(p[k], d, at);
      } else {
        hn::StoreU(p[k], d, at);
      }
    });
  }
};

template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void write_tsallis_lanes(const TsallisExp<D>& map, const W* x, size_t n, W bound,
                                      double factor, bool stream, W* to) {
  const D d;
  const TsallisWriter<D> write(map, bound, factor, stream, n, to);
  const auto one = [&](hn::Vec<D> scores, size_t)
                       HWY_ATTR { return write.mapped(Pack<D, 1>{scores})[0]; };
  // In a narrow window most vectors have no state, which packs would seldom find.
  if (map.b >= 0.125) return write_mapped(d, x, n, stream, to, one);
  size_t head = stream ? (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % hn::Lanes(d) : 0;
  if (head >= n) head = 0;
  if (head != 0) store_first(one(load_first(d, x, head, W{0}), 0), d, to, head);
  for_each_pack(d, x + head, n - head, W{0},
                [&](size_t i, const auto& scores) HWY_ATTR { write(head + i, scores); });
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
