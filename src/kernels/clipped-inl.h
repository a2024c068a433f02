// Capped softmax and Fermi-Dirac of one row, whose exponentials are kept, for one SIMD target; and
// the choice between them and the projection.

#if defined(GIBBS_KERNELS_CLIPPED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_INL_H_
#undef GIBBS_KERNELS_CLIPPED_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/clipped_projection-inl.h"
#include "kernels/exp_pass-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The exponentials relative to `top`, and their sum, without the kernels' bias.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE double keep_exps(D d, const ClippedRow<W>& row, W top) {
  const RowExp<D> exp(d, row.scale, hn::Set(d, top));
  const PassInput<W> in{row.x, nullptr, static_cast<size_t>(row.n), row.x};
  const auto totals = exp_pass<PassFlags{true, false, false}>(exp, top, in, row.scratch);
  return std::ldexp(totals.sum, -ExpRange<W>::kBias);
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE ClippedRoot clip_exponential(const ClippedRow<W>& row) {
  const D d;
  const W top = max_of(d, row.x, static_cast<size_t>(row.n));
  if (!std::isfinite(top)) return {};
  const Clipped<W> kept{row.scratch, nullptr, row.upper, static_cast<size_t>(row.n)};
  const double sum = keep_exps(d, row, top);
  // Newton's method on sum min(upper, factor e), which is concave: from the left it never
  // overshoots, and ends when no more states reach their bound.
  double factor = std::ldexp(row.budget / sum, -ExpRange<W>::kBias), last = 0;
  const double largest = std::ldexp(1.0, sizeof(W) == 4 ? 40 : 400);
  for (int i = 0; i < 200 && factor < largest; ++i) {
    const auto sums = sums_of<LaneSum<D>>(d, ExponentialMap<D>(d, row, factor), kept);
    const Falling<double> at = sums.beyond(row.budget, {});
    double next = factor * (1 - at.excess / at.slope);
    if (next < factor * (1 - 1e-6)) {
      // Beyond the root by rounding, where all that counts is at its bound; by more where rounding
      // met a slope of nearly nothing: a plateau between two states that reach theirs.
      if (at.excess > 8 * std::numeric_limits<W>::epsilon() * row.budget) return {};
      next = factor;
    }
    if (!(next > factor * (1 + (sizeof(W) == 4 ? 1e-9 : 1e-16))) || next == last) {
      if (!std::isfinite(next)) return {};
      write_clipped(d, ExponentialMap<D>(d, row, next), kept, row.out);
      const double log_factor = std::log(std::ldexp(next, ExpRange<W>::kBias));
      return {static_cast<double>(top) - row.scale.temperature * (log_factor + 1), true};
    }
    last = factor;
    factor = next;
  }
  return {};
}

// exp((x - c) / T) for c near tau: what is far above is as good as infinite.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void keep_exps_near(D d, const ClippedRow<W>& row, const Clipped<W>& part, W c, W* to) {
  constexpr double kFar = sizeof(W) == 4 ? 40 : 300;
  const RowExp<D> exp(d, row.scale, hn::Set(d, c));
  const double far = static_cast<double>(c) + kFar * row.scale.temperature;
  const auto limit = hn::Set(d, static_cast<W>(far));
  for_each_pack(d, part.x, part.n, -std::numeric_limits<W>::infinity(),
                [&](size_t i, const auto& x) HWY_ATTR {
                  constexpr size_t kSize = std::decay_t<decltype(x)>::kCount;
                  Pack<D, kSize> shifted;
                  each<kSize>([&](size_t k) HWY_ATTR {
                    const auto near = hn::IfThenElse(hn::Gt(x[k], limit), limit, x[k]);
                    shifted[k] = exp.shifted(near);
                  });
                  const auto e = exp.exp(shifted);
                  each<kSize>([&](size_t k) HWY_ATTR {
                    hn::StoreU(e[k], d, to + i + k * hn::Lanes(d));  // scratch is padded
                  });
                });
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE Root<double> fermi_root(const ClippedRow<W>& row, const Clipped<W>& part, double room,
                                   double tolerance, W c, W* exps) {
  const D d;
  keep_exps_near(d, row, part, c, exps);
  const Clipped<W> kept{exps, nullptr, nullptr, part.n};
  RootSearch<double> search;
  search.room = room;
  search.least_scale = 1;
  search.tolerance = tolerance;
  search.longest = tolerance < kGuess ? 40 : 6;
  return find_root<double>(search, [&](double t) HWY_ATTR {
    const FermiMap<D> map(d, row, std::ldexp(std::exp(t), ExpRange<W>::kBias));
    return sums_of<LaneSum<D>>(d, map, kept).beyond(room, {});
  });
}

// Where about a share `filled` of the sample is above, from some of it.
template <class W>
HWY_INLINE W quantile(const Clipped<W>& part, double filled, W* room) {
  constexpr size_t kFew = 16;
  const size_t few = std::min(part.n, kFew), step = part.n / few;
  for (size_t k = 0; k < few; ++k) room[k] = part.x[k * step];
  const double rank = filled * static_cast<double>(few);
  const size_t at = std::min(few - 1, static_cast<size_t>(rank));
  std::nth_element(room, room + at, room + few, [](W a, W b) { return a > b; });
  return room[at];
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE ClippedRoot clip_fermi(const ClippedRow<W>& row) {
  const D d;
  const Clipped<W> all{row.x, nullptr, nullptr, static_cast<size_t>(row.n)};
  const Clipped<W> sample = sample_of(all, row.scratch);
  const double share = row.budget / static_cast<double>(all.n);
  const double temperature = row.scale.temperature;
  W c = quantile(sample, share, row.scratch + (sample.n < all.n ? kSampleLanes : 0));
  if (!std::isfinite(c)) return {};
  if (sample.n < all.n) {
    const auto guess = fermi_root(row, sample, share * static_cast<double>(sample.n), kGuess, c,
                                  row.scratch + kSampleLanes);
    const double better = static_cast<double>(c) + guess.t * temperature;
    if (std::abs(guess.t) < 30 && std::isfinite(better)) c = static_cast<W>(better);
  }
  const double tolerance = sizeof(W) == 4 ? 1e-4 : 1e-8;  // the next step is its square
  const Root<double> root = fermi_root(row, all, row.budget, tolerance, c, row.scratch);
  if (!root.converged || !(std::abs(root.t) < 20)) return {};
  const FermiMap<D> map(d, row, std::ldexp(std::exp(root.t), ExpRange<W>::kBias));
  write_clipped(d, map, Clipped<W>{row.scratch, nullptr, nullptr, all.n}, row.out);
  return {static_cast<double>(c) + root.t * temperature, true};
}

template <class W>
HWY_INLINE ClippedRoot clip(const ClippedRow<W>& row) {
  if (row.clip == Clip::kProjection) return Projection<W>(row).solve();
  if (row.clip == Clip::kExponential) return clip_exponential(row);
  return clip_fermi(row);
}

ClippedRoot clip_float(const ClippedRow<float>& row) { return clip(row); }
ClippedRoot clip_double(const ClippedRow<double>& row) { return clip(row); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
