#pragma once
// softmax, log_softmax and log_sum_exp of contiguous rows: the batch calls.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "gibbs/log_sum.hpp"
#include "kernels/label_loss.hpp"
#include "kernels/row_summary.hpp"
#include "kernels/scale.hpp"

namespace gibbs::kernels {

enum class Output { kNothing, kProbabilities, kLogProbabilities };

// Rows as short as these may be mapped side by side (side_by_side-inl.h).
inline constexpr std::int64_t kLongestShortRow = 64;
// Rows of this many columns or fewer are mapped whole; longer ones in parts, see part_of_row.
inline constexpr std::int64_t kLongestWholeRow = 32768;
// The fixed length of a part: a row's answer must not depend on who computes its parts.
inline constexpr std::int64_t kPart = 65536;

// A batch of contiguous rows. `low`, if given, is added to scores / T before the exponential (the
// second half of a score held as an unevaluated sum; double only).
template <class W>
struct SoftmaxBatch {
  const W* scores = nullptr;
  const W* low = nullptr;
  W* out = nullptr;
  std::int64_t rows = 0, cols = 0;
  std::ptrdiff_t scores_stride = 0, out_stride = 0;
  const Scale<W>* scales = nullptr;
  std::ptrdiff_t scales_stride = 0;  // 0: one temperature for all rows
  W* scratch = nullptr;              // scratch_size(cols) lanes
  RowSummary* summaries = nullptr;   // one per row, or null
  W* log_partitions = nullptr;       // one per row, or null; instead of summaries
  const LabelLoss* loss = nullptr;   // makes gradients of the probabilities; without low, summaries
  Output output = Output::kProbabilities;
  bool entropy = false;  // whether summaries[i].entropy is wanted
  bool stream = false;   // write around the caches
  bool more = false;     // rows follow in memory, and will be read next
};

// Lanes that a row's scratch has beyond its columns.
inline constexpr std::int64_t kScratchPad = 64;

// Rows of more than kLongestWholeRow to this many columns keep their exponentials between the two
// passes, in the second cache; longer ones compute them twice, which costs less than writing and
// reading them.
inline constexpr std::int64_t kLongestKeptRow = std::int64_t{1} << 18;
inline constexpr std::int64_t kKeptBlock = 4096;

// How many lanes of scratch a row needs. Whole rows need two rows, as one is written while the next
// is computed; kept ones the exponentials and a maximum of each block.
constexpr std::int64_t scratch_size(std::int64_t cols) {
  if (cols > kLongestKeptRow) cols = kLongestWholeRow;
  if (cols <= kLongestWholeRow) return 2 * (cols + kScratchPad);
  return cols + kScratchPad + (cols + kKeptBlock - 1) / kKeptBlock;
}

// cols <= kLongestWholeRow. out may be scores.
void softmax_rows(const SoftmaxBatch<float>& batch);
void softmax_rows(const SoftmaxBatch<double>& batch);

// The same for a batch turned over: element (i, j) of scores and out is at [i + j * stride], one
// scale, no low; scratch: column_scratch_size(rows, cols, output) lanes. Rows may differ from those
// of softmax_rows in the last bit, as their sums run in another order.
void softmax_columns(const SoftmaxBatch<float>& batch);
// Probabilities of cols <= kLongestTiledColumn.
void softmax_columns(const SoftmaxBatch<double>& batch);
// Up to this many columns tiles of rows are copied and mapped in cache; longer rows are read where
// they lie, in panels of panel_height(cols, output) rows.
inline constexpr std::int64_t kLongestTiledColumn = 32;
inline constexpr std::int64_t kTileRows = 128;
// The exponentials of a panel are kept, and written while those of the next one take their place;
// beyond, computing them again takes less time.
inline constexpr std::int64_t kLongestKeptColumn = 8192;
constexpr bool keeps_panel(std::int64_t cols, Output output) {
  return output == Output::kProbabilities && cols <= kLongestKeptColumn;
}
// Higher panels make longer runs, and leave less room in the caches: 4096 columns of 256 rows take
// a sixth longer than of 128 where nothing is in cache before, of 512 rows four fifths.
inline constexpr std::int64_t kPanelRows = 512;
constexpr std::int64_t panel_height(std::int64_t cols, Output output) {
  if (output == Output::kNothing || cols > kLongestKeptColumn) return kPanelRows;
  if (cols <= 1024) return 256;
  return cols <= 4096 ? 128 : 64;
}
// Fewer rows than a vector has lanes fill it with several columns if there is nothing between them.
constexpr bool fill_vectors(std::int64_t rows, std::int64_t cols, std::ptrdiff_t stride) {
  return cols > kLongestTiledColumn && stride == rows && (rows == 2 || rows == 4 || rows == 8) &&
         cols % (16 / rows) == 0;
}
// Room for a tile, and a row beside it.
constexpr std::int64_t tile_size(std::int64_t cols) { return (kTileRows + 1) * cols + 64; }
constexpr std::int64_t column_scratch_size(std::int64_t rows, std::int64_t cols, Output output) {
  if (cols <= kLongestTiledColumn) return tile_size(cols);
  if (!keeps_panel(cols, output)) return cols + 64;
  const std::int64_t padded = (rows + 15) / 16 * 16;
  return std::min(padded, panel_height(cols, output)) * cols + cols + 64;
}

// sum_i exp((x_i - max) / T) of a part of a row, and the same sum weighted with (x_i - max) / T,
// from which the entropy follows. A NaN makes the sum NaN.
template <class Real>
struct BasicPart {
  BasicLogSum<Real> total;
  Real moment = 0;
};
// In long double where that is more than double: the factors between parts then cost double rows
// none of their 4 ulp.
using Part = BasicPart<long double>;

// The moments are relative to different maxima: sum exp(y + delta) (y + delta) =
// exp(delta) (moment + delta sum). `moment`: whether it is known of both, and wanted of the whole.
template <class Real>
BasicPart<Real> merge(const BasicPart<Real>& a, const BasicPart<Real>& b, double temperature,
                      bool moment = true) {
  BasicPart<Real> merged{gibbs::merge(a.total, b.total, static_cast<Real>(temperature))};
  if (!moment) return merged;
  const BasicPart<Real>& high = a.total.max < b.total.max ? b : a;
  const BasicPart<Real>& low = a.total.max < b.total.max ? a : b;
  merged.moment = high.moment;
  const Real delta = (low.total.max - high.total.max) / static_cast<Real>(temperature);
  if (low.total.sum != 0 && delta > -std::numeric_limits<Real>::infinity()) {
    merged.moment += std::exp(delta) * (low.moment + delta * low.total.sum);
  }
  return merged;
}

enum class Sum { kExact, kWithMoment, kForLog };  // kForLog: good enough for log Z alone; low null
Part part_of_row(const float* x, const float* low, std::int64_t n, const Scale<float>& scale,
                 Sum sum);
Part part_of_row(const double* x, const double* low, std::int64_t n, const Scale<double>& scale,
                 Sum sum);
// Every `length` columns as a part, good enough for log Z: each relative to a score that is at
// least its own maximum and at most that of the row, and the same for most parts.
void parts_of_row(const float* x, std::int64_t n, std::int64_t length, const Scale<float>& scale,
                  Part* parts);
void parts_of_row(const double* x, std::int64_t n, std::int64_t length, const Scale<double>& scale,
                  Part* parts);
RowSummary summary_of(const Part& row, double temperature);

// Exponentials of a part, those of each block of kKeptBlock relative to the block's own maximum.
// Room for kScratchPad more.
template <class W>
struct KeptPart {
  W* exps = nullptr;
  W* maxima = nullptr;  // one per block
};
// A part of such a row: where it is read and written, and its row's total.
template <class W>
struct KeptRow {
  const W* x = nullptr;
  W* out = nullptr;
  const Part* total = nullptr;
};
// As part_of_row. `moment`: for the entropy. If before.total is given, what is kept is first
// written as the same part of the row before, around the caches.
Part keep_part(const float* x, std::int64_t n, const Scale<float>& scale, bool moment,
               KeptPart<float> kept, const KeptRow<float>& before);
Part keep_part(const double* x, std::int64_t n, const Scale<double>& scale, bool moment,
               KeptPart<double> kept, const KeptRow<double>& before);
// As write_part, with probabilities.
void write_kept_part(const KeptRow<float>& row, std::int64_t n, const Scale<float>& scale,
                     KeptPart<float> kept, bool stream);
void write_kept_part(const KeptRow<double>& row, std::int64_t n, const Scale<double>& scale,
                     KeptPart<double> kept, bool stream);

// Writes a part of a row whose whole total, with a finite positive sum, is `row`.
void write_part(const float* x, const float* low, std::int64_t n, const Scale<float>& scale,
                const Part& row, Output output, bool stream, float* out);
void write_part(const double* x, const double* low, std::int64_t n, const Scale<double>& scale,
                const Part& row, Output output, bool stream, double* out);

}  // namespace gibbs::kernels
