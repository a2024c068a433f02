#include "thermo/spectrum.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "thermo/count_checks.hpp"

namespace gibbs::thermo {
namespace {

constexpr std::int64_t kMostEnergy = std::int64_t{1} << 61;

void check_product(const char* function, std::int64_t count, std::int64_t quanta) {
  const std::int64_t size = std::max<std::int64_t>(std::abs(quanta), 1);
  if (count <= kMostEnergy / size) return;
  base::refuse(function, std::to_string(count) + " systems times " + std::to_string(quanta) +
                             " quanta must be at most 2^61");
}

}  // namespace

Spectrum occupiable(const CountableLevels& levels) {
  Spectrum spectrum;
  for (std::size_t s = 0; s < levels.quanta().size(); ++s) {
    if (levels.degeneracies()[s] == 0) continue;
    spectrum.quanta.push_back(levels.quanta()[s]);
    spectrum.degeneracies.push_back(levels.degeneracies()[s]);
    spectrum.index.push_back(s);
  }
  return spectrum;
}

std::int64_t Spectrum::highest() const { return *std::ranges::max_element(quanta); }

void refuse_energy(const char* function, std::int64_t count, std::int64_t energy) {
  base::refuse(function, std::to_string(count) +
                             " systems of these levels cannot have the energy " +
                             std::to_string(energy));
}

Counted counted(const char* function, const CountableLevels& levels, std::int64_t count,
                std::int64_t energy, std::int64_t least) {
  check_from_to(function, "count", count, least, kMostSystems);
  Counted problem{occupiable(levels), count, energy};
  auto& quanta = problem.spectrum.quanta;
  const auto [low, high] = std::ranges::minmax(quanta);
  check_product(function, count, low);
  check_product(function, count, high);
  check_from_to(function, "energy", energy, count * low, count * high);
  std::int64_t divisor = 0;
  for (std::int64_t& each : quanta) divisor = std::gcd(divisor, each -= low);
  divisor = std::max<std::int64_t>(divisor, 1);
  problem.energy -= count * low;
  if (problem.energy % divisor != 0) refuse_energy(function, count, energy);
  problem.energy /= divisor;
  for (std::int64_t& each : quanta) each /= divisor;
  return problem;
}

Counted within_reach(Counted problem) {
  const auto keep = [&](const auto& is_within) {
    Spectrum kept;
    const Spectrum& all = problem.spectrum;
    for (std::size_t s = 0; s < all.quanta.size(); ++s) {
      if (!is_within(all.quanta[s])) continue;
      kept.quanta.push_back(all.quanta[s]);
      kept.degeneracies.push_back(all.degeneracies[s]);
      kept.index.push_back(all.index[s]);
    }
    problem.spectrum = std::move(kept);
  };
  keep([&](std::int64_t u) { return u <= problem.energy; });
  const std::int64_t top = problem.spectrum.highest(),
                     missing = problem.count * top - problem.energy;
  if (missing >= 0) keep([&](std::int64_t u) { return top - u <= missing; });
  return problem;
}

Counted upside_down(Counted problem) {
  const std::int64_t top = problem.spectrum.highest();
  for (std::int64_t& each : problem.spectrum.quanta) each = top - each;
  problem.energy = problem.count * top - problem.energy;
  return problem;
}

}  // namespace gibbs::thermo
