// Rows of noise, for one SIMD target.

#if defined(GIBBS_KERNELS_FILL_NOISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_FILL_NOISE_INL_H_
#undef GIBBS_KERNELS_FILL_NOISE_INL_H_
#else
#define GIBBS_KERNELS_FILL_NOISE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "kernels/noise-inl.h"
#include "kernels/noise.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

template <class W>
HWY_INLINE void any_fill_noise(const NoiseRow<W>& row) {
  const PhiloxRow philox(row.row, row.draw);
  for_each_words(philox, row.first_category, static_cast<size_t>(row.n),
                 [&](size_t i, const uint64_t* words, size_t count)
                     HWY_ATTR { noise_of_words(words, count, row.kind, row.out + i); });
}

void noise_float(const NoiseRow<float>& row) { any_fill_noise(row); }
void noise_double(const NoiseRow<double>& row) { any_fill_noise(row); }

void bits_of_row(const RowNoise& row, uint64_t draw, uint64_t first, int64_t n, uint64_t* out) {
  for_each_words(PhiloxRow(row, draw), first, static_cast<size_t>(n),
                 [&](size_t i, const uint64_t* words, size_t count)
                     HWY_ATTR { std::copy_n(words, count, out + i); });
}

void bits_of_draws(const RowNoise& row, uint64_t first_draw, int64_t n, uint64_t* out) {
  HWY_ALIGN uint64_t words[2 * HWY_MAX_BYTES];
  const PhiloxRow philox(row, 0);
  const auto step = static_cast<int64_t>(PhiloxRow::step() / 2);
  for (int64_t i = 0; i < n; i += step) {
    philox.fill_draws(kWholeRow / 2, first_draw + static_cast<uint64_t>(i), row.salt, words);
    std::copy_n(words, 2 * std::min(step, n - i), out + 2 * i);
  }
}

void noise_of_given_words(const uint64_t* bits, int64_t n, detail::Noise kind, double* out) {
  HWY_ALIGN uint64_t words[64 + HWY_MAX_BYTES] = {};
  for (int64_t i = 0; i < n; i += 64) {
    const auto count = static_cast<size_t>(std::min<int64_t>(64, n - i));
    std::copy_n(bits + i, count, words);
    noise_of_words(words, count, kind, out + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
