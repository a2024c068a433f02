#pragma once
// Vector-Jacobian products of contiguous rows: the batch call.

#include <cstddef>
#include <cstdint>

namespace gibbs::kernels {

enum class VjpOf { kEntmax, kLogSoftmax };

// given: probabilities (kEntmax) or log-probabilities (kLogSoftmax) without degeneracy; 0 < alpha <
// infinity, 0 < temperature < infinity.
template <class W>
struct VjpBatch {
  VjpOf of = VjpOf::kEntmax;
  const W* given = nullptr;
  const W* upstream = nullptr;
  W* out = nullptr;  // may be given or upstream
  std::int64_t rows = 0, cols = 0;
  std::ptrdiff_t given_stride = 0, upstream_stride = 0, out_stride = 0;
  double alpha = 1, temperature = 1;
  bool stream = false;  // write around the caches
};

void vjp_rows(const VjpBatch<float>& batch);
void vjp_rows(const VjpBatch<double>& batch);

}  // namespace gibbs::kernels
