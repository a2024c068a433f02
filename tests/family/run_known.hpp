#pragma once
// The constrained maps and normmax on a known row, with every output; bars of derivatives.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/family/constrained.hpp>
#include <gibbs/family/normmax.hpp>
#include <vector>

#include "constrained_cases.hpp"
#include "support/known_answers.hpp"
#include "support/near.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {

inline Divergence divergence_of(const FamilyAnswer& known) {
  const double alpha = static_cast<double>(known.number("alpha", 1));
  for (const auto& [name, kind] : kDivergences) {
    if (known.divergence == name) return {kind, alpha};
  }
  throw std::runtime_error(known.name + ": no divergence " + known.divergence);
}

// The row in the types of the library.
template <Score T>
struct KnownRow {
  using W = working_t<T>;
  explicit KnownRow(const FamilyAnswer& known)
      : scores(converted<T>(known.row("scores"))),
        lower(converted<W>(known.row("lower"))),
        upper(converted<W>(known.row("upper"))),
        weights(converted<W>(known.row("weights"))),
        log_g(converted<W>(known.row("log_degeneracy"))),
        temperature(static_cast<double>(known.number("temperature"))) {
    std::vector<bool> on;
    for (const long double each : known.row("mask")) on.push_back(each != 0);
    if (!on.empty()) mask = Mask(on);
  }

  std::vector<T> scores;
  std::vector<W> lower, upper, weights, log_g;
  Mask mask;
  double temperature;
};

// What a map made of it; `multiplier` is the threshold of normmax.
template <Score T>
struct GotRow {
  std::vector<T> probabilities;
  working_t<T> value[1], multiplier[1];
  std::int64_t support[1];
};

template <Score T>
GotRow<T> run_constrained(const FamilyAnswer& known) {
  const KnownRow<T> row(known);
  GotRow<T> got{std::vector<T>(row.scores.size()), {}, {}, {}};
  ConstrainedOptions<T> options;
  options.budget = static_cast<double>(known.number("budget"));
  options.temperature = row.temperature;
  if (!row.lower.empty()) options.lower = row.lower;
  if (!row.upper.empty()) options.upper = row.upper;
  if (!row.weights.empty()) options.weights = row.weights;
  if (!row.log_g.empty()) options.log_degeneracy = row.log_g;
  options.mask = row.mask.view();
  options.value = got.value;
  options.multiplier = got.multiplier;
  options.support = got.support;
  constrained(row.scores, got.probabilities, divergence_of(known), options);
  return got;
}

template <Score T>
GotRow<T> run_normmax(const FamilyAnswer& known) {
  const KnownRow<T> row(known);
  GotRow<T> got{std::vector<T>(row.scores.size()), {}, {}, {}};
  NormmaxOptions<T> options;
  options.alpha = static_cast<double>(known.number("alpha"));
  options.temperature = row.temperature;
  options.mask = row.mask.view();
  options.value = got.value;
  options.support = got.support;
  options.threshold = got.multiplier;
  normmax(row.scores, got.probabilities, options);
  return got;
}

// Derivatives by their keys in the file, from the known probabilities rounded to T.
template <Score T>
using Slopes = std::map<std::string, std::vector<working_t<T>>>;

// Room for every derivative of the row.
template <Score T>
Slopes<T> room_for_slopes(const FamilyAnswer& known) {
  Slopes<T> slopes;
  for (const auto& [key, values] : known.items) {
    if (key.starts_with("grad_")) slopes[key].resize(values.size());
  }
  return slopes;
}

template <Score T>
Slopes<T> run_constrained_vjp(const FamilyAnswer& known) {
  const KnownRow<T> row(known);
  Slopes<T> slopes = room_for_slopes<T>(known);
  ConstrainedVjpOptions<T> options;
  options.temperature = row.temperature;
  if (!row.lower.empty()) options.lower = row.lower;
  if (!row.upper.empty()) options.upper = row.upper;
  if (!row.weights.empty()) options.weights = row.weights;
  if (!row.log_g.empty()) options.log_degeneracy = row.log_g;
  options.mask = row.mask.view();
  options.grad_temperature = slopes["grad_temperature"];
  options.grad_budget = slopes["grad_budget"];
  options.grad_alpha = slopes["grad_alpha"];
  options.grad_log_degeneracy = slopes["grad_log_degeneracy"];
  if (!row.lower.empty()) options.grad_lower = slopes["grad_lower"];
  if (!row.upper.empty()) options.grad_upper = slopes["grad_upper"];
  constrained_vjp(converted<T>(known.row("probabilities")), converted<T>(known.row("upstream")),
                  slopes["grad_scores"], divergence_of(known), options);
  return slopes;
}

template <Score T>
Slopes<T> run_normmax_vjp(const FamilyAnswer& known) {
  Slopes<T> slopes = room_for_slopes<T>(known);
  NormmaxVjpOptions<T> options;
  options.alpha = static_cast<double>(known.number("alpha"));
  options.temperature = static_cast<double>(known.number("temperature"));
  options.grad_temperature = slopes["grad_temperature"];
  options.grad_alpha = slopes["grad_alpha"];
  normmax_vjp(converted<T>(known.row("probabilities")), converted<T>(known.row("upstream")),
              slopes["grad_scores"], options);
  return slopes;
}

template <Score T>
inline constexpr long double kUlp = std::same_as<T, double> ? 0x1p-52L : 0x1p-23L;

// The largest s = p^t g^(1 - t) of tempered softmax, which is above 1 where t < 0.
inline long double steepness_of(const FamilyAnswer& known) {
  const long double t = known.number("t");
  long double steepness = 1;
  for (std::size_t i = 0; t < 0 && i < known.row("probabilities").size(); ++i) {
    const long double p = known.row("probabilities")[i];
    const long double log_g = known.has("log_degeneracy") ? known.row("log_degeneracy")[i] : 0;
    if (p > 0) steepness = std::max(steepness, std::pow(p, t) * std::exp((1 - t) * log_g));
  }
  return steepness;
}

// In units of the largest that v can make of them: the formulas are differences of terms as large.
template <Score T>
long double slope_bar(const FamilyAnswer& known, const std::string& key) {
  long double upstream = 0, size = 0;
  for (const long double v : known.row("upstream")) upstream = std::max(upstream, std::abs(v));
  for (const long double slope : known.items.at(key)) size = std::max(size, std::abs(slope));
  const bool by_scores = key == "grad_scores" || key == "grad_temperature";
  const long double reach = by_scores ? std::max(1.0L, 1 / known.number("temperature")) : 1;
  return 2 * kUlp<T> * std::max(size, upstream * reach * steepness_of(known));
}

template <Score T>
void expect_slopes(const FamilyAnswer& known, const Slopes<T>& slopes) {
  for (const auto& [key, got] : slopes) {
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_TRUE(near(got[i], known.row(key)[i], slope_bar<T>(known, key))) << key << ' ' << i;
    }
  }
}

// check(known) for every row of one map, in both types on every target.
template <class Check>
void for_every_row_of(const std::string& map, Check check) {
  on_every_target_for<double, float>([&]<Score T>() {
    for (const FamilyAnswer& known : family_answers()) {
      if (known.map != map) continue;
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, known.name + " " + known.divergence);
      check.template operator()<T>(known);
      if (::testing::Test::HasFailure()) return;
    }
  });
}

}  // namespace gibbs::testing
