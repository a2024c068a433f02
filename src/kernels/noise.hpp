#pragma once
// Rows of noise: the batch calls.

#include <cstdint>

#include "gibbs/sampling/noise.hpp"

namespace gibbs::kernels {

// One row: n categories from first_category on.
template <class W>
struct NoiseRow {
  RowNoise row;
  std::uint64_t draw = 0, first_category = 0;
  detail::Noise kind = detail::Noise::kGumbel;
  std::int64_t n = 0;
  W* out = nullptr;
};

void fill_noise(const NoiseRow<float>& row);
void fill_noise(const NoiseRow<double>& row);

// Noise of given words.
void noise_of_bits(const std::uint64_t* bits, std::int64_t n, detail::Noise kind, double* out);

// The words themselves.
void fill_bits(const RowNoise& row, std::uint64_t draw, std::uint64_t first_category,
               std::int64_t n, std::uint64_t* out);

// Both words that belong to a whole row, of categories kWholeRow - 1 and kWholeRow, at n draws.
void fill_draw_bits(const RowNoise& row, std::uint64_t first_draw, std::int64_t n,
                    std::uint64_t* out);

}  // namespace gibbs::kernels
