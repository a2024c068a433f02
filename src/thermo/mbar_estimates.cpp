// What an MBAR tells beside the free energies.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "gibbs/thermo/mbar.hpp"
#include "thermo/answer.hpp"

namespace gibbs::thermo {
namespace {

constexpr const char* kName = "mbar";

void check_observables(Rows<const double> a, std::int64_t samples) {
  if (a.cols != samples) {
    base::refuse(kName, "observables must have a column for each of " + std::to_string(samples) +
                            " samples, got " + std::to_string(a.cols));
  }
  for (std::int64_t i = 0; i < a.rows; ++i) {
    for (std::int64_t j = 0; j < a.cols; ++j) {
      if (std::isfinite(a(i, j))) continue;
      base::refuse_entry(kName, "observables", i, j, "must be finite", a(i, j));
    }
  }
}

void check_others(const Potentials& others, std::int64_t samples) {
  if (others.samples() != samples) {
    base::refuse(kName, "other states must have potentials of " + std::to_string(samples) +
                            " samples, got " + std::to_string(others.samples()));
  }
  detail::check_potentials(kName, others.source(), {});
}

}  // namespace

void Mbar::weights(std::int64_t first, Rows<double> weights) const {
  if (weights.rows != states() || first < 0 || first + weights.cols > u_.samples()) {
    base::refuse(kName, "weights must have " + std::to_string(states()) +
                            " rows and columns of samples that exist");
  }
  detail::write_weights(*answer_, first, weights);
}

std::vector<Estimate> Mbar::expectations(Rows<const double> observables, std::int64_t state) const {
  check_observables(observables, u_.samples());
  if (state < 0 || state >= states()) {
    base::refuse(kName, "state must be from 0 to " + std::to_string(states() - 1) + ", got " +
                            std::to_string(state));
  }
  return detail::expectations(*answer_, answer_->all.only(state), observables);
}

std::vector<Estimate> Mbar::expectations(Rows<const double> observables,
                                         const Potentials& other) const {
  check_observables(observables, u_.samples());
  check_others(other, u_.samples());
  if (other.states() != 1) {
    base::refuse(kName, "other must be one state, got " + std::to_string(other.states()));
  }
  const auto one = detail::solve_states(answer_->mixture, other.source(), {0});
  return detail::expectations(*answer_, one, observables);
}

NewStates Mbar::free_energies_of(const Potentials& others) const {
  check_others(others, u_.samples());
  std::vector<std::int64_t> states(static_cast<std::size_t>(others.states()));
  std::iota(states.begin(), states.end(), 0);
  const detail::Mixture& m = answer_->mixture;
  const auto rows = detail::solve_states(m, others.source(), std::move(states));
  NewStates result;
  const detail::StateRows& own = answer_->all;
  for (std::size_t a = 0; a < rows.states.size(); ++a) {
    result.free_energies.push_back((rows.centre[a] - own.centre[0]) + (rows.rest[a] - own.rest[0]));
  }
  result.uncertainty = detail::uncertainty_with(*answer_, rows);
  return result;
}

Bootstrap Mbar::bootstrap(std::int64_t replicates, std::uint64_t seed) const {
  if (replicates < 2) {
    base::refuse(kName, "replicates must be at least 2, got " + std::to_string(replicates));
  }
  return detail::bootstrap(*answer_, replicates, seed);
}

}  // namespace gibbs::thermo
