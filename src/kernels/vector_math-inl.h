// Loads with a neutral tail, the exponential, the logarithm: one copy per SIMD target.

#if defined(GIBBS_KERNELS_VECTOR_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_VECTOR_MATH_INL_H_
#undef GIBBS_KERNELS_VECTOR_MATH_INL_H_
#else
#define GIBBS_KERNELS_VECTOR_MATH_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "hwy/highway.h"
#include "kernels/front_lanes.hpp"
#include "kernels/pack-inl.h"
#include "kernels/polynomials.hpp"
#include "kernels/scale.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The first `count` lanes from memory, the others `fill`. Never reads beyond count.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_first(D d, const W* from, size_t count, W fill) {
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN W lanes[HWY_MAX_BYTES / sizeof(W)];
  hn::Store(hn::Set(d, fill), d, lanes);
  for (size_t i = 0; i < count; ++i) lanes[i] = from[i];
  return hn::Load(d, lanes);
#else
  const auto mask = hn::FirstN(d, count);
  return hn::IfThenElse(mask, hn::MaskedLoad(mask, d, from), hn::Set(d, fill));
#endif
}

// The same, of a vector of which `count` lanes or more exist.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_some(D d, const W* from, size_t count, W fill) {
  return count >= hn::Lanes(d) ? hn::LoadU(d, from) : load_first(d, from, count, fill);
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void store_first(hn::Vec<D> v, D d, W* to, size_t count) {
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN W lanes[HWY_MAX_BYTES / sizeof(W)];
  hn::Store(v, d, lanes);
  for (size_t i = 0; i < count; ++i) to[i] = lanes[i];
#else
  hn::BlendedStore(v, hn::FirstN(d, count), d, to);
#endif
}

// The first lanes of from, as double; at most `count`, the others 0.
template <class D>
HWY_INLINE hn::Vec<D> load_as_double(D d, const double* from, size_t count) {
  return count >= hn::Lanes(d) ? hn::LoadU(d, from) : load_first(d, from, count, 0.0);
}
template <class D>
HWY_INLINE hn::Vec<D> load_as_double(D d, const float* from, size_t count) {
  const hn::Rebind<float, D> df;
  return hn::PromoteTo(
      d, count >= hn::Lanes(d) ? hn::LoadU(df, from) : load_first(df, from, count, 0.0f));
}

// Asks for the cache line of a later read. The hardware's own prefetch stops where a pass over a
// row ends, and the passes that compute would leave the memory idle. Any address may be asked for.
// Not in a lambda that does nothing else: g++ finds that to be without effect and drops the call.
template <class W>
HWY_INLINE void prefetch(const W* address) {
  __builtin_prefetch(address, 0, 2);  // to the second level: the row at hand keeps the first
}
template <class W>
HWY_INLINE void prefetch_near(const W* address) {
  __builtin_prefetch(address, 0, 3);
}

// Calls body(offset, vector) over all of from[0, n), the last vector filled with `fill`.
template <class D, class W, class Body>
HWY_INLINE void for_each_vector(D d, const W* from, size_t n, W fill, Body&& body) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) body(i, hn::LoadU(d, from + i));
  if (i < n) body(i, load_first(d, from + i, n - i, fill));
}

// The same with packs: body(offset, pack) for kSize vectors while there are as many, then kPack,
// then one by one.
template <size_t kSize = kPack, class D, class W, class Body>
HWY_INLINE void for_each_pack(D d, const W* from, size_t n, W fill, Body&& body) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + kSize * lanes <= n; i += kSize * lanes) {
    Pack<D, kSize> pack;
    each<kSize>([&](size_t k) HWY_ATTR { pack[k] = hn::LoadU(d, from + i + k * lanes); });
    body(i, pack);
  }
  if constexpr (kSize > kPack) {
    if (i < n) {
      return for_each_pack(d, from + i, n - i, fill,
                           [&](size_t j, const auto& pack) HWY_ATTR { body(i + j, pack); });
    }
  }
  for (; i + lanes <= n; i += lanes) body(i, Pack<D, 1>{hn::LoadU(d, from + i)});
  if (i < n) body(i, Pack<D, 1>{load_first(d, from + i, n - i, fill)});
}

// The lanes that `which` is true of, moved to the front; after them comes anything. (Highway 1.0.3
// would copy a table to the stack for each vector of doubles with AVX-512, and of all with AVX2: of
// doubles sparsemax then takes five times as long as softmax.)
template <class D>
HWY_INLINE hn::Vec<D> to_front(D d, hn::Vec<D> v, hn::Mask<D> which) {
  if constexpr (!HWY_ARCH_X86) {
    return hn::Compress(v, which);
  } else {
    const hn::Repartition<uint32_t, D> words;
    const auto lanes = hn::BitCast(words, v);
    const auto chosen = hn::MaskFromVec(hn::BitCast(words, hn::VecFromMask(d, which)));
    if constexpr (HWY_TARGET <= HWY_AVX3) {
      return hn::BitCast(d, hn::Compress(lanes, chosen));
    } else {
      uint8_t bits[8] = {};
      hn::StoreMaskBits(words, chosen, bits);
      const hn::Rebind<uint8_t, decltype(words)> bytes;
      const auto order = hn::PromoteTo(words, hn::LoadU(bytes, kFrontLanes[bits[0]].data()));
      return hn::BitCast(d, hn::TableLookupLanes(lanes, hn::IndicesFromVec(words, order)));
    }
  }
}

// Copies the lanes that keep(pack's lane vector, offset) is true of to `to`, which may be
// over-written by a vector beyond them, and may be from; returns how many. By packs, as on Zen 5 a
// compression waits for the one before that went to the same register: 5 cycles a vector, not 2.
template <class D, class W, class Keep>
HWY_INLINE size_t keep_where(D d, const W* from, size_t n, W* to, const Keep& keep) {
  size_t count = 0;
  for_each_pack(d, from, n, -std::numeric_limits<W>::infinity(),
                [&](size_t i, const auto& pack) HWY_ATTR {
                  constexpr size_t kSize = std::decay_t<decltype(pack)>::kCount;
                  Pack<D, kSize> kept;
                  size_t counts[kSize];
                  each<kSize>([&](size_t k) HWY_ATTR {
                    const auto which = keep(pack[k], i + k * hn::Lanes(d));
                    kept[k] = to_front(d, pack[k], which);
                    counts[k] = hn::CountTrue(d, which);
                  });
                  each<kSize>([&](size_t k) HWY_ATTR {
                    hn::StoreU(kept[k], d, to + count);
                    count += counts[k];
                  });
                });
  return count;
}

// The larger of bound and v; a NaN in v stays. Highway's Max keeps NaN by operand order, per
// target.
template <class D>
HWY_INLINE hn::Vec<D> max_keep_nan(D, hn::Vec<D> bound, hn::Vec<D> v) {
#if HWY_ARCH_X86
  return hn::Max(bound, v);  // maxps returns its second operand if either is NaN
#else
  return hn::IfThenElse(hn::Lt(v, bound), bound, v);
#endif
}

// The smaller, the same way.
template <class D>
HWY_INLINE hn::Vec<D> min_keep_nan(D, hn::Vec<D> bound, hn::Vec<D> v) {
#if HWY_ARCH_X86
  return hn::Min(bound, v);
#else
  return hn::IfThenElse(hn::Lt(bound, v), bound, v);
#endif
}

// c[0] + c[1] x + ... by Horner's rule.
template <size_t kTerms, class D, size_t kSize>
HWY_INLINE Pack<D, kSize> horner(D d, const Pack<D, kSize>& x, const hn::TFromD<D> (&c)[kTerms]) {
  Pack<D, kSize> sum;
  each<kSize>([&](size_t k) HWY_ATTR { sum[k] = hn::Set(d, c[kTerms - 1]); });
  for (size_t i = kTerms - 1; i-- > 0;) {
    each<kSize>([&](size_t k) HWY_ATTR { sum[k] = hn::MulAdd(sum[k], x[k], hn::Set(d, c[i])); });
  }
  return sum;
}

// e^r - 1 for |r| <= log(2) / 2, relative error below 0.7 ulp.
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> expm1_reduced(D d, const Pack<D, kSize>& r) {
  Pack<D, kSize> tail, e;
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    tail = horner(d, r, kExpTailFloat);
  } else {
    tail = horner(d, r, kExpTailDouble);
  }
  each<kSize>([&](size_t k) HWY_ATTR { e[k] = hn::MulAdd(tail[k], hn::Mul(r[k], r[k]), r[k]); });
  return e;
}

// A float whose addition rounds |v| < 2^22 to an integer and leaves it in the low bits, where
// `offset` has been added to it. (52 and 51 for double.)
template <class W>
HWY_INLINE W round_magic(W offset) {
  return static_cast<W>(1.5 * static_cast<double>(1ull << ExpRange<W>::kMantissa)) + offset;
}

// (1 + e) 2^n, the exponent field n in the low bits of `biased`.
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> times_power(D d, const Pack<D, kSize>& e, const Pack<D, kSize>& biased) {
  constexpr int kMantissa = ExpRange<hn::TFromD<D>>::kMantissa;
  const hn::RebindToUnsigned<D> du;
  Pack<D, kSize> product;
  each<kSize>([&](size_t k) HWY_ATTR {
    const auto power = hn::BitCast(d, hn::ShiftLeft<kMantissa>(hn::BitCast(du, biased[k])));
    product[k] = hn::MulAdd(e[k], power, power);
  });
  return product;
}

// exp((x - max) / T) 2^kBias of one row's scores; scale.hpp says how.
template <class D>
struct RowExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;

  D d;
  V shift, clamp, log2e_over_t, fraction, magic, ln2_high, top, ln2_low_over_t, top_low, inverse,
      inverse_low;
  bool unit = false;  // T = 1

  // Where |max| is large against the reach, every x that counts is within a factor of two of it, so
  // x - max is exact and c = max. Elsewhere c = 0, and |n| stays below 2^9 (2^12 in double).
  RowExp() = default;
  HWY_INLINE RowExp(D tag, const Scale<W>& s, V max) : d(tag) {
    const W bias = static_cast<W>(ExpRange<W>::kExponentBias + ExpRange<W>::kBias);
    const V whole = hn::Set(d, round_magic(W{0}));
    log2e_over_t = hn::Set(d, s.log2e_over_t);
    ln2_high = hn::Set(d, s.ln2_high);
    ln2_low_over_t = hn::Set(d, s.ln2_low_over_t);
    unit = s.inverse == 1 && s.inverse_low == 0;
    inverse = hn::Set(d, s.inverse);
    inverse_low = hn::Set(d, s.inverse_low);
    shift = hn::IfThenElseZero(hn::Gt(hn::Abs(max), hn::Set(d, 2 * s.reach)), max);
    const V from_c = hn::Sub(max, shift);
    // Of the maximum itself: n, the exact first part of the rest, and the second part.
    const V power = hn::Mul(from_c, log2e_over_t);
    const V n = hn::Sub(hn::Add(power, whole), whole);
    // The middle of the scores whose power of two has the exponent field 0: it is 0.0, and so is
    // the exponential of everything at or below.
    clamp = hn::Sub(from_c, hn::Set(d, bias * (s.ln2_high + s.ln2_low)));
    fraction = hn::Sub(power, n);
    magic = hn::Sub(hn::Set(d, round_magic(bias)), n);
    top = hn::NegMulAdd(n, ln2_high, from_c);
    top_low = hn::Mul(n, ln2_low_over_t);
  }

  // Another row's at the same temperature.
  HWY_INLINE void turn_to(const RowExp& row) {
    shift = row.shift;
    clamp = row.clamp;
    fraction = row.fraction;
    magic = row.magic;
    top = row.top;
    top_low = row.top_low;
  }

  // x - c, not below the clamp; NaN stays.
  HWY_INLINE V shifted(V x) const { return max_keep_nan(d, clamp, hn::Sub(x, shift)); }

  // Given x - c; `low`, in units of T, is added to x / T.
  template <size_t kSize, class... Low>
  HWY_INLINE Pack<D, kSize> exp(const Pack<D, kSize>& from_c, const Low&... low) const {
    Pack<D, kSize> biased, n, exact, r;
    each<kSize>([&](size_t k) HWY_ATTR {
      biased[k] = hn::Add(hn::MulSub(from_c[k], log2e_over_t, fraction), magic);
    });
    each<kSize>([&](size_t k) HWY_ATTR { n[k] = hn::Sub(biased[k], magic); });
    // The maximum itself has r = 0 here, so a row that it dominates has no error in its sum.
    each<kSize>([&](size_t k) HWY_ATTR {
      exact[k] = hn::Sub(hn::NegMulAdd(n[k], ln2_high, from_c[k]), top);
    });
    if (unit) {  // the same bits in two steps less
      each<kSize>([&](size_t k) HWY_ATTR {
        V small = hn::NegMulAdd(n[k], ln2_low_over_t, top_low);
        ((small = hn::Add(small, low[k])), ...);
        r[k] = hn::Add(exact[k], small);
      });
    } else {
      each<kSize>([&](size_t k) HWY_ATTR {
        V small = hn::MulAdd(exact[k], inverse_low, hn::NegMulAdd(n[k], ln2_low_over_t, top_low));
        ((small = hn::Add(small, low[k])), ...);
        r[k] = hn::MulAdd(exact[k], inverse, small);
      });
    }
    return times_power(d, expm1_reduced(d, r), biased);
  }
};

// The same for a sum alone, in two thirds of the work; float only. A term's error counts with its
// weight, so the roundings of x - max and of log2(e) / T, at most 0.37 and 0.53 of half an ulp of 1
// after that, may stay. At T = 1, e^r takes a step less than 2^r; elsewhere x / T would cost it
// two.
template <class D>
struct QuickExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;

  D d;
  V max, clamp, log2e_over_t, magic;
  bool unit;  // T = 1

  HWY_INLINE QuickExp(D tag, const Scale<W>& s, V top)
      : d(tag), max(top), unit(s.inverse == 1 && s.inverse_low == 0) {
    const W bias = static_cast<W>(ExpRange<W>::kExponentBias + ExpRange<W>::kBias);
    clamp = hn::Set(d, -bias * (s.ln2_high + s.ln2_low));
    log2e_over_t = hn::Set(d, s.log2e_over_t);
    magic = hn::Set(d, round_magic(bias));
  }

  // exp((x - max) / T) 2^kBias; NaN stays.
  template <size_t kSize>
  HWY_INLINE Pack<D, kSize> operator()(const Pack<D, kSize>& x) const {
    Pack<D, kSize> y, biased, n, r, e;
    each<kSize>([&](size_t k) HWY_ATTR {
      y[k] = max_keep_nan(d, clamp, hn::Sub(x[k], max));
      biased[k] = hn::MulAdd(y[k], log2e_over_t, magic);
    });
    each<kSize>([&](size_t k) HWY_ATTR { n[k] = hn::Sub(biased[k], magic); });
    if (unit) {
      const auto ln2 = hn::Set(d, static_cast<W>(0x1.62e42fefa39efp-1));
      each<kSize>([&](size_t k) HWY_ATTR { r[k] = hn::NegMulAdd(n[k], ln2, y[k]); });
      return times_power(d, expm1_reduced(d, r), biased);
    }
    each<kSize>([&](size_t k) HWY_ATTR { r[k] = hn::MulSub(y[k], log2e_over_t, n[k]); });
    const auto quotient = horner(d, r, kExp2Quotient);
    each<kSize>([&](size_t k) HWY_ATTR { e[k] = hn::Mul(r[k], quotient[k]); });
    return times_power(d, e, biased);
  }
};

// log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2), relative error below 1.5 ulp.
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> log1p_reduced(D d, const Pack<D, kSize>& f) {
  using W = hn::TFromD<D>;
  Pack<D, kSize> log;
  if constexpr (sizeof(W) == 4) {
    const auto tail = horner(d, f, kLogTailFloat);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto half = hn::MulAdd(tail[k], f[k], hn::Set(d, W(-0.5)));
      log[k] = hn::MulAdd(half, hn::Mul(f[k], f[k]), f[k]);
    });
  } else {
    // 2 s + s^3 q(s^2) with s = f / (2 + f); 2 s = f - f s spares the rounding of s.
    Pack<D, kSize> s, square;
    each<kSize>([&](size_t k) HWY_ATTR {
      s[k] = hn::Div(f[k], hn::Add(f[k], hn::Set(d, W{2})));
      square[k] = hn::Mul(s[k], s[k]);
    });
    const auto q = horner(d, square, kLogTailDouble);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto tail = hn::Mul(hn::Mul(square[k], s[k]), q[k]);
      log[k] = hn::Sub(f[k], hn::MulSub(f[k], s[k], tail));
    });
  }
  return log;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
