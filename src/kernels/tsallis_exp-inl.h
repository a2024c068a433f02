// p = [1 + b v]_+^(1/b), the exponential that spans softmax and entmax, for one SIMD target.

#if defined(GIBBS_KERNELS_TSALLIS_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_TSALLIS_EXP_INL_H_
#undef GIBBS_KERNELS_TSALLIS_EXP_INL_H_
#else
#define GIBBS_KERNELS_TSALLIS_EXP_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/power-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// log2(1 + v) of float lanes, w = 1 + v rounded, positive and normal.
template <bool kRough, class D, size_t kSize>
HWY_INLINE Pack<D, kSize> log2_of_sum(D d, const Pack<D, kSize>& v, const Pack<D, kSize>& w) {
  const hn::RebindToSigned<D> di;
  const auto one = hn::Set(d, 1.0f);
  Pack<D, kSize> exponent, f, log;
  each<kSize>([&](size_t k) HWY_ATTR {
    // w = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2). 2^-e - 1 is exact where f is small, so
    // what rounding took from w is back in f.
    const auto e = hn::ShiftRight<23>(hn::Sub(hn::BitCast(di, w[k]), hn::Set(di, 0x3f3504f3)));
    const auto down = hn::BitCast(d, hn::Sub(hn::BitCast(di, one), hn::ShiftLeft<23>(e)));
    f[k] = hn::MulAdd(v[k], down, hn::Sub(down, one));
    exponent[k] = hn::ConvertTo(d, e);
  });
  if constexpr (kRough) {
    log = horner(d, f, kLog2QuotientRough);
  } else {
    log = horner(d, f, kLog2Quotient);
  }
  each<kSize>([&](size_t k) HWY_ATTR { log[k] = hn::MulAdd(log[k], f[k], exponent[k]); });
  return log;
}

// 2^(a l) of float lanes, |a l| <= 126.
template <bool kRough, class D, size_t kSize>
HWY_INLINE Pack<D, kSize> exp2_of_product(D d, const Pack<D, kSize>& l, hn::Vec<D> a) {
  constexpr float kBias = ExpRange<float>::kExponentBias;
  const auto magic = hn::Set(d, round_magic(kBias));
  Pack<D, kSize> biased, r, e;
  each<kSize>([&](size_t k) HWY_ATTR {
    biased[k] = hn::MulAdd(l[k], a, magic);
    r[k] = hn::MulSub(l[k], a, hn::Sub(biased[k], magic));
  });
  if constexpr (kRough) {
    e = horner(d, r, kExp2QuotientRough);
  } else {
    e = horner(d, r, kExp2Quotient);
  }
  each<kSize>([&](size_t k) HWY_ATTR { e[k] = hn::Mul(e[k], r[k]); });
  return times_power(d, e, biased);
}

// p = (1 + u)_+^(1/b) and q = p^(1 - b) = -dp/dt at u = b ((x - max) / T - delta).
template <class D>
struct TsallisExp {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;

  D d;
  LogExp<D> math;
  double b;
  V max, slope, exponent, last, one, zero;
  V shift, shift_low;  // b delta
  bool heavy;          // b < 0
  bool quartic;        // b = 1/4: powers by multiplication, a tenth of the work

  HWY_INLINE TsallisExp(D tag, double power, W top, double temperature, double delta)
      : d(tag),
        math(tag),
        b(power),
        max(hn::Set(d, top)),
        slope(hn::Set(d, static_cast<W>(b / temperature))),
        exponent(hn::Set(d, static_cast<W>((b < 0 ? 1 : 1 - b) / b))),
        last(hn::Set(d, static_cast<W>(last_of(b)))),
        one(hn::Set(d, W{1})),
        zero(hn::Zero(d)),
        heavy(b < 0),
        quartic(b == 0.25) {
    move_to(delta);
  }

  // The same with a maximum and a delta of its own for every lane.
  HWY_INLINE TsallisExp(D tag, double power, double temperature, V top, V delta)
      : TsallisExp(tag, power, W{0}, temperature, 0.0) {
    max = top;
    shift = hn::Mul(hn::Set(d, static_cast<W>(power)), delta);
  }

  HWY_INLINE void move_to(double delta) {
    const W high = static_cast<W>(b * delta);
    shift = hn::Set(d, high);
    shift_low = hn::Set(d, static_cast<W>(std::fma(b, delta, -static_cast<double>(high))));
  }

  // u, without and with shift_low, which is 0 where b delta is a lane.
  HWY_INLINE V u(V x) const { return hn::MulSub(hn::Sub(x, max), slope, shift); }
  HWY_INLINE V full_u(V x) const { return hn::Sub(u(x), shift_low); }

  // p u, 0 where p is.
  HWY_INLINE V moment(V p, V u) const { return hn::IfThenZeroElse(hn::Eq(p, zero), hn::Mul(p, u)); }

  // Also w = 1 + u, if not outside. States outside the support, and x = -inf, give p = q = 0.
  template <size_t kSize>
  HWY_INLINE void operator()(const Pack<D, kSize>& u, Pack<D, kSize>& p, Pack<D, kSize>& q,
                             Pack<D, kSize>& w) const {
    if (quartic) {
      each<kSize>([&](size_t k) HWY_ATTR { fourth_power(u[k], p[k], q[k], w[k]); });
    } else if constexpr (sizeof(W) == 4) {
      by_base_2<false>(u, p, q, w);
    } else {
      by_logarithm(u, p, q, w);
    }
  }
  template <size_t kSize>
  HWY_INLINE Pack<D, kSize> operator()(const Pack<D, kSize>& u) const {
    Pack<D, kSize> p, q, w;
    (*this)(u, p, q, w);
    return p;
  }

  // The same to 1e-3 in two thirds of the work (float, b != 1/4); outside p is 2^-100.
  template <size_t kSize>
  HWY_INLINE void rough(const Pack<D, kSize>& u, Pack<D, kSize>& p, Pack<D, kSize>& q,
                        Pack<D, kSize>& w) const {
    if constexpr (sizeof(W) == 4) {
      by_base_2<true>(u, p, q, w);
    } else {
      (*this)(u, p, q, w);
    }
  }

 private:
  // The u from which on p is below 2^-100. Where it is nearer to -1 than a lane resolves, the last
  // inside.
  static double last_of(double b) {
    constexpr double kEpsilon = std::numeric_limits<W>::epsilon() / 2;
    if (b == 0.25) return -1;  // needs none
    return std::max(kEpsilon - 1, std::expm1(-100 * LogExp<D>::kLn2 * (b < 0 ? b : b / (1 - b))));
  }

  // Of p and q the exponential with the smaller exponent is the more accurate.
  HWY_INLINE void from_exponential(V e, V w, V& p, V& q) const {
    p = heavy ? e : hn::Mul(e, w);
    q = heavy ? hn::Div(e, w) : e;
  }

  // Lanes outside compute on the last inside.
  template <bool kRough, size_t kSize>
  HWY_INLINE void by_base_2(const Pack<D, kSize>& u, Pack<D, kSize>& p, Pack<D, kSize>& q,
                            Pack<D, kSize>& w) const {
    Pack<D, kSize> inside;
    each<kSize>([&](size_t k) HWY_ATTR {
      inside[k] = heavy ? min_keep_nan(d, last, u[k]) : max_keep_nan(d, last, u[k]);
      w[k] = hn::Add(one, inside[k]);
    });
    auto e = exp2_of_product<kRough>(d, log2_of_sum<kRough>(d, inside, w), exponent);
    each<kSize>([&](size_t k) HWY_ATTR {
      if constexpr (!kRough) {
        const auto outside = heavy ? hn::Gt(u[k], last) : hn::Lt(u[k], last);
        e[k] = hn::IfThenZeroElse(outside, e[k]);
      }
      from_exponential(e[k], w[k], p[k], q[k]);
    });
  }

  template <size_t kSize>
  HWY_INLINE void by_logarithm(const Pack<D, kSize>& u, Pack<D, kSize>& p, Pack<D, kSize>& q,
                               Pack<D, kSize>& w) const {
    Pack<D, kSize> correction;  // of 1 + u
    hn::Mask<D> outside[kSize];
    each<kSize>([&](size_t k) HWY_ATTR {
      V sum;
      if (heavy) {
        two_sum(one, u[k], sum, correction[k]);
      } else {  // |u| <= 1 inside the support: Dekker's FastTwoSum
        sum = hn::Add(one, u[k]);
        correction[k] = hn::Sub(u[k], hn::Sub(sum, one));
      }
      const V largest = hn::Set(d, std::numeric_limits<W>::max());
      const V smallest = hn::Set(d, std::numeric_limits<W>::min());
      outside[k] = hn::Or(hn::Lt(sum, smallest), hn::Gt(sum, largest));
      // Lanes outside compute on 1: no overflow, and NaN (which is not outside) goes through.
      w[k] = hn::IfThenElse(outside[k], one, sum);
      correction[k] = hn::IfThenElse(outside[k], zero, correction[k]);
    });
    auto y = math.log(w, correction);
    each<kSize>([&](size_t k) HWY_ATTR { y[k] = hn::Mul(exponent, y[k]); });
    const auto e = math.exp(y);
    each<kSize>([&](size_t k) HWY_ATTR {
      from_exponential(hn::IfThenZeroElse(outside[k], e[k]), w[k], p[k], q[k]);
    });
  }

  // (1 + u)^4 with what the rounding of the base lost, which the power would quadruple.
  HWY_INLINE void fourth_power(V u, V& p, V& q, V& w) const {
    w = max_keep_nan(d, zero, hn::Add(one, u));
    const V lost = hn::Sub(u, hn::Sub(w, one));
    const V square = hn::Mul(w, w);
    q = hn::Mul(square, w);
    const V four = hn::IfThenZeroElse(hn::Eq(w, zero), hn::Mul(hn::Set(d, W{4}), lost));
    p = hn::MulAdd(q, four, hn::Mul(square, square));
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
