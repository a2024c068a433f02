#include "gibbs/thermo/levels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/read_degeneracy.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kLevels = "Levels";

std::int64_t length(const auto& values) { return static_cast<std::int64_t>(values.size()); }

// One degeneracy for each of `values`, made by `read` of the index and the value.
template <typename Values, typename Read>
std::vector<Degeneracy> read_each(const char* argument, const Values& values, std::int64_t levels,
                                  const Read& read) {
  base::check_length(kLevels, argument, length(values), levels, "level");
  std::vector<Degeneracy> out;
  out.reserve(values.size());
  for (std::int64_t i = 0; i < levels; ++i) out.push_back(read(i, values[at(i)]));
  return out;
}

Degeneracy of_number(std::int64_t i, double g) {
  if (g >= 0 && g < kInfinity) return g;
  base::refuse_entry(kLevels, "degeneracies", i, "must be finite and not negative", g);
}

Degeneracy of_logarithm(std::int64_t i, double log_g) {
  if (log_g == -kInfinity || std::abs(log_g) <= kLargestLog) return Degeneracy::of_log(log_g);
  base::refuse_entry(kLevels, "log_degeneracies", i, "must be -inf or from -1e15 to 1e15", log_g);
}

Degeneracy of_text(std::int64_t i, const std::string& text) {
  if (const auto g = read_degeneracy(text)) return *g;
  base::refuse(kLevels, "degeneracies[" + std::to_string(i) +
                            "] must be a number from 0 to 1e1000000, got " + shortened(text));
}

std::vector<Degeneracy> of_numbers(std::span<const double> g, std::int64_t levels) {
  if (g.empty()) return std::vector<Degeneracy>(at(levels), Degeneracy(1));
  return read_each("degeneracies", g, levels, of_number);
}

bool is_occupied(double energy, const Degeneracy& g) {
  return energy < kInfinity && g.mantissa() > 0;
}

// The number of states of all levels that can be occupied.
Degeneracy states_of(std::span<const double> energies, std::span<const Degeneracy> degeneracies) {
  std::int64_t largest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < energies.size(); ++i) {
    if (is_occupied(energies[i], degeneracies[i])) {
      largest = std::max(largest, degeneracies[i].exponent());
    }
  }
  double sum = 0, error = 0;  // Kahan's sum: all terms are positive
  for (std::size_t i = 0; i < energies.size(); ++i) {
    if (!is_occupied(energies[i], degeneracies[i])) continue;
    const std::int64_t below = std::max<std::int64_t>(degeneracies[i].exponent() - largest, -2000);
    const double term = std::ldexp(degeneracies[i].mantissa(), static_cast<int>(below)) - error;
    const double next = sum + term;
    error = (next - sum) - term;
    sum = next;
  }
  return sum == 0 ? Degeneracy(0) : Degeneracy::of_scaled(sum, largest);
}

}  // namespace

Levels::Levels(std::vector<double> energies, std::span<const double> degeneracies)
    : energies_(std::move(energies)), degeneracies_(of_numbers(degeneracies, size())) {
  find_bounds();
}

Levels::Levels(std::vector<double> energies, std::vector<Degeneracy> degeneracies)
    : energies_(std::move(energies)), degeneracies_(std::move(degeneracies)) {
  base::check_length(kLevels, "degeneracies", length(degeneracies_), size(), "level");
  find_bounds();
}

void Levels::find_bounds() {
  lowest_ = kInfinity;
  highest_ = -kInfinity;
  for (std::int64_t i = 0; i < size(); ++i) {
    const double energy = energies_[at(i)];
    if (!(energy > -kInfinity)) {
      base::refuse_entry(kLevels, "energies", i, "must be a number or +inf", energy);
    }
    if (!is_occupied(energy, degeneracies_[at(i)])) continue;
    lowest_ = std::min(lowest_, energy);
    highest_ = std::max(highest_, energy);
  }
}

Levels Levels::of_log_degeneracies(std::vector<double> energies,
                                   std::span<const double> log_degeneracies,
                                   std::optional<Degeneracy> states) {
  auto g = read_each("log_degeneracies", log_degeneracies, length(energies), of_logarithm);
  if (!states) return {std::move(energies), std::move(g)};
  const Degeneracy sum = states_of(energies, g);
  if (states->mantissa() == 0) base::refuse(kLevels, "states must be positive, got 0");
  if (sum.mantissa() == 0) base::refuse(kLevels, "no level can hold the states");
  const double factor = states->mantissa() / sum.mantissa();
  for (Degeneracy& each : g) {
    each = Degeneracy::of_scaled(each.mantissa() * factor,
                                 each.exponent() + states->exponent() - sum.exponent());
  }
  return {std::move(energies), std::move(g)};
}

Levels Levels::of_decimals(std::vector<double> energies, std::span<const std::string> digits) {
  auto g = read_each("degeneracies", digits, length(energies), of_text);
  return {std::move(energies), std::move(g)};
}

std::vector<double> Levels::log_degeneracies() const {
  std::vector<double> logs(degeneracies_.size());
  std::ranges::transform(degeneracies_, logs.begin(), &Degeneracy::log);
  return logs;
}

double Levels::log_states() const { return states_of(energies_, degeneracies_).log(); }

Levels product(const Levels& a, const Levels& b) {
  std::vector<double> energies;
  std::vector<Degeneracy> degeneracies;
  energies.reserve(a.energies().size() * b.energies().size());
  degeneracies.reserve(energies.capacity());
  for (std::size_t i = 0; i < a.energies().size(); ++i) {
    for (std::size_t j = 0; j < b.energies().size(); ++j) {
      const Degeneracy &g = a.degeneracies()[i], &h = b.degeneracies()[j];
      energies.push_back(a.energies()[i] + b.energies()[j]);
      degeneracies.push_back(
          Degeneracy::of_scaled(g.mantissa() * h.mantissa(), g.exponent() + h.exponent()));
    }
  }
  if (std::abs(a.highest() + b.highest()) == kInfinity && a.highest() > -kInfinity &&
      b.highest() > -kInfinity) {
    base::refuse("product", "the sum of the highest energies must be finite");
  }
  return {std::move(energies), std::move(degeneracies)};
}

}  // namespace gibbs::thermo
