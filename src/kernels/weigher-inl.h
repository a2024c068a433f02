// What a state weighs, for one SIMD target.

#if defined(GIBBS_KERNELS_WEIGHER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_WEIGHER_INL_H_
#undef GIBBS_KERNELS_WEIGHER_INL_H_
#else
#define GIBBS_KERNELS_WEIGHER_INL_H_
#endif

#include "hwy/highway.h"
#include "kernels/truncation.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// exp((x - top) beta).
template <class D>
struct Weigher {
  using W = hn::TFromD<D>;
  D d;
  hn::Vec<D> top, beta;
  HWY_INLINE Weigher(D tag, const Weighing<W>& of)
      : d(tag), top(hn::Set(d, of.top)), beta(hn::Set(d, of.beta)) {}
  HWY_INLINE hn::Vec<D> power(hn::Vec<D> x) const { return hn::Mul(hn::Sub(x, top), beta); }
  // w y; 0 for what weighs nothing.
  HWY_INLINE hn::Vec<D> moment(hn::Vec<D> w, hn::Vec<D> y) const {
    return hn::Mul(w, hn::Max(y, hn::Set(d, W{-1000})));
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
