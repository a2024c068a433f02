#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "gibbs/family/constrained.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

// One state in sixteen.
double budget_of(const Shape& shape) { return std::max(1.0, static_cast<double>(shape.cols) / 16); }

// How far the first row is from its budget, and its states from what `p_at` makes of the
// multiplier.
double first_row_error(const Arena& arena, double budget, double multiplier,
                       const std::function<double(double, std::int64_t)>& p_at) {
  double sum = 0, worst = 0;
  for (std::int64_t j = 0; j < arena.shape.cols; ++j) {
    const double p = double{arena.out[j]};
    sum += p;
    worst = std::max(worst, std::abs(p - p_at(double{arena.scores[j]} - multiplier, j)));
  }
  return std::max(worst, std::abs(sum - budget) / budget);
}

}  // namespace

Contestant budget_gibbs(const Arena& arena) {
  const double k = budget_of(arena.shape);
  const auto taus =
      std::make_shared<std::vector<float>>(static_cast<std::size_t>(arena.shape.rows));
  return {"budget/gibbs",
          [=] { budget(arena.in_rows(), arena.out_rows(), {.budget = k, .multiplier = *taus}); },
          [=] {
            return first_row_error(arena, k, double{(*taus)[0]},
                                   [](double z, std::int64_t) { return std::clamp(z, 0.0, 1.0); });
          },
          1e-5};
}

// Bounds at which some of the states of a softmax are capped.
Contestant capped_softmax_gibbs(const Arena& arena) {
  const auto taus =
      std::make_shared<std::vector<float>>(static_cast<std::size_t>(arena.shape.rows));
  const auto upper = std::make_shared<std::vector<float>>();
  for (std::int64_t j = 0; j < arena.shape.cols; ++j) {
    const double share = 4 + static_cast<double>(j % 5);
    upper->push_back(static_cast<float>(share / static_cast<double>(arena.shape.cols)));
  }
  return {"capped_softmax/gibbs",
          [=] {
            capped_softmax(arena.in_rows(), arena.out_rows(),
                           {.upper = *upper, .multiplier = *taus});
          },
          [=] {
            return first_row_error(arena, 1, double{(*taus)[0]}, [&](double z, std::int64_t j) {
              return std::min(double{(*upper)[static_cast<std::size_t>(j)]}, std::exp(z - 1));
            });
          },
          1e-5};
}

Contestant fermi_dirac_gibbs(const Arena& arena) {
  const double k = budget_of(arena.shape);
  const auto taus =
      std::make_shared<std::vector<float>>(static_cast<std::size_t>(arena.shape.rows));
  return {
      "fermi_dirac/gibbs",
      [=] { fermi_dirac(arena.in_rows(), arena.out_rows(), {.budget = k, .multiplier = *taus}); },
      [=] {
        return first_row_error(arena, k, double{(*taus)[0]},
                               [](double z, std::int64_t) { return 1 / (1 + std::exp(-z)); });
      },
      1e-5};
}

}  // namespace gibbs::bench
