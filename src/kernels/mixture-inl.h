// The responsibilities of a mixture, for one SIMD target.

#if defined(GIBBS_KERNELS_MIXTURE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_MIXTURE_INL_H_
#undef GIBBS_KERNELS_MIXTURE_INL_H_
#else
#define GIBBS_KERNELS_MIXTURE_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "kernels/mixture.hpp"
#include "kernels/power-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A few vectors of samples at a time: all their states lie in the first cache.
class MixtureGroup {
 public:
  using D = hn::ScalableTag<double>;
  using P = Pack<D, kPack>;
  static HWY_INLINE size_t samples() { return kPack * hn::Lanes(D()); }

  // Samples i, ... of a block, of which `count` exist.
  HWY_INLINE MixtureGroup(const MixtureBlock& block, size_t i, size_t count)
      : b_(block), i_(i), count_(count), math_(D()) {}

  // Adds to the lanes of the sums of weight * ln sum exp(y), and of its magnitude.
  HWY_INLINE void run(hn::Vec<D>& objective, hn::Vec<D>& magnitude) const {
    const D d;
    const P top = distances();
    const P sum = exponentials(top);
    const P root = roots();
    const P log = math_.log(sum, zeros());
    P scale;
    each<kPack>([&](size_t v) HWY_ATTR {
      const auto log_d = hn::Add(top[v], log[v]), weight = hn::Mul(root[v], root[v]);
      hn::StoreU(top[v], d, b_.reference + i_ + v * hn::Lanes(d));
      hn::StoreU(log[v], d, b_.log_denominator + i_ + v * hn::Lanes(d));
      scale[v] = hn::Div(root[v], sum[v]);
      objective = hn::MulAdd(weight, log_d, objective);
      magnitude = hn::MulAdd(weight, hn::Abs(log_d), magnitude);
    });
    normalize(scale, root);
  }

 private:
  static constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  static constexpr double kCounts = -80 * kLn2;  // what the products of two states may lack
  // Taken for 0: the product of two more would be subnormal, which costs 150 cycles.
  static constexpr double kNothing = -500 * kLn2;

  HWY_INLINE P zeros() const {
    P zero;
    each<kPack>([&](size_t v) HWY_ATTR { zero[v] = hn::Zero(D()); });
    return zero;
  }
  // Of the samples of vector v, `fill` for those that do not exist.
  HWY_INLINE hn::Vec<D> load(const double* from, size_t v, double fill) const {
    const D d;
    const size_t lanes = hn::Lanes(d), at = v * lanes;
    if (HWY_LIKELY(count_ >= at + lanes)) return hn::LoadU(d, from + i_ + at);
    if (count_ <= at) return hn::Set(d, fill);
    return load_first(d, from + i_ + at, count_ - at, fill);
  }
  HWY_INLINE double* row(int64_t k) const { return b_.p + k * kMixtureStride + i_; }
  HWY_INLINE double* sums(int64_t k) const { return b_.p + k * kMixtureStride + kMixtureBlock; }

  // centre - u of every state, kept in the rows of p; the maximum of y.
  HWY_INLINE P distances() const {
    const D d;
    P top;
    each<kPack>([&](size_t v)
                    HWY_ATTR { top[v] = hn::Set(d, -std::numeric_limits<double>::infinity()); });
    for (int64_t k = 0; k < b_.states; ++k) {
      const auto centre = hn::Set(d, b_.centre[k]), score = hn::Set(d, b_.score[k]);
      double* const y = row(k);
      each<kPack>([&](size_t v) HWY_ATTR {
        prefetch(b_.u[k] + i_ + samples() + v * hn::Lanes(d));
        const auto u = load(b_.u[k], v, b_.centre[k]);
        const auto one = hn::Sub(centre, u);
        top[v] = hn::Max(top[v], hn::Add(one, score));
        hn::Store(one, d, y + v * hn::Lanes(d));
      });
    }
    return top;
  }
  // exp(y - top) in their place; their sum. A state that is far from all of these samples costs
  // no exponential. Of centre - u of 1e5 less top of 1e5 no digit is lost.
  HWY_INLINE P exponentials(const P& top) const {
    const D d;
    P sum = zeros();
    for (int64_t k = 0; k < b_.states; ++k) {
      double* const y = row(k);
      const auto score = hn::Set(d, b_.score[k]);
      P e;
      each<kPack>([&](size_t v) HWY_ATTR {
        e[v] = hn::Add(hn::Sub(hn::Load(d, y + v * hn::Lanes(d)), top[v]), score);
      });
      hn::Mask<D> beyond[kPack];
      each<kPack>([&](size_t v) HWY_ATTR { beyond[v] = hn::Lt(e[v], hn::Set(d, kNothing)); });
      auto most = hn::Max(e[0], e[1]);
      if constexpr (kPack == 4) most = hn::Max(most, hn::Max(e[2], e[3]));
      if (hn::AllTrue(d, hn::Le(most, hn::Set(d, kCounts)))) {
        if (hn::AllTrue(d, hn::Le(most, hn::Set(d, kNothing)))) {
          each<kPack>([&](size_t v) HWY_ATTR { hn::Store(hn::Zero(d), d, y + v * hn::Lanes(d)); });
          continue;
        }
      } else {
        b_.counts[k] = true;
      }
      e = math_.exp(e);
      each<kPack>([&](size_t v) HWY_ATTR {
        e[v] = hn::IfThenZeroElse(beyond[v], e[v]);
        sum[v] = hn::Add(sum[v], e[v]);
        hn::Store(e[v], d, y + v * hn::Lanes(d));
      });
    }
    return sum;
  }
  HWY_INLINE P roots() const {
    P root;
    const D d;
    each<kPack>([&](size_t v) HWY_ATTR {
      if (b_.roots) {
        root[v] = load(b_.roots, v, 0.0);
      } else {
        const size_t at = v * hn::Lanes(d), here = count_ > at ? count_ - at : 0;
        root[v] = hn::IfThenElseZero(hn::FirstN(d, std::min(here, hn::Lanes(d))), hn::Set(d, 1.0));
      }
    });
    return root;
  }
  HWY_INLINE void normalize(const P& scale, const P& root) const {
    const D d;
    for (int64_t k = 0; k < b_.states; ++k) {
      double* const e = row(k);
      auto sum = hn::Load(d, sums(k));
      each<kPack>([&](size_t v) HWY_ATTR {
        double* const at = e + v * hn::Lanes(d);
        const auto p = hn::Mul(hn::Load(d, at), scale[v]);
        hn::Store(p, d, at);
        sum = hn::MulAdd(p, root[v], sum);
      });
      hn::Store(sum, d, sums(k));
    }
  }

  const MixtureBlock& b_;
  const size_t i_, count_;
  const LogExp<D> math_;
};

MixtureSum mixture_of_block(const MixtureBlock& block) {
  const MixtureGroup::D d;
  const auto n = static_cast<size_t>(block.samples);
  for (int64_t k = 0; k < block.states; ++k) {
    block.counts[k] = false;
    hn::Store(hn::Zero(d), d, block.p + k * kMixtureStride + kMixtureBlock);
  }
  auto objective = hn::Zero(d), magnitude = hn::Zero(d);
  for (size_t i = 0; i < n; i += MixtureGroup::samples()) {
    MixtureGroup(block, i, n - i).run(objective, magnitude);
  }
  for (int64_t k = 0; k < block.states; ++k) {
    const auto lanes = hn::Load(d, block.p + k * kMixtureStride + kMixtureBlock);
    block.row_sums[k] = hn::GetLane(hn::SumOfLanes(d, lanes));
  }
  return {hn::GetLane(hn::SumOfLanes(d, objective)), hn::GetLane(hn::SumOfLanes(d, magnitude))};
}

void weights_of_row(const WeighedRow& row, double* to) {
  const hn::ScalableTag<double> d;
  const LogExp<hn::ScalableTag<double>> math(d);
  const auto n = static_cast<size_t>(row.samples), lanes = hn::Lanes(d);
  const auto centre = hn::Set(d, row.centre), score = hn::Set(d, row.score);
  for (size_t i = 0; i < n; i += lanes) {
    const size_t count = std::min(n - i, lanes);
    const auto u = load_as_double(d, row.u + i, count);
    const auto reference = load_as_double(d, row.reference + i, count);
    const auto log_d = load_as_double(d, row.log_denominator + i, count);
    const auto y = hn::Sub(hn::Add(hn::Sub(hn::Sub(centre, u), reference), score), log_d);
    hn::StoreU(hn::IfThenElseZero(hn::FirstN(d, count), math.exp(y)), d, to + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
