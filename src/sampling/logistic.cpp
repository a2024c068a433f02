#include "sampling/logistic.hpp"

#include <cmath>

#include "kernels/noise.hpp"
#include "kernels/portable.hpp"

namespace gibbs::sampling {

void fill_logistic(const RowNoise& row, std::uint64_t draw, std::uint64_t first, std::int64_t n,
                   double* out) {
  std::uint64_t bits[kLogisticPart];
  double above[kLogisticPart];
  kernels::fill_bits(row, draw, first, n, bits);
  kernels::noise_of_bits(bits, n, detail::Noise::kExponential, out);  // -log(1 - u)
  for (std::int64_t i = 0; i < n; ++i) bits[i] = ~bits[i];
  kernels::noise_of_bits(bits, n, detail::Noise::kExponential, above);  // -log(u)
  for (std::int64_t i = 0; i < n; ++i) out[i] -= above[i];
}

void sigmoid(const double* x, std::int64_t n, double* out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = -std::abs(x[i]);
  kernels::portable_weights(out, n, 0, 1, out);
  for (std::int64_t i = 0; i < n; ++i) out[i] = (x[i] < 0 ? out[i] : 1) / (1 + out[i]);
}

}  // namespace gibbs::sampling
