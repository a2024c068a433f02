#include "gibbs/thermo/countable_levels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "gibbs/softmax.hpp"
#include "thermo/count_checks.hpp"

namespace gibbs::thermo {
namespace {

constexpr const char* kName = "CountableLevels";
constexpr std::int64_t kMostQuanta = std::int64_t{1} << 52;
constexpr std::int64_t kMostStates = std::int64_t{1} << 53;
constexpr double kTolerance = 1e-9;

// Within the tolerance of a whole number, or none.
std::optional<std::int64_t> whole(double value) {
  const double nearest = std::nearbyint(value);
  if (!(std::abs(nearest) <= static_cast<double>(kMostQuanta))) return {};
  if (std::abs(value - nearest) > kTolerance * std::max(1.0, std::abs(nearest))) return {};
  return static_cast<std::int64_t>(nearest);
}

std::int64_t whole_quanta(const std::string& argument, double energy, double quantum) {
  if (const auto quanta = whole(energy / quantum)) return *quanta;
  base::refuse_value(kName,
                     argument + " must be a whole number of quanta, at most 2^52; in quanta it is",
                     energy / quantum);
}

std::int64_t whole_states(std::size_t level, const Degeneracy& g) {
  const double states = g.value();
  if (states == std::floor(states) && states <= static_cast<double>(kMostStates)) {
    return static_cast<std::int64_t>(states);
  }
  base::refuse_value(
      kName, "degeneracies[" + std::to_string(level) + "] must be a whole number, at most 2^53",
      states);
}

void check_quantum(double quantum) {
  if (quantum > 0 && std::isfinite(quantum)) return;
  base::refuse_value(kName, "quantum must be positive and finite", quantum);
}

}  // namespace

CountableLevels::CountableLevels(std::vector<std::int64_t> quanta,
                                 std::vector<std::int64_t> degeneracies, double quantum)
    : quanta_(std::move(quanta)), degeneracies_(std::move(degeneracies)), quantum_(quantum) {
  if (degeneracies_.empty()) degeneracies_.assign(quanta_.size(), 1);
  base::check_length(kName, "degeneracies", static_cast<std::int64_t>(degeneracies_.size()), size(),
                     "level");
  check_each_from_to(kName, "quanta", quanta_, -kMostQuanta, kMostQuanta);
  check_each_from_to(kName, "degeneracies", degeneracies_, 0, kMostStates);
  if (std::ranges::all_of(degeneracies_, [](std::int64_t g) { return g == 0; })) {
    base::refuse(kName, "no level can be occupied");
  }
  check_quantum(quantum);
}

CountableLevels CountableLevels::of(const Levels& levels, double quantum) {
  check_quantum(quantum);
  std::vector<std::int64_t> quanta(levels.energies().size()), states(quanta.size());
  for (std::size_t s = 0; s < quanta.size(); ++s) {
    const double energy = levels.energies()[s];
    if (std::isinf(energy)) continue;
    quanta[s] = whole_quanta("energies[" + std::to_string(s) + "]", energy, quantum);
    states[s] = whole_states(s, levels.degeneracies()[s]);
  }
  return CountableLevels(std::move(quanta), std::move(states), quantum);
}

std::int64_t CountableLevels::quanta_of(double energy) const {
  return whole_quanta("energy", energy, quantum_);
}

std::vector<double> CountableLevels::probabilities(double beta) const {
  if (std::isnan(beta)) base::refuse_value(kName, "beta must be a number", beta);
  const double per_quantum = beta * quantum_;
  std::vector<double> scores(quanta_.size()), log_g(quanta_.size()), p(quanta_.size());
  for (std::size_t s = 0; s < p.size(); ++s) {
    scores[s] = static_cast<double>(beta > 0 ? -quanta_[s] : quanta_[s]);
    log_g[s] = std::log(static_cast<double>(degeneracies_[s]));
  }
  softmax(scores, p, {.temperature = 1 / std::abs(per_quantum), .log_degeneracy = log_g});
  return p;
}

}  // namespace gibbs::thermo
