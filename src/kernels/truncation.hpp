#pragma once
// What the filters of a truncation do with a row: weights, sums over all states, states beyond a
// threshold. The same bits on every target: no fused multiply-add, and every sum runs over blocks
// of kSumBlock states in kSumLanes lanes, however wide the vectors are.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace gibbs::kernels {

inline constexpr std::int64_t kSumBlock = 1024, kSumLanes = 64;
// Lanes that may be written beyond the end of what these functions write.
inline constexpr std::int64_t kTruncationPad = 64;

constexpr std::int64_t sum_blocks(std::int64_t n) { return (n + kSumBlock - 1) / kSumBlock; }

// A column, in as many bits as a score, so that both fit in vectors of as many lanes.
template <class W>
using ColumnOf = std::conditional_t<sizeof(W) == 4, std::int32_t, std::int64_t>;

// Some states of a row, in ascending order of columns: that of state i is columns[i], or i where
// they are null. -inf: no state.
template <class W>
struct States {
  const W* x = nullptr;
  const ColumnOf<W>* columns = nullptr;
  std::int64_t n = 0;
};

// Of the scores; max is -inf and min +inf where there are none. With a NaN both are arbitrary.
template <class W>
struct Extent {
  W max{}, min{};
  bool nan = false;
};
Extent<float> extent_of(const float* x, std::int64_t n);
Extent<double> extent_of(const double* x, std::int64_t n);

// w = exp(y), y = (x - top) beta: what a state weighs.
template <class W>
struct Weighing {
  W top{}, beta{};
};

// Of the states: sum of w, and as asked for of w y or of w^2.
enum class Sums { kMass, kMoment, kSquare };
struct WeightSums {
  double mass = 0, moment = 0, square = 0;
};
// Writes w, and the mass of each block of kSumBlock states to blocks where these are not null.
// beta is finite, not so small that (x - top) beta is NaN for x = -inf.
WeightSums weigh(const float* x, std::int64_t n, Weighing<float> of, Sums sums, float* w,
                 double* blocks);
WeightSums weigh(const double* x, std::int64_t n, Weighing<double> of, Sums sums, double* w,
                 double* blocks);

// Sums of weights that were written before: the mass and, to `blocks`, that of each block.
double sum_weights(const float* w, std::int64_t n, double* blocks);
double sum_weights(const double* w, std::int64_t n, double* blocks);

// An order of states: by x, or by closeness to a center; the higher key comes first.
template <class W>
struct Order {
  bool by_distance = false;
  W center{};
};

// How many states come first in an order, their mass and moment.
struct Leading {
  std::int64_t count = 0;
  double mass = 0, moment = 0;
};

// With a finite `high` what lies at low <= key <= high is copied to x and columns, and of what is
// above it the count and, where weights are given, mass and (if `moments`) moment are found. With
// an infinite one what is kept, key > low or key = low in a column up to low_column, is copied, its
// weights too where to_w is given; or, where `blocks` is given, only the masses of kSumBlock states
// each are written there, and mass and count told as those above. low > -inf.
template <class W>
struct Cut {
  States<W> from;
  const W* w = nullptr;
  Weighing<W> of;
  bool moments = false;
  Order<W> order;
  W low{}, high = std::numeric_limits<W>::infinity();
  ColumnOf<W> low_column = std::numeric_limits<ColumnOf<W>>::max();
  // n + kTruncationPad lanes, which may be those of `from` and w.
  W* x = nullptr;
  ColumnOf<W>* columns = nullptr;
  W* to_w = nullptr;
  double* blocks = nullptr;
};
struct CutResult {
  Leading above;
  std::int64_t within = 0;
};
CutResult cut_states(const Cut<float>& cut);
CutResult cut_states(const Cut<double>& cut);

// Of the states: how many, and the sums of d and d^2 for d = (x - pivot) unit.
struct Spread {
  std::int64_t count = 0;
  double sum = 0, square = 0;
};
Spread spread_of(const float* x, std::int64_t n, double pivot, double unit);
Spread spread_of(const double* x, std::int64_t n, double pivot, double unit);

}  // namespace gibbs::kernels
