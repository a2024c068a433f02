// Solvers of entmax for short rows, side by side, 0 < alpha <= 2, for one SIMD target.

#if defined(GIBBS_KERNELS_SHORT_ENTMAX_SOLVERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SHORT_ENTMAX_SOLVERS_INL_H_
#undef GIBBS_KERNELS_SHORT_ENTMAX_SOLVERS_INL_H_
#else
#define GIBBS_KERNELS_SHORT_ENTMAX_SOLVERS_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "kernels/entmax_tsallis-inl.h"
#include "kernels/power-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The lanes of z = (x - max) b / T replace x where the map has a closed form, those of x - max
// else, and in the end factor p. Solved, delta is t - max / T of every row and, in closed form,
// sum_pv its moment.
template <class D>
struct EntmaxGroup {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  const SideBySide<D>& x;
  double alpha, temperature;
  bool moment;
  const LabelLanes<D>* labels;  // null: none. In closed form `own` is factor p of their scores
  V max, factor, delta, sum_pv, own;
  double b() const { return alpha - 1; }
  bool closed() const { return alpha == 2 || alpha == 1.5; }
  double scale() const { return closed() ? b() / temperature : 1.0; }
};

// Calls body(pack, first column) for the columns, kPack at a time and then one by one.
template <class D, class Body>
HWY_INLINE void for_each_columns(const SideBySide<D>& x, const Body& body) {
  size_t j = 0;
  for (; j + kPack <= x.cols; j += kPack) {
    Pack<D, kPack> columns;
    each<kPack>([&](size_t k) HWY_ATTR { columns[k] = x.load(j + k); });
    body(columns, j);
  }
  for (; j < x.cols; ++j) body(Pack<D, 1>{x.load(j)}, j);
}

// Sums that take turns, so that none waits for the addition before.
template <class D>
struct Sums {
  Pack<D, kPack> parts;
  HWY_INLINE explicit Sums(D d) {
    each<kPack>([&](size_t k) HWY_ATTR { parts[k] = hn::Zero(d); });
  }
  HWY_INLINE hn::Vec<D> total(D d) const { return sum_of(d, parts); }
};

// Replaces x by (x - max) scale(); returns which lanes have a NaN. next: where the next group will
// be read.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE hn::Mask<D> shift_columns(EntmaxGroup<D>& group, const W* next) {
  const SideBySide<D> x = group.x;
  const D d = x.d;
  const auto factor = hn::Set(d, static_cast<W>(group.scale())), max = group.max;
  auto nan = hn::IsNaN(max);
  for_each_columns(x, [&](const auto& columns, size_t j) HWY_ATTR {
    each<std::decay_t<decltype(columns)>::kCount>([&](size_t k) HWY_ATTR {
      prefetch(next + (j + k) * SideBySide<D>::kLanes);
      nan = hn::Or(nan, hn::IsNaN(columns[k]));
      x.store(hn::Mul(hn::Sub(columns[k], max), factor), j + k);
    });
  });
  return nan;
}

// Writes factor p, p = map(u) with u = z - tau > 0, and the mean of v = (u - 1) / b, for which sum
// p is 1: its error, some 1e-7, is that of tau.
template <bool kMoment, class D, class Map>
HWY_INLINE void write_above(EntmaxGroup<D>& group, hn::Vec<D> tau, Map map) {
  using W = hn::TFromD<D>;
  const SideBySide<D> x = group.x;
  const D d = x.d;
  const auto zero = hn::Zero(d), one = hn::Set(d, W{1}), factor = group.factor;
  const auto inverse_b = hn::Set(d, static_cast<W>(1 / group.b()));
  Sums<D> mean(d);  // of u
  for_each_columns(x, [&](const auto& z, size_t j) HWY_ATTR {
    each<std::decay_t<decltype(z)>::kCount>([&](size_t k) HWY_ATTR {
      const auto u = hn::Max(hn::Sub(z[k], tau), zero);
      const auto p = map(u);
      x.store(hn::Mul(p, factor), j + k);
      if constexpr (kMoment) mean.parts[k] = hn::MulAdd(p, u, mean.parts[k]);
    });
  });
  if (group.labels) {
    const auto scale = hn::Set(d, static_cast<W>(group.scale()));
    const auto z = hn::Mul(hn::Sub(hn::Load(d, group.labels->scores), group.max), scale);
    group.own = hn::Mul(map(hn::Max(hn::Sub(z, tau), zero)), factor);
  }
  group.delta = hn::Mul(hn::Add(one, tau), inverse_b);
  if constexpr (kMoment) group.sum_pv = hn::Mul(hn::Sub(mean.total(d), one), inverse_b);
}

template <class D, class Map>
HWY_INLINE void finish_closed(EntmaxGroup<D>& group, hn::Vec<D> tau, const Map& map) {
  if (group.moment) return write_above<true>(group, tau, map);
  write_above<false>(group, tau, map);
}

// The tau of sparsemax of columns z: as solve_sparsemax, for all lanes until none changes; then one
// Newton step on sum p = 1, whose terms are small, takes out what rounding the sum of z left.
template <class D>
HWY_INLINE hn::Vec<D> sparsemax_threshold(const SideBySide<D>& columns) {
  using W = hn::TFromD<D>;
  const D d = columns.d;
  const auto one = hn::Set(d, W{1}), zero = hn::Zero(d);
  auto tau = hn::Neg(one), count = zero, last = one;
  for (size_t i = 0; i <= columns.cols && !hn::AllTrue(d, hn::Eq(count, last)); ++i) {
    last = count;
    Sums<D> sum(d), counts(d);
    for_each_columns(columns, [&](const auto& z, size_t) HWY_ATTR {
      each<std::decay_t<decltype(z)>::kCount>([&](size_t k) HWY_ATTR {
        const auto above = hn::Gt(z[k], tau);
        counts.parts[k] = hn::Add(counts.parts[k], hn::IfThenElseZero(above, one));
        sum.parts[k] = hn::Add(sum.parts[k], hn::IfThenElseZero(above, z[k]));
      });
    });
    count = counts.total(d);
    tau = hn::Div(hn::Sub(sum.total(d), one), count);
  }
  Sums<D> total(d);
  for_each_columns(columns, [&](const auto& z, size_t) HWY_ATTR {
    each<std::decay_t<decltype(z)>::kCount>([&](size_t k) HWY_ATTR {
      total.parts[k] = hn::Add(total.parts[k], hn::Max(hn::Sub(z[k], tau), zero));
    });
  });
  return hn::Add(tau, hn::Div(hn::Sub(total.total(d), one), count));
}

template <class D>
HWY_NOINLINE void short_sparsemax(EntmaxGroup<D>& group) {
  finish_closed(group, sparsemax_threshold(group.x), [](hn::Vec<D> u) HWY_ATTR { return u; });
}

// That of 1.5-entmax: Newton on the norm of (z - tau)+, monotone from tau = -1, until a step is
// within `reach`; the error is about its square.
template <class D>
HWY_INLINE hn::Vec<D> entmax15_threshold(const SideBySide<D>& columns, double reach) {
  using W = hn::TFromD<D>;
  const D d = columns.d;
  const auto zero = hn::Zero(d), tolerance = hn::Set(d, static_cast<W>(reach));
  auto tau = hn::Set(d, W{-1});
  auto moves = hn::Eq(zero, zero);
  for (int i = 0; i < 40; ++i) {
    Sums<D> sums(d), of_squares(d);
    for_each_columns(columns, [&](const auto& z, size_t) HWY_ATTR {
      each<std::decay_t<decltype(z)>::kCount>([&](size_t k) HWY_ATTR {
        const auto u = hn::Max(hn::Sub(z[k], tau), zero);
        sums.parts[k] = hn::Add(sums.parts[k], u);
        of_squares.parts[k] = hn::MulAdd(u, u, of_squares.parts[k]);
      });
    });
    const auto sum = sums.total(d), squares = of_squares.total(d);
    // A lane that has arrived stays: its bits must not depend on how long the others take.
    const auto step = hn::IfThenElseZero(moves, hn::Div(hn::Sub(squares, hn::Sqrt(squares)), sum));
    tau = hn::Add(tau, step);
    moves = hn::And(moves, hn::Gt(hn::Abs(step), tolerance));
    if (hn::AllFalse(d, moves)) break;
  }
  return tau;
}

template <class D>
HWY_NOINLINE void short_entmax15(EntmaxGroup<D>& group) {
  finish_closed(group, entmax15_threshold(group.x, 3e-7),
                [](hn::Vec<D> u) HWY_ATTR { return hn::Mul(u, u); });
}

// (1 - exp(-y)) for y of either sign, without cancellation near 0.
template <class D>
HWY_INLINE hn::Vec<D> one_minus_exp(D d, const LogExp<D>& math, hn::Vec<D> y) {
  using W = hn::TFromD<D>;
  const auto near = hn::Lt(hn::Abs(y), hn::Set(d, W(0.34)));
  const auto small = expm1_reduced(d, Pack<D, 1>{hn::IfThenElseZero(near, hn::Neg(y))})[0];
  const auto large = hn::Sub(math.exp(hn::Neg(y)), hn::Set(d, W{1}));
  return hn::Neg(hn::IfThenElse(near, small, large));
}

// Any other alpha: Newton on the norm, as newton_tsallis, for all lanes.
template <class D>
HWY_NOINLINE void short_tsallis(EntmaxGroup<D>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const double b = group.b();
  const auto zero = hn::Zero(d), one = hn::Set(d, W{1}), tolerance = hn::Set(d, W(1e-7));
  const auto b_lanes = hn::Set(d, static_cast<W>(b));
  auto delta = zero, last = one;
  auto moves = hn::Eq(zero, zero);  // as in short_entmax15
  for (int i = 0; i < 60; ++i) {
    const TsallisExp<D> map(d, b, group.temperature, zero, delta);
    BoundedLaneSum<D> sum_p(d, W{2});
    auto sum_q = zero, p = zero, low = zero;
    for_each_columns(group.x, [&](const auto& x, size_t) HWY_ATTR {
      constexpr size_t kSize = std::decay_t<decltype(x)>::kCount;
      Pack<D, kSize> u, of_p, of_q, w;
      each<kSize>([&](size_t k) HWY_ATTR { u[k] = map.u(x[k]); });
      map(u, of_p, of_q, w);
      each<kSize>([&](size_t k) HWY_ATTR {
        sum_p.add(of_p[k]);
        sum_q = hn::Add(sum_q, of_q[k]);
      });
    });
    sum_p.lane_totals(p, low);
    const auto y = hn::Mul(b_lanes, map.math.log(p, low));
    const auto newton = hn::Mul(hn::Div(p, sum_q), hn::Div(one_minus_exp(d, map.math, y), b_lanes));
    const auto step = hn::IfThenElseZero(moves, newton);
    delta = hn::Max(hn::Add(delta, step), zero);
    const auto ratio = hn::Min(one, hn::Abs(hn::Div(step, last)));
    const auto ahead = hn::Mul(hn::Abs(step), ratio);
    const auto reach = hn::Mul(tolerance, hn::Add(one, delta));
    // A lane is done when the next step would not matter, or this one is rounding.
    moves =
        hn::And(moves, hn::And(hn::Gt(ahead, reach), hn::Gt(hn::Abs(step), hn::Add(reach, reach))));
    if (hn::AllFalse(d, moves)) break;
    last = step;
  }
  const TsallisExp<D> map(d, b, group.temperature, zero, delta);
  for_each_columns(group.x, [&](const auto& x, size_t j) HWY_ATTR {
    constexpr size_t kSize = std::decay_t<decltype(x)>::kCount;
    Pack<D, kSize> u;
    each<kSize>([&](size_t k) HWY_ATTR { u[k] = map.u(x[k]); });
    const auto p = map(u);
    each<kSize>([&](size_t k) HWY_ATTR { group.x.store(hn::Mul(p[k], group.factor), j + k); });
  });
  group.delta = delta;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
