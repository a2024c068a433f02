// Derivatives of rows no longer than a vector, several to a vector where they fit, for one SIMD
// target.

#if defined(GIBBS_KERNELS_PACKED_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PACKED_VJP_INL_H_
#undef GIBBS_KERNELS_PACKED_VJP_INL_H_
#else
#define GIBBS_KERNELS_PACKED_VJP_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/cache_control.h"
#include "kernels/segments-inl.h"
#include "kernels/vjp.hpp"
#include "kernels/vjp_law-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// As many rows as a vector has lanes, kRows of them to a vector, each in a segment of its own.
// kWhole: they fill their segments, and follow each other without a gap in all three arrays.
template <size_t kRows, bool kWhole, class D, class W = hn::TFromD<D>>
class PackedGroup {
 public:
  static constexpr size_t kLanes = hn::MaxLanes(D());
  static constexpr size_t kVectors = kLanes / kRows;

  HWY_INLINE PackedGroup(const VjpBatch<W>& batch, int64_t first)
      : given_{batch.given + first * batch.given_stride, batch.given_stride},
        upstream_{batch.upstream + first * batch.upstream_stride, batch.upstream_stride},
        out_{batch.out + first * batch.out_stride, batch.out_stride},
        cols_(static_cast<size_t>(batch.cols)),
        count_(static_cast<size_t>(std::min(int64_t{kLanes}, batch.rows - first))),
        lines_(batch.stream && count_ == kLanes && batch.out_stride == batch.cols &&
               reinterpret_cast<uintptr_t>(out_.data) % HWY_MAX_BYTES == 0) {}

  template <class Law>
  HWY_INLINE void map(const Law& law) const {
    const D d;
    const auto terms = [&](size_t k) HWY_ATTR {
      return sums_of(d, law.terms(load(given_, k, Law::kOutside), load(upstream_, k, W{0})));
    };
    const auto told = law.of_sums(combine_segments<kRows>(d, terms, TwofoldSum<D>()));
    const OfSegment<kRows, D> of;
    HWY_ALIGN W lines[kWhole ? kLanes : kLanes * kVectors];
    for (size_t k = 0; k < kVectors; ++k) {
      const auto given = load(given_, k, Law::kOutside), upstream = load(upstream_, k, W{0});
      put(law.grad(given, upstream, of(told[0], k), of(told[1], k)), k, lines);
    }
    if (kWhole || !lines_) return;
    for (size_t i = 0; i < cols_ * kLanes; i += kLanes) {
      hn::Stream(hn::Load(d, lines + i), d, out_.data + i);
    }
  }

 private:
  template <class T>
  struct Array {
    T* data;
    ptrdiff_t stride;
    HWY_INLINE T* row(size_t i) const { return data + static_cast<ptrdiff_t>(i) * stride; }
  };

  // Rows that do not exist are the last again.
  HWY_INLINE hn::Vec<D> load(const Array<const W>& from, size_t k, W fill) const {
    if constexpr (kWhole) return hn::LoadU(D(), from.data + k * kLanes);
    const auto row = [&](size_t i) HWY_ATTR { return from.row(std::min(i, count_ - 1)); };
    return load_segments<kRows>(D(), row, k * kRows, cols_, fill);
  }

  HWY_INLINE void put(hn::Vec<D> v, size_t k, W* lines) const {
    if constexpr (kWhole) {
      W* to = out_.data + k * kLanes;
      return lines_ ? hn::Stream(v, D(), to) : hn::StoreU(v, D(), to);
    }
    const Array<W> to{lines_ ? lines : out_.data, out_.stride};
    const auto row = [&](size_t i) HWY_ATTR { return to.row(i); };
    store_segments<kRows>(D(), v, row, k * kRows, count_, cols_);
  }

  Array<const W> given_, upstream_;
  Array<W> out_;
  size_t cols_, count_;
  bool lines_;  // written around the caches
};

template <size_t kRows, class Law, class W>
HWY_INLINE void packed_vjp(const Law& law, const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  constexpr int64_t kLanes = hn::MaxLanes(D()), kSegment = kLanes / kRows;
  const bool whole = batch.cols == kSegment && batch.given_stride == kSegment &&
                     batch.upstream_stride == kSegment && batch.out_stride == kSegment;
  int64_t i = 0;
  for (; whole && i + kLanes <= batch.rows; i += kLanes) {
    PackedGroup<kRows, true, D>(batch, i).map(law);
  }
  for (; i < batch.rows; i += kLanes) PackedGroup<kRows, false, D>(batch, i).map(law);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
