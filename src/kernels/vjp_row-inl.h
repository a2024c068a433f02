// A row of a vector-Jacobian product: how it is read and written, for one SIMD target.

#if defined(GIBBS_KERNELS_VJP_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_VJP_ROW_INL_H_
#undef GIBBS_KERNELS_VJP_ROW_INL_H_
#else
#define GIBBS_KERNELS_VJP_ROW_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/cache_control.h"
#include "kernels/vector_math-inl.h"
#include "kernels/vjp.hpp"
#include "kernels/vjp_law-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Calls body(i, count) for vectors that cover [0, n); where a row is streamed, those of whole
// vectors are aligned to the output.
template <class D, class W, class Body>
HWY_INLINE void for_each_step(D d, size_t n, const W* out, bool stream, Body&& body) {
  const size_t lanes = hn::Lanes(d);
  const size_t head = stream ? (-reinterpret_cast<uintptr_t>(out) / sizeof(W)) % lanes : 0;
  size_t i = 0;
  if (head != 0 && head < n) {
    body(i, head);
    i = head;
  }
  for (; i < n; i += lanes) body(i, std::min(lanes, n - i));
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void store_step(D d, hn::Vec<D> v, bool stream, W* to, size_t count) {
  if (count != hn::Lanes(d)) {
    store_first(v, d, to, count);
  } else if (stream) {
    hn::Stream(v, d, to);
  } else {
    hn::StoreU(v, d, to);
  }
}

template <class W>
struct VjpRow {
  const W* given;
  const W* upstream;
  W* out;
  size_t n;
  bool stream;
};

template <class W>
HWY_INLINE VjpRow<W> vjp_row(const VjpBatch<W>& batch, int64_t i) {
  return {batch.given + i * batch.given_stride, batch.upstream + i * batch.upstream_stride,
          batch.out + i * batch.out_stride, static_cast<size_t>(batch.cols), batch.stream};
}

// The terms of a row's vector at i; there is no state beyond its end.
template <class Law, class D, class W = hn::TFromD<D>>
HWY_INLINE auto terms_at(D d, const Law& law, const VjpRow<W>& row, size_t i) {
  const size_t count = std::min(hn::Lanes(d), row.n - i);
  return law.terms(load_some(d, row.given + i, count, Law::kOutside),
                   load_some(d, row.upstream + i, count, W{0}));
}

// The derivatives, from what the law makes of the sums.
template <class Law, class D, class W = hn::TFromD<D>>
HWY_INLINE void write_vjp(D d, const Law& law, const VjpRow<W>& row, const Pack<D, 2>& told) {
  for_each_step(d, row.n, row.out, row.stream, [&](size_t i, size_t count) HWY_ATTR {
    const auto given = load_some(d, row.given + i, count, Law::kOutside);
    const auto upstream = load_some(d, row.upstream + i, count, W{0});
    const auto grad = law.grad(given, upstream, told[0], told[1]);
    store_step(d, grad, row.stream, row.out + i, count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
