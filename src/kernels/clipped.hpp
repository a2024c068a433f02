#pragma once
// Rows with bounds on p and a budget, without degeneracy and weights: one row at a time.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/scale.hpp"

namespace gibbs::kernels {

// p = clip((x - tau) / T, lower, upper); min(upper, exp((x - tau) / T - 1)); 1 / (1 + exp((tau - x)
// / T)), which has no bounds.
enum class Clip { kProjection, kExponential, kFermi };

// has_scale<W>(scale.temperature). lower and upper may be null: 0 and `most` for every state.
template <class W>
struct ClippedRow {
  Clip clip = Clip::kProjection;
  const W* x = nullptr;
  const W* lower = nullptr;  // of kProjection only
  const W* upper = nullptr;
  W most = 1;
  std::int64_t n = 0;
  double budget = 1;
  Scale<W> scale{};
  W* scratch = nullptr;     // clipped_scratch_size(n) lanes
  W* out = nullptr;         // may be x
  const W* next = nullptr;  // what will be read after this row, and is fetched meanwhile; or x
  bool stream = false;      // write around the caches, until flush_clipped_rows()
};

struct ClippedRoot {
  double tau = 0;
  // Whether p was written; rows with NaN, no room, or scores too far apart are not.
  bool solved = false;
};

// Lanes that a first guess of tau is made from; a row of fewer than four times as many is its own
// sample. More lanes make a better guess, which saves less than they cost.
constexpr std::int64_t sample_lanes(std::int64_t n) {
  return std::clamp<std::int64_t>(n / 16 / 128 * 128, 128, 2048);
}

constexpr std::int64_t clipped_scratch_size(std::int64_t n) { return 3 * (n + sample_lanes(n)); }

ClippedRoot clip_row(const ClippedRow<float>& row);
ClippedRoot clip_row(const ClippedRow<double>& row);
// After the last of some rows that were streamed: once per row it takes a fifth of 1024 columns.
void flush_clipped_rows();

}  // namespace gibbs::kernels
