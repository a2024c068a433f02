#pragma once
// entmax of contiguous rows, 0 < alpha < infinity, alpha != 1: the batch calls.

#include <cstddef>
#include <cstdint>

#include "kernels/label_loss.hpp"
#include "kernels/newton.hpp"
#include "kernels/row_summary.hpp"

namespace gibbs::kernels {

// A batch of contiguous rows at one alpha and one temperature, has_scale<W>(temperature).
template <class W>
struct EntmaxBatch {
  const W* scores = nullptr;
  W* out = nullptr;  // null: nothing is written
  std::int64_t rows = 0, cols = 0;
  std::ptrdiff_t scores_stride = 0, out_stride = 0;
  double alpha = 2, temperature = 1;
  W* scratch = nullptr;             // entmax_scratch_size(cols) lanes
  RowSummary* summaries = nullptr;  // one per row, or null
  const LabelLoss* loss = nullptr;  // makes gradients of the probabilities; without summaries
  bool stream = false;              // write around the caches
  bool more = false;                // rows follow in memory, and will be read next
};

// Room for the candidates of a row, and for them as double.
constexpr std::int64_t entmax_scratch_size(std::int64_t cols) { return 3 * cols + 192; }

// out may be scores.
void entmax_rows(const EntmaxBatch<float>& batch);
void entmax_rows(const EntmaxBatch<double>& batch);

// The same for a batch turned over: element (i, j) of scores and out is at [i + j * stride].
// alpha <= 2, cols <= kLongestShortRow, no loss; scratch: tile_size(cols) lanes. To the bit what
// entmax_rows gives.
void entmax_columns(const EntmaxBatch<float>& batch);

// One row with weights, in double: y + y_low = (x - max) / T, y = -inf where there is no state;
// log_weights may be null (0). Slower than entmax_rows, for any finite weights. scratch: 3 n
// doubles. The threshold is in units of y; offset, max / T, is added to log Z before that is
// rounded.
RowSummary entmax_weighted_row(const double* y, const double* y_low, const double* log_weights,
                               std::int64_t n, double alpha, long double offset, double* scratch,
                               double* out);

// Long rows in parts. First the scores of each part within `width` of the part's maximum (which may
// come out infinite or NaN: then the row is in a limit), ...
template <class W>
struct EntmaxCandidates {
  W max;
  W* scores;
  std::int64_t count;
};
// ... then, alpha >= 1.5 with a closed form or alpha > 2, where the support ends ...
struct EntmaxEdge {
  double pivot, at_pivot, probability, slope;
  RowSummary summary;  // NaN where the row is
  double factor = 1;   // of what is written
};

EntmaxCandidates<float> candidates_of_part(const float* x, std::int64_t n, double width,
                                           float* buffer);
// Those of c within `width` of max, to `to`, which has room for a vector more; returns how many.
std::int64_t keep_candidates(const EntmaxCandidates<float>& c, float max, double width, float* to);
// z: as many doubles as candidates, used for alpha > 2.
EntmaxEdge edge_of(const EntmaxCandidates<float>& c, double alpha, double temperature, double* z);
void write_edge(const float* x, std::int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                float* out);
// ... or else the sums at a trial delta (newton.hpp), and factor p at the one found.
TsallisSums sums_of_part(const float* x, std::int64_t n, double b, float max, double temperature,
                         double delta, TsallisPass pass);
void write_tsallis(const float* x, std::int64_t n, double b, float max, double temperature,
                   double delta, double factor, bool stream, float* out);

EntmaxCandidates<double> candidates_of_part(const double* x, std::int64_t n, double width,
                                            double* buffer);
// Those of c within `width` of max, to `to`, which has room for a vector more; returns how many.
std::int64_t keep_candidates(const EntmaxCandidates<double>& c, double max, double width,
                             double* to);
// z: as many doubles as candidates, used for alpha > 2.
EntmaxEdge edge_of(const EntmaxCandidates<double>& c, double alpha, double temperature, double* z);
void write_edge(const double* x, std::int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                double* out);
// ... or else the sums at a trial delta (newton.hpp), and factor p at the one found.
TsallisSums sums_of_part(const double* x, std::int64_t n, double b, double max, double temperature,
                         double delta, TsallisPass pass);
void write_tsallis(const double* x, std::int64_t n, double b, double max, double temperature,
                   double delta, double factor, bool stream, double* out);

// t, sum p and sum p v (v = (x / T) - t) of the whole row give its value and its entropy:
// log Z = t + (sum p - 1) / alpha + (b / alpha) sum p v,  H = -(1 / alpha) sum p v / sum p.
// The first is the dual function: an error of t changes it by the error's square only.
RowSummary entmax_summary(double max, double temperature, double alpha, double delta,
                          const TsallisSums& sums);

}  // namespace gibbs::kernels
