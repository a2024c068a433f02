#pragma once
// entmax of contiguous rows, 0 < alpha < infinity, alpha != 1: the batch calls.

#include <cstddef>
#include <cstdint>

#include "kernels/row_summary.hpp"

namespace gibbs::kernels {

// A batch of contiguous rows at one alpha and one temperature, has_scale<W>(temperature).
template <class W>
struct EntmaxBatch {
  const W* scores = nullptr;
  W* out = nullptr;
  std::int64_t rows = 0, cols = 0;
  std::ptrdiff_t scores_stride = 0, out_stride = 0;
  double alpha = 2, temperature = 1;
  W* scratch = nullptr;             // entmax_scratch_size(cols) lanes
  RowSummary* summaries = nullptr;  // one per row, or null
  bool stream = false;              // write around the caches
};

// Room for the candidates of a row, and for them as double.
constexpr std::int64_t entmax_scratch_size(std::int64_t cols) { return 3 * cols + 192; }

// out may be scores.
void entmax_rows(const EntmaxBatch<float>& batch);
void entmax_rows(const EntmaxBatch<double>& batch);

// One row with weights, in double: y = (x - max) / T, -inf where there is no state; log_weights may
// be null (0). Slower than entmax_rows, for any finite weights. scratch: 3 n doubles. The threshold
// is in units of y; offset, max / T,
// is added to log Z before it is rounded.
RowSummary entmax_weighted_row(const double* y, const double* log_weights, std::int64_t n,
                               double alpha, double offset, double* scratch, double* out);

}  // namespace gibbs::kernels
