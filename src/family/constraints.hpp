#pragma once
// The bounds, weights and degeneracies of a batch, row by row, and their refusals.

#include <cmath>
#include <limits>
#include <span>

#include "family/constrained_row.hpp"
#include "gibbs/family/constrained.hpp"

namespace gibbs::family {

// Views of which each is one row, as many rows as the scores, or empty.
template <Score T>
struct Constraints {
  using W = working_t<T>;
  using View = Rows<const W>;

  View lower, upper, weights, log_degeneracy;
  double default_upper = std::numeric_limits<double>::infinity();

  // The state of column j but for its score.
  State state(std::int64_t row, std::int64_t col) const {
    State s{};
    s.log_weight = entry(log_degeneracy, row, col, 0);
    s.lower = entry(lower, row, col, 0);
    s.upper = entry(upper, row, col, default_upper);
    s.cost = entry(weights, row, col, 1);
    return s;
  }
  bool any() const {
    return !lower.empty() || !upper.empty() || !weights.empty() || !std::isinf(default_upper);
  }
  // Whether nothing tells one state from another.
  bool are_alike() const {
    return lower.empty() && upper.empty() && weights.empty() && log_degeneracy.empty();
  }
  bool only_upper() const {
    return !upper.empty() && lower.empty() && weights.empty() && log_degeneracy.empty();
  }
  // Whether one row of them serves all.
  bool uniform() const {
    const auto one = [](const View& view) { return view.empty() || view.rows == 1; };
    return one(lower) && one(upper) && one(weights) && one(log_degeneracy);
  }

 private:
  static double entry(const View& view, std::int64_t row, std::int64_t col, double otherwise) {
    return view.empty() ? otherwise : static_cast<double>(view(view.rows == 1 ? 0 : row, col));
  }
};

// One row of a view whose rows are one in memory, as broadcasting makes them.
template <class W>
Rows<const W> without_repeats(Rows<const W> view, std::int64_t rows) {
  if (view.rows == rows && rows > 1 && view.row_stride == 0) view.rows = 1;
  return view;
}

// Whether an upper bound is one number in memory, which the checks would not refuse.
template <class W>
bool is_one_bound(const Rows<const W>& upper, std::int64_t cols) {
  if (upper.empty() || upper.rows != 1 || upper.cols != cols || upper.col_stride != 0) return false;
  return upper(0, 0) >= 0 && std::isfinite(upper(0, 0));
}

// Throws std::invalid_argument where a bound or weight is out of its range.
template <Score T>
void check_constraints(const char* function, const Constraints<T>& constraints, std::int64_t rows,
                       std::int64_t cols);

// Throws where the bounds of a row cannot hold its budget. mask: as in MapOptions.
template <Score T>
void check_budgets(const char* function, const Constraints<T>& constraints,
                   const Rows<const bool>& mask, const PerRow& budget, bool at_most_g,
                   std::int64_t rows, std::int64_t cols);

}  // namespace gibbs::family
