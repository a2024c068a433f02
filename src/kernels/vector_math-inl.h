// Loads with a neutral tail, the exponential, the logarithm: one copy per SIMD target.

#if defined(GIBBS_KERNELS_VECTOR_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_VECTOR_MATH_INL_H_
#undef GIBBS_KERNELS_VECTOR_MATH_INL_H_
#else
#define GIBBS_KERNELS_VECTOR_MATH_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
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
template <class W>
HWY_INLINE void prefetch(const W* address) {
  __builtin_prefetch(address, 0, 2);  // to the second level: the row at hand keeps the first
}

// Calls body(offset, vector) over all of from[0, n), the last vector filled with `fill`.
template <class D, class W, class Body>
HWY_INLINE void for_each_vector(D d, const W* from, size_t n, W fill, Body&& body) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) body(i, hn::LoadU(d, from + i));
  if (i < n) body(i, load_first(d, from + i, n - i, fill));
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

// c[0] + c[1] x + ... by Horner's rule.
template <size_t kTerms, class D, class V = hn::Vec<D>>
HWY_INLINE V horner(D d, V x, const hn::TFromD<D> (&c)[kTerms]) {
  V sum = hn::Set(d, c[kTerms - 1]);
  for (size_t k = kTerms - 1; k-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, c[k]));
  return sum;
}

// c[0] + c[1] x + ... by Estrin's scheme: a third of the latency of Horner's.
template <size_t kTerms, class D, class V = hn::Vec<D>>
HWY_INLINE V estrin(D d, V x, V x2, const hn::TFromD<D> (&c)[kTerms]) {
  static_assert(kTerms == 9);
  const auto pair = [&](size_t k)
                        HWY_ATTR { return hn::MulAdd(x, hn::Set(d, c[k + 1]), hn::Set(d, c[k])); };
  const V x4 = hn::Mul(x2, x2);
  const V low = hn::MulAdd(pair(2), x2, pair(0));
  const V high = hn::MulAdd(x4, hn::Set(d, c[8]), hn::MulAdd(pair(6), x2, pair(4)));
  return hn::MulAdd(high, x4, low);
}

// e^r - 1 for |r| <= log(2) / 2, relative error below 0.7 ulp.
template <class D>
HWY_INLINE hn::Vec<D> expm1_reduced(D d, hn::Vec<D> r) {
  const auto square = hn::Mul(r, r);
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    return hn::MulAdd(horner(d, r, kExpTailFloat), square, r);
  } else {
    return hn::MulAdd(horner(d, r, kExpTailDouble), square, r);
  }
}

// A float whose addition rounds |v| < 2^22 to an integer and leaves it in the low bits, where
// `offset` has been added to it. (52 and 51 for double.)
template <class W>
HWY_INLINE W round_magic(W offset) {
  return static_cast<W>(1.5 * static_cast<double>(1ull << ExpRange<W>::kMantissa)) + offset;
}

// exp((x - max) / T) 2^kBias of one row's scores; scale.hpp says how.
template <class D>
struct RowExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;

  D d;
  V shift, clamp, log2e_over_t, fraction, magic, ln2_high, top, ln2_low_over_t, top_low, inverse,
      inverse_low;

  // Where |max| is large against the reach, every x that counts is within a factor of two of it, so
  // x - max is exact and c = max. Elsewhere c = 0, and |n| stays below 2^9 (2^12 in double).
  HWY_INLINE RowExp(D tag, const Scale<W>& s, V max) : d(tag) {
    const W bias = static_cast<W>(ExpRange<W>::kExponentBias + ExpRange<W>::kBias);
    const V whole = hn::Set(d, round_magic(W{0}));
    log2e_over_t = hn::Set(d, s.log2e_over_t);
    ln2_high = hn::Set(d, s.ln2_high);
    ln2_low_over_t = hn::Set(d, s.ln2_low_over_t);
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

  // x - c, not below the clamp; NaN stays.
  HWY_INLINE V shifted(V x) const { return max_keep_nan(d, clamp, hn::Sub(x, shift)); }

  // Given x - c; `low`, in units of T, is added to x / T.
  template <class... Low>
  HWY_INLINE V exp(V from_c, Low... low) const {
    const hn::RebindToUnsigned<D> du;
    // The low bits of `biased` are the exponent field of 2^(n - n_max + kBias).
    const V biased = hn::Add(hn::MulSub(from_c, log2e_over_t, fraction), magic);
    const V n = hn::Sub(biased, magic);
    // The maximum itself has r = 0 here, so a row that it dominates has no error in its sum.
    const V exact = hn::Sub(hn::NegMulAdd(n, ln2_high, from_c), top);
    V small = hn::MulAdd(exact, inverse_low, hn::NegMulAdd(n, ln2_low_over_t, top_low));
    ((small = hn::Add(small, low)), ...);
    const V r = hn::MulAdd(exact, inverse, small);
    const V power = hn::BitCast(d, hn::ShiftLeft<ExpRange<W>::kMantissa>(hn::BitCast(du, biased)));
    return hn::MulAdd(expm1_reduced(d, r), power, power);
  }
};

// The same for a sum alone, in two thirds of the work. A term's error counts with its weight, so
// the rounding of x - max, at most 0.37 of half an ulp of 1 after that, may stay; T log(2) needs no
// second part.
template <class D>
struct QuickExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;

  D d;
  V max, clamp, inverse, log2e, ln2, magic;

  HWY_INLINE QuickExp(D tag, const Scale<W>& s, V top) : d(tag), max(top) {
    constexpr double kLn2 = 0x1.62e42fefa39efp-1;
    const W bias = static_cast<W>(ExpRange<W>::kExponentBias + ExpRange<W>::kBias);
    inverse = hn::Set(d, s.inverse);
    clamp = hn::Set(d, static_cast<W>(-static_cast<double>(bias) * kLn2));
    log2e = hn::Set(d, static_cast<W>(1 / kLn2));
    ln2 = hn::Set(d, static_cast<W>(kLn2));
    magic = hn::Set(d, round_magic(bias));
  }

  // exp((x - max) / T) 2^kBias; NaN stays.
  HWY_INLINE V operator()(V x) const {
    const hn::RebindToUnsigned<D> du;
    const V y = max_keep_nan(d, clamp, hn::Mul(hn::Sub(x, max), inverse));
    const V biased = hn::MulAdd(y, log2e, magic);
    const V r = hn::NegMulAdd(hn::Sub(biased, magic), ln2, y);
    const V power = hn::BitCast(d, hn::ShiftLeft<ExpRange<W>::kMantissa>(hn::BitCast(du, biased)));
    return hn::MulAdd(expm1_reduced(d, r), power, power);
  }
};

// log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2), relative error below 1.5 ulp.
template <class D>
HWY_INLINE hn::Vec<D> log1p_reduced(D d, hn::Vec<D> f) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    const auto square = hn::Mul(f, f);
    const auto tail = hn::MulAdd(estrin(d, f, square, kLogTailFloat), f, hn::Set(d, -0.5f));
    return hn::MulAdd(tail, square, f);
  } else {
    // 2 s + s^3 q(s^2) with s = f / (2 + f); 2 s = f - f s spares the rounding of s.
    const auto s = hn::Div(f, hn::Add(f, hn::Set(d, 2.0)));
    const auto square = hn::Mul(s, s);
    const auto tail = hn::Mul(hn::Mul(square, s), horner(d, square, kLogTailDouble));
    return hn::Sub(f, hn::MulSub(f, s, tail));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
