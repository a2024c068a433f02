// Products of all pairs of rows, for one SIMD target.

#if defined(GIBBS_KERNELS_GRAM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_GRAM_INL_H_
#undef GIBBS_KERNELS_GRAM_INL_H_
#else
#define GIBBS_KERNELS_GRAM_INL_H_
#endif

#include <algorithm>

#include "hwy/highway.h"
#include "kernels/mixture.hpp"
#include "kernels/pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A tile of kHigh x kWide sums stays in the registers: 16 of 32, or 8 of 16.
inline constexpr size_t kHigh = 4, kWide = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 2 : 4;

// Rows first_i ... x first_j ...; where the tile reaches beyond the rows, the last one stands in
// and its products are dropped.
HWY_INLINE void gram_tile(const GramRows& g, size_t first_i, size_t first_j, double* gram,
                          size_t stride) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<hn::ScalableTag<double>>;
  const auto count = static_cast<size_t>(g.count), n = static_cast<size_t>(g.samples);
  const double *a[kHigh], *b[kWide];
  each<kHigh>([&](size_t i) HWY_ATTR { a[i] = g.rows[std::min(first_i + i, count - 1)]; });
  each<kWide>([&](size_t j) HWY_ATTR { b[j] = g.rows[std::min(first_j + j, count - 1)]; });
  V sum[kHigh][kWide];
  each<kHigh>([&](size_t i)
                  HWY_ATTR { each<kWide>([&](size_t j) HWY_ATTR { sum[i][j] = hn::Zero(d); }); });
  for (size_t s = 0; s < n; s += hn::Lanes(d)) {
    V column[kWide];
    each<kWide>([&](size_t j) HWY_ATTR { column[j] = hn::LoadU(d, b[j] + s); });
    each<kHigh>([&](size_t i) HWY_ATTR {
      const V row = hn::LoadU(d, a[i] + s);
      each<kWide>([&](size_t j) HWY_ATTR { sum[i][j] = hn::MulAdd(row, column[j], sum[i][j]); });
    });
  }
  each<kHigh>([&](size_t i) HWY_ATTR {
    each<kWide>([&](size_t j) HWY_ATTR {
      const size_t row = first_i + i, column = first_j + j;
      if (row >= count || column > row) return;
      gram[static_cast<size_t>(g.index[row]) * stride + static_cast<size_t>(g.index[column])] +=
          hn::GetLane(hn::SumOfLanes(d, sum[i][j]));
    });
  });
}

void gram_of_rows(const GramRows& rows, double* gram, int64_t stride) {
  const auto count = static_cast<size_t>(rows.count);
  for (size_t i = 0; i < count; i += kHigh) {
    for (size_t j = 0; j < std::min(i + kHigh, count); j += kWide) {
      gram_tile(rows, i, j, gram, static_cast<size_t>(stride));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
