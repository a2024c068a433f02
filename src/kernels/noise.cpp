#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/noise.cpp"
#include "kernels/noise.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/fill_noise-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(noise_float);
HWY_EXPORT(noise_double);
HWY_EXPORT(bits_of_row);
HWY_EXPORT(bits_of_draws);
HWY_EXPORT(noise_of_given_words);

void fill_noise(const NoiseRow<float>& row) { HWY_DYNAMIC_DISPATCH(noise_float)(row); }
void fill_noise(const NoiseRow<double>& row) { HWY_DYNAMIC_DISPATCH(noise_double)(row); }
void noise_of_bits(const std::uint64_t* bits, std::int64_t n, detail::Noise kind, double* out) {
  HWY_DYNAMIC_DISPATCH(noise_of_given_words)(bits, n, kind, out);
}
void fill_bits(const RowNoise& row, std::uint64_t draw, std::uint64_t first_category,
               std::int64_t n, std::uint64_t* out) {
  HWY_DYNAMIC_DISPATCH(bits_of_row)(row, draw, first_category, n, out);
}
void fill_draw_bits(const RowNoise& row, std::uint64_t first_draw, std::int64_t n,
                    std::uint64_t* out) {
  HWY_DYNAMIC_DISPATCH(bits_of_draws)(row, first_draw, n, out);
}

}  // namespace gibbs::kernels
#endif
