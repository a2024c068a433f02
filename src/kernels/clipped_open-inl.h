// The states of a row with bounds that a bracket of tau leaves open, for one SIMD target.

#if defined(GIBBS_KERNELS_CLIPPED_OPEN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_OPEN_INL_H_
#undef GIBBS_KERNELS_CLIPPED_OPEN_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_OPEN_INL_H_
#endif

#include <cmath>
#include <limits>

#include "kernels/clipped_maps-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// What can be moved within a bracket, of states without bounds of their own: x alone tells it.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE Clipped<W> keep_open_alike(D d, const ClippedRow<W>& row, double lowest,
                                        double highest, const Clipped<W>& all, ClippedSums* base) {
  constexpr W kInfinity = std::numeric_limits<W>::infinity();
  const auto empty = hn::Set(d, std::nextafter(static_cast<W>(lowest), -kInfinity));
  const auto full = hn::Set(d, std::nextafter(static_cast<W>(highest), kInfinity));
  size_t above = 0;
  const size_t count =
      keep_where(d, all.x, all.n, row.scratch, [&](hn::Vec<D> x, size_t i) HWY_ATTR {
        prefetch(row.next + i);  // a burst of these at the end of the row would wait for the memory
        const auto is_full = hn::Ge(x, full);
        above += hn::CountTrue(d, is_full);
        return hn::Not(hn::Or(hn::Le(x, empty), is_full));  // a NaN too
      });
  if (above != 0) base->high = static_cast<double>(above) * static_cast<double>(row.most);
  return {row.scratch, nullptr, nullptr, count};
}

// The states that are at one bound at one end of the bracket and not at the other, in scratch; what
// the others take is added to base.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE Clipped<W> keep_open(D d, const ClippedRow<W>& row, double origin,
                                  const Bracket<double>& in, const Clipped<W>& all,
                                  ClippedSums* base) {
  const double slack = 1e-6 * (1 + std::abs(in.low) + std::abs(in.high));
  if (!all.lower && !all.upper) {
    const double temperature = row.scale.temperature, most = static_cast<double>(row.most);
    return keep_open_alike(d, row, origin + (in.low - slack) * temperature,
                           origin + (in.high + slack + most) * temperature, all, base);
  }
  const ProjectionMap<D> at_low(d, row, origin, in.low - slack),
      at_high(d, row, origin, in.high + slack);
  const size_t lanes = hn::Lanes(d), room = static_cast<size_t>(row.n + sample_lanes(row.n));
  W* const x = row.scratch;
  W* const lower = all.lower ? x + room : nullptr;
  W* const upper = all.upper ? x + 2 * room : nullptr;
  LaneSum<D> taken(d);
  size_t count = 0;
  for (size_t i = 0; i < all.n; i += lanes) {
    const size_t left = std::min(all.n - i, lanes);
    prefetch(row.next + i);
    hn::Vec<D> inside;
    const auto least = at_high(all, i, left, inside), most = at_low(all, i, left, inside);
    const auto open = hn::And(hn::Ne(least, most), hn::FirstN(d, left));
    taken.add(hn::IfThenZeroElse(hn::Or(open, hn::Not(hn::FirstN(d, left))), least));
    const auto put = [&](const W* from, W* to, W fill) HWY_ATTR {
      if (to) hn::StoreU(to_front(d, load_some(d, from + i, left, fill), open), d, to + count);
    };
    put(all.x, x, -std::numeric_limits<W>::infinity());
    put(all.lower, lower, W{0});
    put(all.upper, upper, W{0});
    count += hn::CountTrue(d, open);
  }
  taken.total(base->high, base->low);
  return {x, lower, upper, count};
}

// The highest of a row, and how high at least the k-th of them is.
template <class W>
struct Tops {
  W first, kth;
};

// From the maxima of each lane: no fewer than k of the states are at least the k-th of those.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE Tops<W> tops_of(D d, const W* x, size_t n, size_t k) {
  const size_t lanes = hn::Lanes(d);
  const auto lowest = hn::Set(d, -std::numeric_limits<W>::infinity());
  Pack<D, 4> maxima;
  each<4>([&](size_t j) HWY_ATTR { maxima[j] = lowest; });
  size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    each<4>([&](size_t j)
                HWY_ATTR { maxima[j] = hn::Max(maxima[j], hn::LoadU(d, x + i + j * lanes)); });
  }
  for (size_t j = 0; i < n; i += lanes, ++j) {
    maxima[j] = hn::Max(maxima[j], load_some(d, x + i, n - i, hn::GetLane(lowest)));
  }
  Tops<W> tops{};
  for (size_t found = 0, round = 0; found < k && round < k; ++round) {
    const auto high = hn::Max(hn::Max(maxima[0], maxima[1]), hn::Max(maxima[2], maxima[3]));
    const auto top = hn::MaxOfLanes(d, high);
    each<4>([&](size_t j) HWY_ATTR {
      const auto same = hn::Eq(maxima[j], top);
      found += hn::CountTrue(d, same);
      maxima[j] = hn::IfThenElse(same, lowest, maxima[j]);
    });
    tops.kth = hn::GetLane(top);
    if (round == 0) tops.first = tops.kth;
  }
  return tops;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
