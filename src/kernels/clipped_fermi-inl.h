// Fermi-Dirac of a row, for one SIMD target: a guess from a sample of the row, then Halley's method
// on the whole of it.

#if defined(GIBBS_KERNELS_CLIPPED_FERMI_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_FERMI_INL_H_
#undef GIBBS_KERNELS_CLIPPED_FERMI_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_FERMI_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/clipped_exps-inl.h"
#include "kernels/clipped_open-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// log(1 + z) to 1e-13, which is enough to steer a search: log1p takes 4 % more of all the time of
// 1024 columns.
HWY_INLINE double steering_log1p(double z) {
  if (!(std::abs(z) < 0.01)) return std::log(1 + z);
  return z * (1 - z * (1.0 / 2 - z * (1.0 / 3 - z * (1.0 / 4 - z / 5))));
}

// Sums over a row at a level: of p, of p (1 - p) and of p (1 - p) (1 - 2 p), its derivatives.
struct FermiSums {
  double p = 0, p_low = 0, slope = 0, bend = 0;

  // The slope is that of a line through the end of Halley's step for log(sum p): the error of the
  // next step is the third power of this one's, with a factor below 2.
  HWY_INLINE Falling<double> beyond(double room) const {
    double excess = p, low = p_low;
    add_to(-room, excess, low);
    excess += low;
    const double y = steering_log1p(excess / room);
    const double bent = 1 - y * (bend * p / (slope * slope) - 1) / 2;
    const double step = y * p / (slope * (bent > 0.5 && bent < 2 ? bent : 1));
    return {excess, excess / step};
  }
};

// Lanes after the last exponential are 0, and so is their p.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void add_fermi(D d, W level, const W* e, size_t n, FermiSums& sums) {
  const auto at = hn::Set(d, level);
  BoundedLaneSum<D> of_p[2] = {BoundedLaneSum<D>(d, W{1}), BoundedLaneSum<D>(d, W{1})};
  Pack<D, 2> slope, bend;  // sums of q = p (1 - p) and of p q
  each<2>([&](size_t k) HWY_ATTR { slope[k] = bend[k] = hn::Zero(d); });
  const auto add = [&](size_t i, size_t k) HWY_ATTR {
    const auto v = hn::LoadU(d, e + i);
    const auto p = hn::Div(v, hn::Add(v, at));
    const auto q = hn::NegMulAdd(p, p, p);
    of_p[k].add(p);
    slope[k] = hn::Add(slope[k], q);
    bend[k] = hn::MulAdd(p, q, bend[k]);
  };
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes < n; i += 2 * lanes) {
    add(i, 0);
    add(i + lanes, 1);
  }
  if (i < n) add(i, 0);
  LaneSum<D> total(d);
  total.add_sums(of_p[0]);
  total.add_sums(of_p[1]);
  total.add_total(sums.p, sums.p_low);
  const double of_q = plain_sum(d, hn::Add(slope[0], slope[1]));
  sums.slope += of_q;
  sums.bend += of_q - 2 * plain_sum(d, hn::Add(bend[0], bend[1]));
}

// The same from the smaller of p and 1 - p: where few states are neither empty nor full, how those
// near 1 round would move them.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void add_fermi_ends(D d, W level, const W* e, size_t n, FermiSums& sums) {
  const auto at = hn::Set(d, level);
  BoundedLaneSum<D> taken(d, W{1}), left(d, W{1});
  auto slope = hn::Zero(d);
  size_t full = 0;
  for_each_vector(d, e, n, W{0}, [&](size_t, hn::Vec<D> v) HWY_ATTR {
    const auto least = hn::Div(hn::IfThenElse(hn::Gt(v, at), at, v), hn::Add(v, at));
    const auto is_full = hn::Gt(v, at);
    taken.add(hn::IfThenZeroElse(is_full, least));
    left.add(hn::IfThenElseZero(is_full, least));
    slope = hn::Add(slope, hn::NegMulAdd(least, least, least));
    full += hn::CountTrue(d, is_full);
  });
  double of_left = 0, of_left_low = 0;
  left.add_total(of_left, of_left_low);
  add_to(static_cast<double>(full), sums.p, sums.p_low);
  add_to(-of_left, sums.p, sums.p_low);
  sums.p_low -= of_left_low;
  taken.add_total(sums.p, sums.p_low);
  sums.slope += plain_sum(d, slope);
}

// How many T the place near tau may be moved at once: there are exponentials that far from it.
template <class W>
inline constexpr double kMostMoved = sizeof(W) == 4 ? 35 : 250;

// exp(t) 2^kBias, where its reciprocal is a normal number.
template <class W>
HWY_INLINE W level_at(double t) {
  constexpr double kFurthest = sizeof(W) == 4 ? 60 : 600;
  return static_cast<W>(std::exp(std::clamp(t, -kFurthest, kFurthest)) *
                        std::ldexp(1.0, ExpRange<W>::kBias));
}

// t = (tau - c) / T of a row or a sample of it; `sums_at` for a trial level.
template <class W, class SumsAt>
HWY_INLINE Root<double> fermi_root(double room, double tolerance, int longest,
                                   const SumsAt& sums_at) {
  RootSearch<double> search;
  search.room = room;
  search.power = 1;
  search.least_scale = 1;
  search.tolerance = tolerance;
  search.longest = longest;
  return find_root<double>(search,
                           [&](double t) HWY_ATTR { return sums_at(level_at<W>(t)).beyond(room); });
}

// A sample does not see the few states that take a small budget.
template <class W, class D = hn::ScalableTag<W>>
HWY_NOINLINE W guess_from_tops(const ClippedRow<W>& row, W otherwise) {
  constexpr double kFewStates = 16;
  if (row.budget > kFewStates) return otherwise;
  const auto k = static_cast<size_t>(std::ceil(row.budget));
  return tops_of(D(), row.x, static_cast<size_t>(row.n), k).kth;
}

// A place near tau.
template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE W guess_fermi(const ClippedRow<W>& row) {
  const D d;
  const Clipped<W> all{row.x, nullptr, nullptr, static_cast<size_t>(row.n)};
  const Clipped<W> sample = sample_of(all, row.scratch);
  const double share = row.budget / static_cast<double>(all.n);
  const W c = quantile(sample, share);
  if (!std::isfinite(c) || sample.n == all.n) return c;
  W* const exps = row.scratch + sample.n;
  exps_near(row, sample.x, sample.n, c, exps, sample.x);
  const double room = share * static_cast<double>(sample.n);
  const auto root = fermi_root<W>(room, 0.1, 6, [&](W level) HWY_ATTR {
    FermiSums sums;
    add_fermi(d, level, exps, sample.n, sums);
    return sums;
  });
  const double better = static_cast<double>(c) + root.t * row.scale.temperature;
  if (std::abs(root.t) < 30 && std::isfinite(better)) return static_cast<W>(better);
  return guess_from_tops(row, c);
}

// The level, told as itself: as the exponential of a large t it has too few digits. 0 if it is not
// found.
template <class W, class D = hn::ScalableTag<W>>
HWY_NOINLINE double refined_level(const ClippedRow<W>& row, ExpBlocks<W>& exps, double level) {
  constexpr double kEpsilon = std::numeric_limits<W>::epsilon();
  for (int i = 0; i < 6; ++i) {
    FermiSums sums;
    const W lane = static_cast<W>(level);
    exps.for_each([&](size_t, const W* e, size_t n)
                      HWY_ATTR { add_fermi_ends(D(), lane, e, n, sums); });
    add_to(-row.budget, sums.p, sums.p_low);
    const double step = (sums.p + sums.p_low) / sums.slope;
    if (!(std::abs(step) < 1)) return 0;
    level = static_cast<double>(lane) * (1 + step);
    if (std::abs(step) < std::sqrt(kEpsilon)) return level;  // the next is below its square
  }
  return 0;
}

template <class W, class D = hn::ScalableTag<W>>
HWY_NOINLINE ClippedRoot clip_fermi(const ClippedRow<W>& row) {
  const D d;
  W c = guess_fermi(row);
  if (!std::isfinite(c)) return {};
  ExpBlocks<W> exps(row, c, row.scratch);
  const double tolerance = sizeof(W) == 4 ? 2e-3 : 2e-6;  // the next step is its third power
  double slope = 0;
  Root<double> root;
  for (int i = 0; i < 4; ++i) {
    root = fermi_root<W>(row.budget, tolerance, 40, [&](W level) HWY_ATTR {
      FermiSums sums;
      exps.for_each([&](size_t, const W* e, size_t n)
                        HWY_ATTR { add_fermi(d, level, e, n, sums); });
      slope = sums.slope;
      return sums;
    });
    if (std::abs(root.t) < 20) break;
    const double moved = std::clamp(root.t, -kMostMoved<W>, kMostMoved<W>);
    c = static_cast<W>(static_cast<double>(c) + moved * row.scale.temperature);
    if (!std::isfinite(root.t) || !std::isfinite(c)) return {};
    exps.move_to(c);
  }
  if (!root.converged || !(std::abs(root.t) < 20)) return {};
  double level = std::ldexp(std::exp(root.t), ExpRange<W>::kBias);
  if (slope < row.budget / 8 || (sizeof(W) == 8 && std::abs(root.t) > 2)) {
    level = refined_level(row, exps, level);
    if (!(level > 0)) return {};
    root.t = std::log(std::ldexp(level, -ExpRange<W>::kBias));
  }
  const FermiMap<D> map(d, row, level);
  exps.for_each([&](size_t first, const W* e, size_t n) HWY_ATTR {
    write_clipped(d, map, Clipped<W>{e, nullptr, nullptr, n}, row, first);
  });
  return {static_cast<double>(c) + root.t * row.scale.temperature, true};
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
