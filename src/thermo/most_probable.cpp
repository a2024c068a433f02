#include "gibbs/thermo/most_probable.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "gibbs/thermo/arrangements.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/mode.hpp"
#include "thermo/search.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Puts the numbers of a spectrum in their places in the whole list.
MostProbable told(const CountableLevels& levels, const Spectrum& spectrum, const Occupation& found,
                  bool certified, double gap, std::int64_t steps) {
  MostProbable result{{}, -kInfinity, certified, gap, steps};
  if (found.empty()) return result;
  result.occupation.resize(at(levels.size()));
  for (std::size_t s = 0; s < found.size(); ++s) {
    result.occupation[spectrum.index[s]] = found[s];
  }
  result.log_arrangements = log_arrangements(result.occupation, levels.degeneracies());
  return result;
}

MostProbable certain(const CountableLevels& levels, const Spectrum& spectrum,
                     const Occupation& found) {
  return told(levels, spectrum, found, true, 0, 0);
}

// All systems at one energy: only the states there count.
Occupation at_one_energy(const Counted& problem, std::int64_t quanta) {
  const Spectrum& spectrum = problem.spectrum;
  std::vector<double> p(spectrum.quanta.size());
  double states = 0;
  for (std::size_t s = 0; s < p.size(); ++s) {
    if (spectrum.quanta[s] == quanta) p[s] = static_cast<double>(spectrum.degeneracies[s]);
    states += p[s];
  }
  for (double& each : p) each /= states;
  return multinomial_mode(order_of_ties(spectrum.quanta), p, problem.count);
}

struct Searched {
  Occupation best;
  bool complete = false;
  double gap = 0;
  std::int64_t steps = 0;
};

// More take seconds, fewer would leave exchanges that any reader would see.
constexpr std::int64_t kLeastPairs = 1 << 15, kMostPairs = 1 << 20;

// The best of what a search has found, and of what it becomes by exchanges.
Occupation improved(const OccupationSearch& search, const Counted& problem,
                    std::int64_t max_steps) {
  Occupation occupation = search.best();
  improve_by_exchanges(problem.spectrum, search.rates(),
                       std::clamp(max_steps, kLeastPairs, kMostPairs), occupation);
  return occupation;
}

// First any occupation, by depth, and what exchanges make of it. It tells how low the bound can be,
// and with that all others in question are looked at.
Searched search(const Counted& problem, std::int64_t max_steps) {
  const Multipliers smooth = bounding_multipliers(problem);
  OccupationSearch first(problem, smooth, max_steps);
  first.stop_at_first();
  first.run();
  if (!first.found()) return {{}, first.complete(), kInfinity, first.steps()};
  const Occupation start = improved(first, problem, max_steps);

  OccupationSearch all(problem, tightened(problem, smooth, start), max_steps - first.steps());
  all.propose(start);
  all.run();
  if (!all.complete()) all.propose(improved(all, problem, max_steps));
  return {all.best(), all.complete(), all.complete() ? 0 : all.gap(), first.steps() + all.steps()};
}

}  // namespace

MostProbable most_probable_occupation(const CountableLevels& levels, std::int64_t count,
                                      std::int64_t energy, const SearchOptions& options) {
  constexpr const char* kName = "most_probable_occupation";
  const Counted problem = within_reach(counted(kName, levels, count, energy, 0));
  const auto [low, high] = std::ranges::minmax(problem.spectrum.quanta);
  const auto at_end = [&](std::int64_t u) {
    return told(levels, problem.spectrum, at_one_energy(problem, u), true, 0, 0);
  };
  if (problem.energy == count * low) return at_end(low);
  if (problem.energy == count * high) return at_end(high);
  if (problem.energy < count * low || problem.energy > count * high) {
    refuse_energy(kName, count, energy);
  }
  const Searched found = search(problem, options.max_steps);
  if (found.best.empty() && found.complete) refuse_energy(kName, count, energy);
  return told(levels, problem.spectrum, found.best, found.complete, found.gap, found.steps);
}

MostProbable most_probable_occupation_at(const CountableLevels& levels, std::int64_t count,
                                         double beta) {
  const std::vector<double> all = levels.probabilities(beta);
  check_from_to("most_probable_occupation_at", "count", count, 0, kMostSystems);
  const Spectrum spectrum = occupiable(levels);
  std::vector<double> p;
  for (const std::size_t s : spectrum.index) p.push_back(all[s]);
  return certain(levels, spectrum, multinomial_mode(order_of_ties(spectrum.quanta), p, count));
}

}  // namespace gibbs::thermo
