// Logarithms, exponentials and powers of both lane types, for one SIMD target.

#if defined(GIBBS_KERNELS_POWER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_POWER_INL_H_
#undef GIBBS_KERNELS_POWER_INL_H_
#else
#define GIBBS_KERNELS_POWER_INL_H_
#endif

#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// log and exp of one lane type, for normal positive arguments.
template <class D>
struct LogExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  static constexpr int kMantissa = ExpRange<W>::kMantissa;
  static constexpr double kLn2High = sizeof(W) == 4 ? 0x1.62ep-1 : 0x1.62e42fefap-1;
  static constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  // log(2) - kLn2High; in double to 2^-100.
  static constexpr double kLn2Low = sizeof(W) == 4 ? kLn2 - kLn2High : 0x1.cf79abc9e3b3ap-40;

  D d;
  explicit HWY_INLINE LogExp(D tag) : d(tag) {}

  // log(w + correction) = exponent log(2) + the result, w normal and positive, |correction| below
  // an ulp of w.
  template <size_t kSize>
  HWY_INLINE Pack<D, kSize> log_split(const Pack<D, kSize>& w, const Pack<D, kSize>& correction,
                                      Pack<D, kSize>& exponent) const {
    const hn::RebindToSigned<D> di;
    using I = hn::TFromD<decltype(di)>;
    // w = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2): e counts from sqrt(1/2).
    constexpr I kRootHalf =
        sizeof(W) == 4 ? static_cast<I>(0x3f3504f3) : static_cast<I>(0x3fe6a09e667f3bcdLL);
    Pack<D, kSize> f;
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto bits = hn::BitCast(di, w[k]);
      const auto e = shift_right_arithmetic(hn::Sub(bits, hn::Set(di, kRootHalf)));
      const auto scale_down =
          hn::BitCast(d, hn::Sub(hn::BitCast(di, hn::Set(d, W{1})), hn::ShiftLeft<kMantissa>(e)));
      const auto mantissa = hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<kMantissa>(e)));
      f[k] = hn::MulAdd(correction[k], scale_down, hn::Sub(mantissa, hn::Set(d, W{1})));
      exponent[k] = to_lanes(e);
    });
    return log1p_reduced(d, f);
  }

  // log(w + correction).
  template <size_t kSize>
  HWY_INLINE Pack<D, kSize> log(const Pack<D, kSize>& w, const Pack<D, kSize>& correction) const {
    Pack<D, kSize> exponent, sum;
    const auto log_f = log_split(w, correction, exponent);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto low = hn::MulAdd(exponent[k], hn::Set(d, static_cast<W>(kLn2Low)), log_f[k]);
      sum[k] = hn::MulAdd(exponent[k], hn::Set(d, static_cast<W>(kLn2High)), low);
    });
    return sum;
  }
  HWY_INLINE V log(V w, V correction) const {
    return log(Pack<D, 1>{w}, Pack<D, 1>{correction})[0];
  }

  // exp(y) for y <= 80 (700); 0 below 2^-100 (2^-1000): a subnormal costs 150 cycles, and nothing
  // here is accurate to less than 2^-24 (2^-53).
  template <size_t kSize>
  HWY_INLINE Pack<D, kSize> exp(const Pack<D, kSize>& y) const {
    const W bias = static_cast<W>(ExpRange<W>::kExponentBias);
    const auto floor = hn::Set(d, static_cast<W>(-kLn2 * (sizeof(W) == 4 ? 100 : 1000)));
    const auto magic = hn::Set(d, round_magic(bias));
    Pack<D, kSize> biased, r;
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto inside = max_keep_nan(d, floor, y[k]);
      biased[k] = hn::MulAdd(inside, hn::Set(d, static_cast<W>(1 / kLn2)), magic);
      const auto n = hn::Sub(biased[k], magic);
      const auto high = hn::NegMulAdd(n, hn::Set(d, static_cast<W>(kLn2High)), inside);
      r[k] = hn::NegMulAdd(n, hn::Set(d, static_cast<W>(kLn2Low)), high);
    });
    auto e = times_power(d, expm1_reduced(d, r), biased);
    each<kSize>([&](size_t k) HWY_ATTR { e[k] = hn::IfThenZeroElse(hn::Lt(y[k], floor), e[k]); });
    return e;
  }
  HWY_INLINE V exp(V y) const { return exp(Pack<D, 1>{y})[0]; }

  // w^(a + a_low), w normal and positive: what rounding takes from a log(w), up to 40 ulp of the
  // power, is given back.
  HWY_INLINE V power(V w, V a, V a_low) const {
    Pack<D, 1> exponent;
    const V nan_or_0 = hn::Mul(w, hn::Zero(d));  // the bits of a NaN would pass for a number
    const V log_f = log_split(Pack<D, 1>{w}, Pack<D, 1>{nan_or_0}, exponent)[0];
    const V high = hn::Mul(exponent[0], hn::Set(d, static_cast<W>(kLn2High)));  // exact
    const V low = hn::MulAdd(exponent[0], hn::Set(d, static_cast<W>(kLn2Low)), log_f);
    const V log = hn::Add(high, low), lost = hn::Sub(low, hn::Sub(log, high));
    const V y = hn::Mul(a, log), rest = hn::MulAdd(a, lost, hn::Mul(a_low, log));
    const V e = exp(y);
    return hn::MulAdd(e, hn::Add(hn::MulSub(a, log, y), rest), e);
  }

 private:
  using VI = hn::Vec<hn::RebindToSigned<D>>;
  // AVX2 has no 64-bit arithmetic shift, nor conversion of 64-bit integers: |e| < 2^12 here.
  HWY_INLINE VI shift_right_arithmetic(VI v) const {
    const hn::RebindToSigned<D> di;
    const hn::RebindToUnsigned<D> du;
    using I = hn::TFromD<decltype(di)>;
    constexpr I kOffset = I{ExpRange<W>::kExponentBias} + 1;
    const auto lifted = hn::Add(v, hn::Set(di, static_cast<I>(kOffset << kMantissa)));
    const auto shifted = hn::ShiftRight<kMantissa>(hn::BitCast(du, lifted));
    return hn::Sub(hn::BitCast(di, shifted), hn::Set(di, kOffset));
  }
  HWY_INLINE V to_lanes(VI e) const {
    const hn::RebindToSigned<D> di;
    const auto magic = hn::Set(d, round_magic(W{0}));
    return hn::Sub(hn::BitCast(d, hn::Add(hn::BitCast(di, magic), e)), magic);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
