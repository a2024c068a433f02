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

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Sums over a row at a level: of p, of p (1 - p) and of p (1 - p) (1 - 2 p), its derivatives.
struct FermiSums {
  double p = 0, p_low = 0, slope = 0, bend = 0;

  // The slope is that of a line through the end of Halley's step for log(sum p): the error of the
  // next step is the third power of this one's, with a factor below 2.
  HWY_INLINE Falling<double> beyond(double room) const {
    double excess = p, low = p_low;
    add_to(-room, excess, low);
    excess += low;
    const double y = std::log1p(excess / room);
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
  exps_near(row, sample.x, sample.n, c, exps);
  const double room = share * static_cast<double>(sample.n);
  const auto root = fermi_root<W>(room, 0.1, 6, [&](W level) HWY_ATTR {
    FermiSums sums;
    add_fermi(d, level, exps, sample.n, sums);
    return sums;
  });
  const double better = static_cast<double>(c) + root.t * row.scale.temperature;
  return std::abs(root.t) < 30 && std::isfinite(better) ? static_cast<W>(better) : c;
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE ClippedRoot clip_fermi(const ClippedRow<W>& row) {
  const D d;
  const W c = guess_fermi(row);
  if (!std::isfinite(c)) return {};
  ExpBlocks<W> exps(row, c, row.scratch);
  const double tolerance = sizeof(W) == 4 ? 2e-3 : 2e-6;  // the next step is its third power
  const auto root = fermi_root<W>(row.budget, tolerance, 40, [&](W level) HWY_ATTR {
    FermiSums sums;
    exps.for_each([&](size_t, const W* e, size_t n) HWY_ATTR { add_fermi(d, level, e, n, sums); });
    return sums;
  });
  if (!root.converged || !(std::abs(root.t) < 20)) return {};
  const FermiMap<D> map(d, row, std::ldexp(std::exp(root.t), ExpRange<W>::kBias));
  exps.for_each([&](size_t first, const W* e, size_t n) HWY_ATTR {
    write_clipped(d, map, Clipped<W>{e, nullptr, nullptr, n}, row, first);
  });
  return {static_cast<double>(c) + root.t * row.scale.temperature, true};
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
