// r = [1 + b v]_+^(1/b), the exponential that spans softmax and entmax, for one SIMD target.

#if defined(GIBBS_KERNELS_POWER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_POWER_INL_H_
#undef GIBBS_KERNELS_POWER_INL_H_
#else
#define GIBBS_KERNELS_POWER_INL_H_
#endif

#include <limits>

#include "kernels/sums-inl.h"
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

// p = [1 + b v]_+^(1/b) and q = p^(1 - b) = -dp/dt at v = (x - max) / T - delta.
template <class D>
struct TsallisExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;

  D d;
  LogExp<D> math;
  V max, slope, delta, delta_low, b, exponent, one, zero;
  bool heavy;    // b < 0
  bool quartic;  // b = 1/4: powers by multiplication, a tenth of the work

  HWY_INLINE TsallisExp(D tag, double power, W top, double temperature, double shift)
      : d(tag),
        math(tag),
        max(hn::Set(d, top)),
        slope(hn::Set(d, static_cast<W>(1 / temperature))),
        delta(hn::Set(d, static_cast<W>(shift))),
        delta_low(hn::Set(d, static_cast<W>(shift - static_cast<double>(static_cast<W>(shift))))),
        b(hn::Set(d, static_cast<W>(power))),
        exponent(hn::Set(d, static_cast<W>((power < 0 ? 1 : 1 - power) / power))),
        one(hn::Set(d, W{1})),
        zero(hn::Zero(d)),
        heavy(power < 0),
        quartic(power == 0.25) {}

  // The same with a maximum and a delta of its own for every lane.
  HWY_INLINE TsallisExp(D tag, double power, double temperature, V top, V shift)
      : TsallisExp(tag, power, W{0}, temperature, 0.0) {
    max = top;
    delta = shift;
  }

  HWY_INLINE V v(V x) const {
    return hn::Sub(hn::MulSub(hn::Sub(x, max), slope, delta), delta_low);
  }

  // p v, 0 where p is.
  HWY_INLINE V moment(V p, V v) const { return hn::IfThenZeroElse(hn::Eq(p, zero), hn::Mul(p, v)); }

  // States outside the support, and x = -inf, give p = q = 0.
  template <size_t kSize>
  HWY_INLINE void operator()(const Pack<D, kSize>& v, Pack<D, kSize>& p, Pack<D, kSize>& q) const {
    if (quartic) {
      each<kSize>([&](size_t k) HWY_ATTR { fourth_power(v[k], p[k], q[k]); });
      return;
    }
    Pack<D, kSize> safe, correction;  // of 1 + b v
    hn::Mask<D> outside[kSize];
    each<kSize>([&](size_t k) HWY_ATTR {
      const V bv = hn::Mul(b, v[k]);
      V w;
      if (heavy) {
        two_sum(one, bv, w, correction[k]);
      } else {  // |b v| <= 1 inside the support: Dekker's FastTwoSum
        w = hn::Add(one, bv);
        correction[k] = hn::Sub(bv, hn::Sub(w, one));
      }
      const V largest = hn::Set(d, std::numeric_limits<W>::max());
      const V smallest = hn::Set(d, std::numeric_limits<W>::min());
      outside[k] = hn::Or(hn::Lt(w, smallest), hn::Gt(w, largest));
      // Lanes outside compute on 1: no overflow, and NaN (which is not outside) goes through.
      safe[k] = hn::IfThenElse(outside[k], one, w);
      correction[k] = hn::IfThenElse(outside[k], zero, correction[k]);
    });
    // Of p and q the exponential with the smaller exponent is the more accurate.
    auto y = math.log(safe, correction);
    each<kSize>([&](size_t k) HWY_ATTR { y[k] = hn::Mul(exponent, y[k]); });
    const auto e = math.exp(y);
    each<kSize>([&](size_t k) HWY_ATTR {
      const V kept = hn::IfThenZeroElse(outside[k], e[k]);
      p[k] = heavy ? kept : hn::Mul(kept, safe[k]);
      q[k] = heavy ? hn::Div(kept, safe[k]) : kept;
    });
  }
  HWY_INLINE void operator()(V v, V& p, V& q) const {
    Pack<D, 1> one_p, one_q;
    (*this)(Pack<D, 1>{v}, one_p, one_q);
    p = one_p[0];
    q = one_q[0];
  }

 private:
  // [1 + v / 4]^4 with what the rounding of the base lost, which the power would quadruple.
  HWY_INLINE void fourth_power(V v, V& p, V& q) const {
    const V bv = hn::Mul(b, v);
    const V base = max_keep_nan(d, zero, hn::Add(one, bv));
    const V lost = hn::Sub(bv, hn::Sub(base, one));
    const V square = hn::Mul(base, base);
    q = hn::Mul(square, base);
    const V four = hn::IfThenZeroElse(hn::Eq(base, zero), hn::Mul(hn::Set(d, W{4}), lost));
    p = hn::MulAdd(q, four, hn::Mul(square, square));
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
