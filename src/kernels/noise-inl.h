// Uniform, exponential and Gumbel noise from 64 random bits, for one SIMD target.

#if defined(GIBBS_KERNELS_NOISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_NOISE_INL_H_
#undef GIBBS_KERNELS_NOISE_INL_H_
#else
#define GIBBS_KERNELS_NOISE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "kernels/noise.hpp"
#include "kernels/philox-inl.h"
#include "kernels/portable_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A word as double, correctly rounded: as two halves, each exact.
template <class D>
HWY_INLINE hn::Vec<D> word_to_double(D d, hn::Vec<hn::RebindToUnsigned<D>> word) {
  const hn::RebindToUnsigned<D> du;
  const auto low_bits = hn::And(word, hn::Set(du, uint64_t{0xFFFFFFFFu}));
  const auto low = hn::BitCast(d, hn::Or(low_bits, hn::BitCast(du, hn::Set(d, 0x1p52))));
  const auto high =
      hn::BitCast(d, hn::Or(hn::ShiftRight<32>(word), hn::BitCast(du, hn::Set(d, 0x1p84))));
  return hn::Add(hn::Sub(high, hn::Set(d, 0x1p84 + 0x1p52)), low);
}

// (word + 1/2) / 2^64 of each lane.
template <class D>
HWY_INLINE hn::Vec<D> share_of(D d, hn::Vec<hn::RebindToUnsigned<D>> word) {
  return hn::Mul(hn::Add(word_to_double(d, word), hn::Set(d, 0.5)), hn::Set(d, 0x1p-64));
}

// The smaller of u and 1 - u, and whether it is u.
template <class D>
struct Tail {
  hn::Vec<D> t;
  hn::Mask<D> is_u;
};
template <class D>
HWY_INLINE Tail<D> double_tail_of(D d, const uint64_t* words) {
  const hn::RebindToUnsigned<D> du;
  const hn::RebindToSigned<D> di;
  const auto word = hn::LoadU(du, words);
  // All ones where the upper bit is set: u is above 1/2, and the complement counts 1 - u.
  const auto flip = hn::BroadcastSignBit(hn::BitCast(di, word));
  const auto t = share_of(d, hn::Xor(word, hn::BitCast(du, flip)));
  return {t, hn::Eq(hn::And(hn::BitCast(d, flip), hn::Set(d, 1.0)), hn::Zero(d))};
}
// Of float rounded from the double: the smaller of u and 1 - u keeps a float's own precision.
template <class D>
HWY_INLINE Tail<D> tail_of(D d, const uint64_t* words) {
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return double_tail_of(d, words);
  } else {
    const hn::Repartition<double, D> dd;
    const hn::Half<D> dh;
    const auto low = double_tail_of(dd, words);
    const auto high = double_tail_of(dd, words + hn::Lanes(dd));
    const auto is_u = [&](const auto& half) HWY_ATTR {
      return hn::DemoteTo(dh, hn::IfThenElseZero(half.is_u, hn::Set(dd, 1.0)));
    };
    return {hn::Combine(d, hn::DemoteTo(dh, high.t), hn::DemoteTo(dh, low.t)),
            hn::Ne(hn::Combine(d, is_u(high), is_u(low)), hn::Zero(d))};
  }
}

// Exp(1) = -log(1 - u).
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> exponential_of(D d, const uint64_t* words) {
  using W = hn::TFromD<D>;
  const auto one = hn::Set(d, W{1});
  Pack<D, kSize> t, rest;
  hn::Mask<D> small[kSize];
  each<kSize>([&](size_t k) HWY_ATTR {
    const auto tail = tail_of(d, words + k * hn::Lanes(d));
    t[k] = tail.t;
    rest[k] = hn::IfThenElse(tail.is_u, hn::Sub(one, t[k]), t[k]);
    // From 1/4 on 1 - u loses nothing.
    small[k] = hn::And(tail.is_u, hn::Lt(t[k], hn::Set(d, W(0.25))));
  });
  auto parts = split(d, rest);
  each<kSize>([&](size_t k) HWY_ATTR {
    parts.f[k] = hn::IfThenElse(small[k], hn::Neg(t[k]), parts.f[k]);
    parts.power[k] = hn::IfThenZeroElse(small[k], parts.power[k]);
  });
  auto e = unfused_log(d, parts);
  each<kSize>([&](size_t k) HWY_ATTR { e[k] = hn::Neg(e[k]); });
  return e;
}

template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> gumbel_of(D d, const uint64_t* words) {
  auto g = unfused_log(d, split(d, exponential_of<D, kSize>(d, words)));
  each<kSize>([&](size_t k) HWY_ATTR { g[k] = hn::Neg(g[k]); });
  return g;
}

// u, below 1.
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> uniform_of(D d, const uint64_t* words) {
  using W = hn::TFromD<D>;
  const auto one = hn::Set(d, W{1});
  const auto below_one = hn::Set(d, W(sizeof(W) == 4 ? 1 - 0x1p-24 : 1 - 0x1p-53));
  Pack<D, kSize> u;
  each<kSize>([&](size_t k) HWY_ATTR {
    const auto tail = tail_of(d, words + k * hn::Lanes(d));
    u[k] = hn::Min(hn::IfThenElse(tail.is_u, tail.t, hn::Sub(one, tail.t)), below_one);
  });
  return u;
}

template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> noise_of(D d, const uint64_t* words, detail::Noise kind) {
  if (kind == detail::Noise::kGumbel) return gumbel_of<D, kSize>(d, words);
  if (kind == detail::Noise::kExponential) return exponential_of<D, kSize>(d, words);
  return uniform_of<D, kSize>(d, words);
}

// Noise of n words; reads up to a pack of lanes beyond them.
template <class W>
HWY_INLINE void noise_of_words(const uint64_t* words, size_t n, detail::Noise kind, W* out) {
  using D = hn::ScalableTag<W>;
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + kPack * lanes <= n; i += kPack * lanes) {
    const auto noise = noise_of<D, kPack>(d, words + i, kind);
    each<kPack>([&](size_t k) HWY_ATTR { hn::StoreU(noise[k], d, out + i + k * lanes); });
  }
  for (; i < n; i += lanes) {
    store_first(noise_of<D, 1>(d, words + i, kind)[0], d, out + i, std::min(lanes, n - i));
  }
}

// Words of some steps, then their noise: both stay in the first cache.
inline constexpr size_t kWordsAtOnce = 512;

// Calls body(i, words, count) for the words of categories [first, first + n), some at a time; the
// room behind them may be read.
template <class Body>
HWY_INLINE void for_each_words(const PhiloxRow& philox, uint64_t first, size_t n,
                               const Body& body) {
  HWY_ALIGN uint64_t words[kWordsAtOnce + 2 * HWY_MAX_BYTES] = {};
  const size_t odd = first % 2, step = PhiloxRow::step();
  for (size_t i = 0; i < n; i += kWordsAtOnce - step) {
    const size_t count = std::min(kWordsAtOnce - step, n - i);
    for (size_t j = 0; j < odd + count; j += step) {
      philox.fill((first - odd + i + j) / 2, words + j);
    }
    body(i, words + odd, count);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
