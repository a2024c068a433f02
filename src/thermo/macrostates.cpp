#include <algorithm>
#include <utility>
#include <vector>

#include "gibbs/thermo/arrangements.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/counting.hpp"
#include "thermo/spectrum.hpp"

namespace gibbs::thermo {
namespace {

constexpr std::int64_t kMostCells = 4'000'000;

// How many occupations of excited levels hold m systems with e quanta: one level after the other,
// each of which may hold any number.
class ExcitedStates {
 public:
  ExcitedStates(const Spectrum& spectrum, std::int64_t systems, std::int64_t energy)
      : systems_(systems), energy_(energy), ways_(at((systems + 1) * (energy + 1))) {
    (*this)(0, 0) = 1;
    for (const std::int64_t u : spectrum.quanta) {
      if (u > 0) add_level(u);
    }
  }
  Integer& operator()(std::int64_t m, std::int64_t e) { return ways_[at(m * (energy_ + 1) + e)]; }

 private:
  void add_level(std::int64_t u) {
    for (std::int64_t m = 1; m <= systems_; ++m) {
      for (std::int64_t e = u; e <= energy_; ++e) (*this)(m, e) += (*this)(m - 1, e - u);
    }
  }

  std::int64_t systems_, energy_;
  std::vector<Integer> ways_;
};

void check_range(std::int64_t systems, std::int64_t energy) {
  if (energy < kMostCells && (systems + 1) * (energy + 1) <= kMostCells) return;
  base::refuse("macrostates", "min(N, E) E must be at most 4000000, got N = " +
                                  std::to_string(systems) + ", E = " + std::to_string(energy));
}

}  // namespace

std::string macrostates(const CountableLevels& levels, std::int64_t count, std::int64_t energy) {
  Counted problem = counted("macrostates", levels, count, energy, 0);
  if (problem.energy > problem.count * problem.spectrum.highest() / 2) {
    problem = upside_down(std::move(problem));
  }
  const std::int64_t systems = std::min(problem.count, problem.energy);
  check_range(systems, problem.energy);
  ExcitedStates excited(problem.spectrum, systems, problem.energy);
  const auto ground = std::ranges::count(problem.spectrum.quanta, 0);
  Integer sum = 0;
  for (std::int64_t m = 0; m <= systems; ++m) {
    const Integer& ways = excited(m, problem.energy);
    if (ways == 0) continue;
    const std::int64_t left = problem.count - m;  // over the levels at the bottom, in any way
    Integer of_ground = 1;
    for (std::int64_t i = 1; i < ground; ++i) of_ground = of_ground * (left + i) / i;
    sum += ways * of_ground;
  }
  return sum.str();
}

}  // namespace gibbs::thermo
