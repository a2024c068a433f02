// exp and log with the same bits on every target: no fused multiply-add, no approximate division,
// no library function. For noise, and for what decides which category is drawn.

#if defined(GIBBS_KERNELS_PORTABLE_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PORTABLE_MATH_INL_H_
#undef GIBBS_KERNELS_PORTABLE_MATH_INL_H_
#else
#define GIBBS_KERNELS_PORTABLE_MATH_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "kernels/pack-inl.h"
#include "kernels/polynomials.hpp"
#include "kernels/scale.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// c[0] + c[1] x + ..., every product rounded.
template <size_t kTerms, class D, size_t kSize>
HWY_INLINE Pack<D, kSize> unfused_horner(D d, const Pack<D, kSize>& x,
                                         const hn::TFromD<D> (&c)[kTerms]) {
  Pack<D, kSize> sum;
  each<kSize>([&](size_t k) HWY_ATTR { sum[k] = hn::Set(d, c[kTerms - 1]); });
  for (size_t i = kTerms - 1; i-- > 0;) {
    each<kSize>([&](size_t k)
                    HWY_ATTR { sum[k] = hn::Add(hn::Mul(sum[k], x[k]), hn::Set(d, c[i])); });
  }
  return sum;
}

// log(2) in two parts; a product of the first with an exponent is exact.
template <class W>
struct Ln2;
template <>
struct Ln2<double> {
  static constexpr double kHigh = 0x1.62e42feep-1, kLow = 0x1.a39ef35793c76p-33;
};
template <>
struct Ln2<float> {
  static constexpr float kHigh = 0x1.62e4p-1f, kLow = 0x1.7f7d1cp-20f;
};

// log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2); log1p_reduced without the fused steps.
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> unfused_log1p_reduced(D d, const Pack<D, kSize>& f) {
  using W = hn::TFromD<D>;
  Pack<D, kSize> log;
  if constexpr (sizeof(W) == 4) {
    const auto tail = unfused_horner(d, f, kLogTailFloat);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto half = hn::Sub(hn::Mul(tail[k], f[k]), hn::Set(d, W(0.5)));
      log[k] = hn::Add(hn::Mul(half, hn::Mul(f[k], f[k])), f[k]);
    });
  } else {
    Pack<D, kSize> s, square;
    each<kSize>([&](size_t k) HWY_ATTR {
      s[k] = hn::Div(f[k], hn::Add(f[k], hn::Set(d, W{2})));
      square[k] = hn::Mul(s[k], s[k]);
    });
    const auto q = unfused_horner(d, square, kLogTailDouble);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto tail = hn::Mul(hn::Mul(square[k], s[k]), q[k]);
      log[k] = hn::Sub(f[k], hn::Sub(hn::Mul(f[k], s[k]), tail));
    });
  }
  return log;
}

// x = (1 + f) 2^power with sqrt(1/2) <= 1 + f < sqrt(2), for normal x > 0.
template <class D, size_t kSize>
struct Split {
  Pack<D, kSize> f, power;
};
template <class D, size_t kSize>
HWY_INLINE Split<D, kSize> split(D d, const Pack<D, kSize>& x) {
  using W = hn::TFromD<D>;
  using Range = ExpRange<W>;
  const hn::RebindToUnsigned<D> du;
  const auto root_half = hn::BitCast(du, hn::Set(d, W(0x1.6a09e667f3bcdp-1)));
  const auto whole = hn::Set(d, W(static_cast<double>(1ull << Range::kMantissa)));
  const auto fraction = hn::Set(du, hn::TFromD<decltype(du)>{(1ull << Range::kMantissa) - 1});
  Split<D, kSize> parts;
  each<kSize>([&](size_t k) HWY_ATTR {
    // Biased so that the field of the exponent changes at sqrt(1/2) and stays positive.
    const auto one = hn::BitCast(du, hn::Set(d, W{1}));
    const auto from_root = hn::Add(hn::Sub(hn::BitCast(du, x[k]), root_half), one);
    const auto field = hn::ShiftRight<Range::kMantissa>(from_root);
    const auto mantissa = hn::Add(hn::And(from_root, fraction), root_half);
    parts.f[k] = hn::Sub(hn::BitCast(d, mantissa), hn::Set(d, W{1}));
    const auto counted = hn::BitCast(d, hn::Or(field, hn::BitCast(du, whole)));
    parts.power[k] = hn::Sub(counted, hn::Set(d, W(static_cast<double>(1ull << Range::kMantissa) +
                                                   Range::kExponentBias)));
  });
  return parts;
}

// power log(2) + log(1 + f).
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> unfused_log(D d, const Split<D, kSize>& x) {
  using W = hn::TFromD<D>;
  Pack<D, kSize> log = unfused_log1p_reduced(d, x.f);
  each<kSize>([&](size_t k) HWY_ATTR {
    const auto low = hn::Add(hn::Mul(x.power[k], hn::Set(d, Ln2<W>::kLow)), log[k]);
    log[k] = hn::Add(hn::Mul(x.power[k], hn::Set(d, Ln2<W>::kHigh)), low);
  });
  return log;
}

// e^x for x <= 0, 2 ulp; 0 where the answer would be subnormal; NaN stays.
template <class D, size_t kSize>
HWY_INLINE Pack<D, kSize> unfused_exp(D d, const Pack<D, kSize>& x) {
  using W = hn::TFromD<D>;
  using Range = ExpRange<W>;
  const auto log2e = hn::Set(d, W(0x1.71547652b82fep0));
  const auto least = hn::Set(d, W(-0.693147) * W(Range::kExponentBias - 1));
  // The exponent of 2^n, biased, in the low bits.
  const auto magic = hn::Set(d, round_magic(W(Range::kExponentBias)));
  Pack<D, kSize> y, biased, r;
  each<kSize>([&](size_t k) HWY_ATTR {
    y[k] = max_keep_nan(d, least, x[k]);
    biased[k] = hn::Add(hn::Mul(y[k], log2e), magic);
    const auto n = hn::Sub(biased[k], magic);
    r[k] = hn::Sub(hn::Sub(y[k], hn::Mul(n, hn::Set(d, Ln2<W>::kHigh))),
                   hn::Mul(n, hn::Set(d, Ln2<W>::kLow)));
  });
  Pack<D, kSize> tail, e;
  if constexpr (sizeof(W) == 4) {
    tail = unfused_horner(d, r, kExpTailFloat);
  } else {
    tail = unfused_horner(d, r, kExpTailDouble);
  }
  const hn::RebindToUnsigned<D> du;
  each<kSize>([&](size_t k) HWY_ATTR {
    const auto minus_one = hn::Add(hn::Mul(tail[k], hn::Mul(r[k], r[k])), r[k]);
    const auto power = hn::BitCast(d, hn::ShiftLeft<Range::kMantissa>(hn::BitCast(du, biased[k])));
    const auto value = hn::Mul(hn::Add(minus_one, hn::Set(d, W{1})), power);
    e[k] = hn::IfThenZeroElse(hn::Lt(x[k], least), value);
  });
  return e;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
