#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gibbs/thermo/maximum_entropy.hpp"
#include "gibbs/thermo/occupations.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/spectrum.hpp"

namespace gibbs::thermo {
namespace {

// max_s |a_s - b_s| / N.
template <class A>
double distance(const std::vector<A>& a, const std::vector<double>& b, std::int64_t count) {
  double largest = 0;
  for (std::size_t s = 0; s < a.size(); ++s) {
    largest = std::max(largest, std::abs(static_cast<double>(a[s]) - b[s]));
  }
  return largest / static_cast<double>(count);
}

// Moments are asked of the spectrum as reduced, where all numbers are exact.
MaximumEntropy law_of(const Counted& problem) {
  std::vector<double> quanta, states;
  for (std::size_t s = 0; s < problem.spectrum.quanta.size(); ++s) {
    quanta.push_back(static_cast<double>(problem.spectrum.quanta[s]));
    states.push_back(static_cast<double>(problem.spectrum.degeneracies[s]));
  }
  const double mean = static_cast<double>(problem.energy) / static_cast<double>(problem.count);
  return maximum_entropy(Rows<const double>(quanta), {&mean, 1}, {.degeneracies = states});
}

// The reduced spectrum counts from the lowest level, in units of `divisor` quanta.
double quanta_per_unit(const CountableLevels& levels, const Counted& problem) {
  const auto& [quanta, states, index] = problem.spectrum;
  const auto top = static_cast<std::size_t>(std::ranges::max_element(quanta) - quanta.begin());
  const auto bottom = static_cast<std::size_t>(std::ranges::min_element(quanta) - quanta.begin());
  if (quanta[top] == 0) return 1;
  const std::int64_t width = levels.quanta()[index[top]] - levels.quanta()[index[bottom]];
  const std::int64_t divisor = width / quanta[top];
  return static_cast<double>(divisor);
}

double beta_of(const MaximumEntropy& law, const Counted& problem, double unit) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (law.on_boundary) return problem.energy == 0 ? kInfinity : -kInfinity;
  return law.multipliers[0] / unit;
}

}  // namespace

BoltzmannOccupation boltzmann_occupation(const CountableLevels& levels, std::int64_t count,
                                         std::int64_t energy) {
  const Counted problem = counted("boltzmann_occupation", levels, count, energy, 1);
  const MaximumEntropy law = law_of(problem);
  const double unit = quanta_per_unit(levels, problem) * levels.quantum();
  const auto systems = static_cast<double>(count);
  BoltzmannOccupation result{beta_of(law, problem, unit), systems * law.entropy,
                             std::vector<double>(at(levels.size()))};
  for (std::size_t s = 0; s < law.probabilities.size(); ++s) {
    result.occupation[problem.spectrum.index[s]] = systems * law.probabilities[s];
  }
  return result;
}

std::vector<Convergence> convergence(const CountableLevels& levels, std::int64_t count,
                                     std::int64_t energy, std::span<const std::int64_t> multiples,
                                     const SearchOptions& options) {
  counted("convergence", levels, count, energy, 1);
  const std::int64_t size = std::max({count, std::abs(energy), std::int64_t{1}});
  check_each_from_to("convergence", "multiples", multiples, 1, (std::int64_t{1} << 61) / size);
  std::vector<Convergence> rows;
  for (const std::int64_t multiple : multiples) {
    Convergence row;
    row.count = multiple * count;
    row.energy = multiple * energy;
    row.exact = microcanonical(levels, row.count, row.energy);
    row.most_probable = most_probable_occupation(levels, row.count, row.energy, options);
    row.boltzmann = boltzmann_occupation(levels, row.count, row.energy);
    const auto& expected = row.boltzmann.occupation;
    row.mean_distance = distance(row.exact.mean_occupation, expected, row.count);
    row.most_probable_distance = distance(row.most_probable.occupation, expected, row.count);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace gibbs::thermo
