#include "family/constraints.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace gibbs::family {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Bounds in float that should sum to the budget may miss it by their rounding.
constexpr double kRounding = 1e-6;

template <class W>
void check_view(const char* function, const char* name, const Rows<const W>& view,
                std::int64_t rows, std::int64_t cols) {
  if (!view.empty()) {
    base::check_row_or_same(function, name, {view.rows, view.cols}, {rows, cols});
  }
}

// Whether every entry of a row does: without a branch per entry, which costs as much as the map.
template <class W, class Rule>
bool all_hold(const Rows<const W>& view, std::int64_t row, const Rule& holds) {
  const W* const entries = &view(row, 0);
  const std::ptrdiff_t stride = view.col_stride;
  int refused = 0;  // as wide as a float, and so made of its comparisons lane by lane
  if (stride == 1) {
    for (std::int64_t j = 0; j < view.cols; ++j) refused |= holds(entries[j], row, j) ? 0 : 1;
  } else {
    for (std::int64_t j = 0; j < view.cols; ++j) {
      refused |= holds(entries[j * stride], row, j) ? 0 : 1;
    }
  }
  return refused == 0;
}

template <class W, class Rule>
void check_entries(const char* function, const char* name, const Rows<const W>& view,
                   const char* rule, const Rule& holds) {
  for (std::int64_t i = 0; !view.empty() && i < view.rows; ++i) {
    if (all_hold(view, i, holds)) continue;
    for (std::int64_t j = 0; j < view.cols; ++j) {
      const auto value = static_cast<double>(view(i, j));
      if (!holds(value, i, j)) base::refuse_entry(function, name, i, j, rule, value);
    }
  }
}

// What the states of a row can take at least and at most, or enough: without lower bounds nobody
// asks for more than `enough`.
struct Capacity {
  double least = 0, most = 0;
  bool any = false;  // a row without states has nothing to hold
};

// What upper bounds alone leave room for, or enough. In several sums: one would wait for itself.
template <class W>
double capped_capacity(const Rows<const W>& upper, double enough, std::int64_t row) {
  constexpr std::int64_t kSums = 8;
  const W* const entries = &upper(upper.rows == 1 ? 0 : row, 0);
  double most = 0;
  for (std::int64_t j = 0; j < upper.cols && !(most >= enough); j += 16 * kSums) {
    const std::int64_t end = std::min(upper.cols, j + 16 * kSums);
    double sums[kSums] = {};
    for (std::int64_t k = j; k < end; ++k) {
      sums[k % kSums] += static_cast<double>(entries[k * upper.col_stride]);
    }
    for (const double sum : sums) most += sum;
  }
  return most;
}

template <Score T>
Capacity capacity_of(const Constraints<T>& constraints, const Rows<const bool>& mask,
                     bool at_most_g, double enough, std::int64_t row, std::int64_t cols) {
  Capacity capacity;
  if (constraints.are_alike() && mask.empty()) {
    const double each =
        at_most_g ? std::min(1.0, constraints.default_upper) : constraints.default_upper;
    return {0, static_cast<double>(cols) * each, cols > 0};
  }
  if (constraints.only_upper() && mask.empty() && !at_most_g) {
    return {0, capped_capacity(constraints.upper, enough, row), cols > 0};
  }
  for (std::int64_t j = 0; j < cols; ++j) {
    const State s = constraints.state(row, j);
    const bool masked = !mask.empty() && !mask(mask.rows == 1 ? 0 : row, j);
    if (masked || s.log_weight == -kInfinity) continue;
    const double g = s.log_weight == 0 ? 1 : std::exp(s.log_weight);
    capacity.any = true;
    capacity.least += s.cost * s.lower;
    capacity.most += s.cost * (at_most_g && !(s.upper < g) ? g : s.upper);
    if (constraints.lower.empty() && capacity.most >= enough) break;
  }
  return capacity;
}

}  // namespace

template <Score T>
void check_constraints(const char* function, const Constraints<T>& c, std::int64_t rows,
                       std::int64_t cols) {
  check_view(function, "lower", c.lower, rows, cols);
  check_view(function, "upper", c.upper, rows, cols);
  check_view(function, "weights", c.weights, rows, cols);
  check_view(function, "log_degeneracy", c.log_degeneracy, rows, cols);
  check_entries(function, "lower", c.lower, "must be a number from 0", [](auto v, auto, auto) {
    return (v >= 0) & (v < std::numeric_limits<decltype(v)>::infinity());
  });
  check_entries(function, "upper", c.upper, "must not be negative or NaN",
                [](auto v, auto, auto) { return v >= 0; });
  check_entries(function, "weights", c.weights, "must be positive and finite",
                [](auto v, auto, auto) {
                  return (v > 0) & (v < std::numeric_limits<decltype(v)>::infinity());
                });
  if (c.lower.empty() || (c.upper.empty() && std::isinf(c.default_upper))) return;
  const auto above_lower = [&](auto, std::int64_t i, std::int64_t j) {
    const State s = c.state(i, j);
    return s.lower <= s.upper;
  };
  check_entries(function, "lower", c.lower, "must not be above upper", above_lower);
  check_entries(function, "upper", c.upper, "must not be below lower", above_lower);
}

template <Score T>
void check_budgets(const char* function, const Constraints<T>& constraints,
                   const Rows<const bool>& mask, const PerRow& budget, bool at_most_g,
                   std::int64_t rows, std::int64_t cols) {
  if (!constraints.any() && !at_most_g) return;
  const bool one = constraints.uniform() && (mask.empty() || mask.rows == 1);
  Capacity capacity;
  const double enough = budget.is_one_number() ? budget[0] : kInfinity;
  const std::int64_t different =
      budget.is_one_number() && one ? std::min<std::int64_t>(rows, 1) : rows;
  for (std::int64_t i = 0; i < different; ++i) {
    if (i == 0 || !one) capacity = capacity_of(constraints, mask, at_most_g, enough, i, cols);
    if (!capacity.any) continue;
    const double slack = kRounding * budget[i];
    if (capacity.most + slack < budget[i]) {
      base::refuse_capacity(function, "upper", i, capacity.most, "less", budget[i]);
    }
    if (capacity.least - slack > budget[i]) {
      base::refuse_capacity(function, "lower", i, capacity.least, "more", budget[i]);
    }
  }
}

template void check_constraints(const char*, const Constraints<double>&, std::int64_t,
                                std::int64_t);
template void check_constraints(const char*, const Constraints<float>&, std::int64_t, std::int64_t);
template void check_constraints(const char*, const Constraints<bfloat16>&, std::int64_t,
                                std::int64_t);
template void check_constraints(const char*, const Constraints<float16>&, std::int64_t,
                                std::int64_t);
template void check_budgets(const char*, const Constraints<double>&, const Rows<const bool>&,
                            const PerRow&, bool, std::int64_t, std::int64_t);
template void check_budgets(const char*, const Constraints<float>&, const Rows<const bool>&,
                            const PerRow&, bool, std::int64_t, std::int64_t);
template void check_budgets(const char*, const Constraints<bfloat16>&, const Rows<const bool>&,
                            const PerRow&, bool, std::int64_t, std::int64_t);
template void check_budgets(const char*, const Constraints<float16>&, const Rows<const bool>&,
                            const PerRow&, bool, std::int64_t, std::int64_t);

}  // namespace gibbs::family
