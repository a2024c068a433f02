// The curvature that the derivatives of entmax are made of, for one SIMD target.

#if defined(GIBBS_KERNELS_CURVATURE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CURVATURE_INL_H_
#undef GIBBS_KERNELS_CURVATURE_INL_H_
#else
#define GIBBS_KERNELS_CURVATURE_INL_H_
#endif

#include <limits>

#include "kernels/power-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// kAlpha of 1.5 and of any alpha that has no name.
inline constexpr int kOneAndAHalf = 15, kAnyAlpha = 0;

// s of the Jacobian diag(s) - s s' / sum(s): p^(2 - alpha) on the support. kAlpha: 1, 2 or one of
// those above.
template <int kAlpha, class D>
struct Curvature {
  using V = hn::Vec<D>;
  using W = hn::TFromD<D>;
  D d;
  LogExp<D> math;
  V exponent, exponent_low, zero, one, smallest;
  HWY_INLINE Curvature(D tag, double alpha)
      : d(tag),
        math(tag),
        exponent(hn::Set(d, static_cast<W>(2 - alpha))),
        exponent_low(
            hn::Set(d, static_cast<W>(2 - alpha - static_cast<double>(static_cast<W>(2 - alpha))))),
        zero(hn::Zero(d)),
        one(hn::Set(d, W{1})),
        smallest(hn::Set(d, std::numeric_limits<W>::min())) {}

  HWY_INLINE V operator()(V p) const {
    if constexpr (kAlpha == 1) return p;
    const auto outside = hn::Eq(p, zero);
    // p * 0 keeps NaN.
    if constexpr (kAlpha == 2) return hn::IfThenZeroElse(outside, hn::MulAdd(p, zero, one));
    if constexpr (kAlpha == kOneAndAHalf) return hn::Sqrt(p);
    // Sparse rows are zero nearly everywhere, and a power is some 40 steps.
    if (hn::AllTrue(d, outside)) return zero;
    const V safe = max_keep_nan(d, smallest, p);
    const V s = math.power(safe, exponent, exponent_low);
    return hn::IfThenZeroElse(outside, s);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
