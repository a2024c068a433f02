// Where the heat capacity is largest.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "gibbs/thermo/ensemble.hpp"
#include "thermo/falling_root.hpp"

namespace gibbs::thermo {
namespace {

constexpr int kSamples = 65;

void check_interval(double from, double to) {
  if (from > 0 && from < to && to < std::numeric_limits<double>::infinity()) return;
  base::refuse("heat_capacity_peak", "the temperatures must be positive, finite and rising, got " +
                                         base::text(from) + " and " + base::text(to));
}

std::vector<double> equal_ratios(double from, double to) {
  std::vector<double> temperatures(kSamples, to);
  temperatures[0] = from;
  for (std::size_t i = 1; i + 1 < kSamples; ++i) {
    const double share = static_cast<double>(i) / (kSamples - 1);
    temperatures[i] = std::exp(std::lerp(std::log(from), std::log(to), share));
  }
  return temperatures;
}

// d log C_V / d log beta = 2 - beta third / Var, which falls through 0 at a peak.
FallingProbe slope(const State& s) {
  const double ratio = s.beta * (s.energy_third / s.energy_variance);
  const double fourth = s.beta * (s.energy_fourth / s.energy_variance) * s.beta;
  FallingProbe p;
  p.excess = 2 - ratio;
  p.step = s.beta * p.excess / (ratio - fourth + ratio * ratio);
  p.tolerance = 1e-15 * s.beta;
  return p;
}

}  // namespace

State Ensemble::heat_capacity_peak(double from, double to) const {
  check_interval(from, to);
  const std::vector<State> states = sweep(equal_ratios(from, to));
  const auto less = [](const State& a, const State& b) {
    return a.heat_capacity < b.heat_capacity;
  };
  const auto best = std::max_element(states.begin(), states.end(), less);
  const State& colder = best == states.begin() ? *best : best[-1];
  const State& hotter = best + 1 == states.end() ? *best : best[1];
  // At an end C_V may still rise outwards: that is no peak between the two.
  if (!(slope(colder).excess < 0) || !(slope(hotter).excess > 0)) return *best;
  const auto probe = [&](double beta) { return slope(at_beta(beta)); };
  const FallingRoot root = find_falling_root(hotter.beta, colder.beta, best->beta, probe);
  return at_beta(root.t);
}

}  // namespace gibbs::thermo
