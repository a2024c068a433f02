// Weights and moments of a block of energy levels, for one SIMD target.

#if defined(GIBBS_KERNELS_LEVEL_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_LEVEL_SUMS_INL_H_
#undef GIBBS_KERNELS_LEVEL_SUMS_INL_H_
#else
#define GIBBS_KERNELS_LEVEL_SUMS_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "kernels/level_sums.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Calls step(i, k) for the vectors of a block, k of a pack together.
template <class D, class Step>
HWY_INLINE void for_each_level(D d, std::int64_t levels, const Step& step) {
  const size_t count = static_cast<size_t>(levels), lanes = hn::Lanes(d);
  for (size_t i = 0; i < count; i += kPack * lanes) step(i, lanes);
}

template <class D>
HWY_INLINE Pack<D, kPack> load_levels(D d, const double* from, size_t i, size_t lanes) {
  Pack<D, kPack> pack;
  each<kPack>([&](size_t k) HWY_ATTR { pack[k] = hn::Load(d, from + i + k * lanes); });
  return pack;
}

template <class D>
HWY_INLINE double total(D d, const Pack<D, kPack>& sums) {
  return hn::GetLane(hn::SumOfLanes(d, sum_of(d, sums)));
}

// The weights of levels at one temperature. exp(-D / theta) = 2^n exp(-r / theta) with n =
// round(-D log2(e) / theta) and r = D + n theta log(2), which the first two parts of theta log(2)
// leave exact: no rounding of D / theta enters, however large it is.
template <class D>
struct LevelWeights {
  using V = hn::Vec<D>;

  D d;
  V rate, ln2_high, ln2_middle, ln2_low, minus_inverse, whole;

  HWY_INLINE LevelWeights(D tag, const ThermalScale& s) : d(tag) {
    rate = hn::Set(d, s.log2e_over_theta);
    ln2_high = hn::Set(d, s.ln2_high);
    ln2_middle = hn::Set(d, s.ln2_middle);
    ln2_low = hn::Set(d, s.ln2_low);
    minus_inverse = hn::Set(d, -s.inverse);
    whole = hn::Set(d, round_magic(0.0));
  }

  // The largest exponent of a level's weight, to 1.
  HWY_INLINE double top(const LevelBlock& block, const double* distance) const {
    Pack<D, kPack> top;
    each<kPack>([&](size_t k) HWY_ATTR { top[k] = hn::Set(d, kNoLevel); });
    for_each_level(d, block.levels, [&](size_t i, size_t lanes) HWY_ATTR {
      const auto from = load_levels(d, distance, i, lanes);
      const auto exponent = load_levels(d, block.exponent, i, lanes);
      each<kPack>([&](size_t k) HWY_ATTR {
        top[k] = hn::Max(top[k], hn::NegMulAdd(from[k], rate, exponent[k]));
      });
    });
    V largest = top[0];
    for (size_t k = 1; k < kPack; ++k) largest = hn::Max(largest, top[k]);
    return std::nearbyint(hn::GetLane(hn::MaxOfLanes(d, largest)));
  }

  // Of a pack of levels, divided by 2^unit; 0 below 2^-1022.
  template <bool kLow>
  HWY_INLINE Pack<D, kPack> weights(const LevelBlock& block, const Pack<D, kPack>& distance,
                                    const double* low, size_t i, size_t lanes, V unit) const {
    constexpr double kLeast = -ExpRange<double>::kExponentBias;  // and below: 0
    const V least = hn::Set(d, kLeast), biased_whole = hn::Set(d, round_magic(-kLeast));
    const auto exponent = load_levels(d, block.exponent, i, lanes);
    Pack<D, kPack> n, r, biased;
    each<kPack>([&](size_t k)
                    HWY_ATTR { n[k] = hn::Sub(hn::NegMulAdd(distance[k], rate, whole), whole); });
    each<kPack>([&](size_t k) HWY_ATTR { r[k] = hn::MulAdd(n[k], ln2_high, distance[k]); });
    each<kPack>([&](size_t k) HWY_ATTR { r[k] = hn::MulAdd(n[k], ln2_middle, r[k]); });
    each<kPack>([&](size_t k) HWY_ATTR { r[k] = hn::MulAdd(n[k], ln2_low, r[k]); });
    if constexpr (kLow) {
      each<kPack>([&](size_t k)
                      HWY_ATTR { r[k] = hn::Add(r[k], hn::Load(d, low + i + k * lanes)); });
    }
    each<kPack>([&](size_t k) HWY_ATTR {
      r[k] = hn::Mul(r[k], minus_inverse);
      const V power = hn::Sub(hn::Add(exponent[k], n[k]), unit);
      biased[k] = hn::Add(hn::Max(power, least), biased_whole);
    });
    const auto e = times_power(d, expm1_reduced(d, r), biased);
    Pack<D, kPack> w;
    each<kPack>([&](size_t k) HWY_ATTR {
      w[k] = hn::Mul(e[k], hn::Load(d, block.mantissa + i + k * lanes));
    });
    return w;
  }
};

// Distances of a block, or of a copy with room for kLevelBlock of each.
struct Distances {
  const double* high;
  const double* low;
};
struct DistancesRoom {
  double* high;
  double* low;
};

// A copy of `from`, with what at(i) gives for the levels that are not kept.
template <class Keeps, class At>
Distances copied(std::int64_t levels, const Distances& from, const DistancesRoom& to,
                 const Keeps& keeps, const At& at) {
  for (std::int64_t i = 0; i < levels; ++i) {
    const bool kept = keeps(i);
    if (from.low) to.low[i] = kept ? from.low[i] : at(i).low;
    to.high[i] = kept ? from.high[i] : at(i).high;
  }
  return {to.high, from.low ? to.low : nullptr};
}

struct Distance {
  double high, low;
};

// Distances that all lie within 2^50 theta: what is beyond has w = 0, or with it next to all
// weight.
HWY_INLINE Distances in_reach(const LevelBlock& block, double rate, const DistancesRoom& room) {
  const Distances all{block.distance, block.distance_low};
  const double bound = 0x1p50 / rate;
  if (block.farthest <= bound) return all;
  return copied(
      block.levels, all, room, [&](std::int64_t i) { return std::abs(all.high[i]) <= bound; },
      [&](std::int64_t i) {
        return Distance{std::copysign(bound, all.high[i]), 0};
      });
}

// Where fourth powers could leave the range of a double: counts from `origin`, in units of the
// farthest level that has a weight; those without are moved to the origin.
HWY_INLINE Distances about(const Distance& origin, std::int64_t levels, const Distances& distances,
                           const double* w, LevelSums& sums, const DistancesRoom& room) {
  double farthest = 0x1p-1000;
  for (std::int64_t i = 0; i < levels; ++i) {
    const double low = distances.low ? distances.low[i] - origin.low : 0;
    if (w[i] > 0) farthest = std::max(farthest, std::abs(distances.high[i] - origin.high + low));
  }
  sums.origin = origin.high;
  sums.origin_low = origin.low;
  sums.unit = std::min(farthest, sums.unit);
  return copied(
      levels, distances, room, [&](std::int64_t i) { return w[i] > 0; },
      [&](std::int64_t) { return origin; });
}

template <bool kLow, class D>
HWY_INLINE void add_moments(D d, std::int64_t levels, const Distances& distances, const double* w,
                            LevelSums& sums) {
  const auto origin = hn::Set(d, sums.origin), origin_low = hn::Set(d, sums.origin_low),
             inverse = hn::Set(d, 1 / sums.unit);
  Pack<D, kPack> first, second, third, fourth;
  each<kPack>([&](size_t k)
                  HWY_ATTR { first[k] = second[k] = third[k] = fourth[k] = hn::Zero(d); });
  for_each_level(d, levels, [&](size_t i, size_t lanes) HWY_ATTR {
    each<kPack>([&](size_t k) HWY_ATTR {
      auto z = hn::Sub(hn::Load(d, distances.high + i + k * lanes), origin);
      if constexpr (kLow) {
        const auto low = hn::Load(d, distances.low + i + k * lanes);
        z = hn::Add(z, hn::Sub(low, origin_low));
      }
      z = hn::Mul(z, inverse);
      const auto wz = hn::Mul(hn::Load(d, w + i + k * lanes), z), wzz = hn::Mul(wz, z),
                 wzzz = hn::Mul(wzz, z);
      first[k] = hn::Add(first[k], wz);
      second[k] = hn::Add(second[k], wzz);
      third[k] = hn::Add(third[k], wzzz);
      fourth[k] = hn::MulAdd(wzzz, z, fourth[k]);
    });
  });
  sums.first = total(d, first);
  sums.second = total(d, second);
  sums.third = total(d, third);
  sums.fourth = total(d, fourth);
}

// Whether the moments tell no more than the rounding of the origin.
HWY_INLINE bool has_one_distance(const LevelSums& sums) {
  const double z = sums.origin / sums.unit;
  return sums.second <= 0x1p-90 * (z * z) * sums.weight;
}

// It has at least 1 / kLevelBlock of the weight: squares about it are at most kLevelBlock + 1 times
// those about the mean.
HWY_INLINE Distance heaviest(std::int64_t levels, const Distances& distances, const double* w) {
  const auto i = std::max_element(w, w + levels) - w;
  return {distances.high[i], distances.low ? distances.low[i] : 0};
}

// Writes the weights and sums them and their products with the distances.
template <bool kLow, class D>
HWY_INLINE LevelSums add_weights(D d, const LevelBlock& block, const Distances& distances,
                                 const ThermalScale& scale, double* w) {
  // The largest weight is 2^800, so that others are normal down to 2^-1822 of it. Sums of w z^4
  // stay finite, as z < 2^50.
  constexpr double kHeadRoom = 800;
  const LevelWeights<D> weights(d, scale);
  LevelSums sums;
  sums.exponent = weights.top(block, distances.high) - kHeadRoom;
  const auto exponent = hn::Set(d, sums.exponent), per_unit = hn::Set(d, 1 / scale.unit);
  Pack<D, kPack> weight, moment;
  each<kPack>([&](size_t k) HWY_ATTR { weight[k] = moment[k] = hn::Zero(d); });
  for_each_level(d, block.levels, [&](size_t i, size_t lanes) HWY_ATTR {
    const auto from = load_levels(d, distances.high, i, lanes);
    const auto of = weights.template weights<kLow>(block, from, distances.low, i, lanes, exponent);
    each<kPack>([&](size_t k) HWY_ATTR {
      hn::Store(of[k], d, w + i + k * lanes);
      weight[k] = hn::Add(weight[k], of[k]);
      moment[k] = hn::MulAdd(of[k], hn::Mul(from[k], per_unit), moment[k]);
    });
  });
  sums.weight = total(d, weight);
  sums.unit = scale.unit;
  sums.origin = total(d, moment) / sums.weight * scale.unit;
  return sums;
}

template <bool kLow, class D>
HWY_INLINE LevelSums sums_at(D d, const LevelBlock& block, const ThermalScale& scale,
                             double* scratch) {
  double* w = scratch;
  const DistancesRoom room{scratch + kLevelBlock, scratch + 2 * kLevelBlock};
  const Distances near = in_reach(block, scale.log2e_over_theta, room);
  LevelSums sums = add_weights<kLow>(d, block, near, scale, w);
  const bool small = std::abs(sums.origin) < 0x1p-100 * sums.unit;
  const Distances far = small ? about({sums.origin, 0}, block.levels, near, w, sums, room) : near;
  add_moments<kLow>(d, block.levels, far, w, sums);
  if (has_one_distance(sums)) {
    const Distance origin = heaviest(block.levels, far, w);
    add_moments<kLow>(d, block.levels, about(origin, block.levels, far, w, sums, room), w, sums);
  }
  return sums;
}

inline void level_sums_double(const LevelBlock& block, std::span<const ThermalScale> scales,
                              double* scratch, LevelSums* sums) {
  const hn::ScalableTag<double> d;
  for (size_t t = 0; t < scales.size(); ++t) {
    sums[t] = block.distance_low ? sums_at<true>(d, block, scales[t], scratch)
                                 : sums_at<false>(d, block, scales[t], scratch);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
