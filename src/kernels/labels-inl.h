// What labels take beside the maps, for one SIMD target.

#if defined(GIBBS_KERNELS_LABELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_LABELS_INL_H_
#undef GIBBS_KERNELS_LABELS_INL_H_
#else
#define GIBBS_KERNELS_LABELS_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>

#include "kernels/ahead.hpp"
#include "kernels/labels.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A label is a column where neither it nor what is left to the last column is negative: of 64 bits,
// not every target compares.
template <class Label>
HWY_INLINE bool all_columns(const Label* labels, size_t count, int64_t cols) {
  const hn::ScalableTag<Label> d;
  const size_t lanes = hn::Lanes(d);
  const auto last = static_cast<Label>(
      std::min<int64_t>(std::max<int64_t>(cols, 0) - 1, std::numeric_limits<Label>::max()));
  const auto end = hn::Set(d, last);
  auto outside = hn::Zero(d), other = outside;
  const auto outside_of = [&](size_t i) HWY_ATTR {
    const auto v = hn::LoadU(d, labels + i);
    return hn::Or(v, hn::Sub(end, v));
  };
  size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    prefetch(labels + i + kLanesAhead<Label>);
    prefetch(labels + i + lanes + kLanesAhead<Label>);
    outside = hn::Or(outside, outside_of(i));
    other = hn::Or(other, outside_of(i + lanes));
  }
  for (; i + lanes <= count; i += lanes) outside = hn::Or(outside, outside_of(i));
  HWY_ALIGN Label bits[hn::MaxLanes(d)];
  hn::Store(hn::Or(outside, other), d, bits);
  bool inside = std::all_of(bits, bits + lanes, [](Label lane) { return lane >= 0; });
  for (; i < count; ++i) inside = inside && labels[i] >= 0 && labels[i] <= last;
  return inside;
}

void add_losses_to(const double* losses, size_t count, double scale, double* sums) {
  constexpr size_t kSums = std::tuple_size_v<PartialSums>;
  const hn::CappedTag<double, 8> d;
  constexpr size_t kLanes = hn::MaxLanes(d);
  constexpr size_t kVectors = kSums / kLanes;
  const auto by = hn::Set(d, scale);
  size_t i = 0;
  Pack<decltype(d), kVectors> parts;
  each<kVectors>([&](size_t k) HWY_ATTR { parts[k] = hn::LoadU(d, sums + k * kLanes); });
  for (; i + kSums <= count; i += kSums) {
    each<kVectors>([&](size_t k) HWY_ATTR {
      parts[k] = hn::Add(parts[k], hn::Mul(by, hn::LoadU(d, losses + i + k * kLanes)));
    });
  }
  each<kVectors>([&](size_t k) HWY_ATTR { hn::StoreU(parts[k], d, sums + k * kLanes); });
  for (; i < count; ++i) sums[i % kSums] += scale * losses[i];
}

bool are_columns_32(const int32_t* labels, size_t count, int64_t cols) {
  return all_columns(labels, count, cols);
}
bool are_columns_64(const int64_t* labels, size_t count, int64_t cols) {
  return all_columns(labels, count, cols);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
