#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "gibbs/thermo/models.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/exact.hpp"

namespace gibbs::thermo {
namespace {

// Beyond them it takes many seconds: 10^5 spins have 50001 levels with up to 10^5 bits of g, 3000
// spins in a field two million.
constexpr std::int64_t kMostSpins = 100'000, kMostInField = 3000;

struct Chain {
  std::vector<double> energies;
  std::vector<Degeneracy> degeneracies;

  void add(double energy, const Integer& states) {
    const Binary g = rounded_quotient(states, 1);
    energies.push_back(energy);
    degeneracies.push_back(Degeneracy::of_scaled(g.mantissa, g.exponent));
  }
};

double number(std::int64_t n) { return static_cast<double>(n); }

// A ring with an even number k of broken bonds, C(N, k) places for them, and either sign.
Chain without_field(std::int64_t spins, double coupling) {
  Chain chain;
  Integer places = 1;
  for (std::int64_t broken = 0; broken <= spins; broken += 2) {
    chain.add(coupling * number(2 * broken - spins), 2 * places);
    places = places * ((spins - broken) * (spins - broken - 1)) / ((broken + 1) * (broken + 2));
  }
  return chain;
}

// A ring with `down` spins in `runs` runs, which break two bonds each: N / runs times the ways to
// cut the spins down, and those up, into so many runs.
Chain with_field(std::int64_t spins, double coupling, double field) {
  const auto energy = [&](std::int64_t down, std::int64_t runs) {
    return coupling * number(4 * runs - spins) + field * number(2 * down - spins);
  };
  Chain chain;
  chain.add(energy(0, 0), 1);
  for (std::int64_t down = 1; down < spins; ++down) {
    const std::int64_t up = spins - down;
    Integer ways_down = 1, ways_up = 1;  // C(down - 1, runs - 1), C(up - 1, runs - 1)
    for (std::int64_t runs = 1; runs <= std::min(down, up); ++runs) {
      chain.add(energy(down, runs), ways_down * ways_up * spins / runs);
      ways_down = ways_down * (down - runs) / runs;
      ways_up = ways_up * (up - runs) / runs;
    }
  }
  chain.add(energy(spins, 0), 1);
  return chain;
}

void check_finite(const char* argument, double value) {
  if (std::isfinite(value)) return;
  base::refuse_value("ising_chain", std::string(argument) + " must be finite", value);
}

}  // namespace

Levels ising_chain(std::int64_t spins, double coupling, double field) {
  check_from_to("ising_chain", field == 0 ? "spins" : "spins in a field", spins, 1,
                field == 0 ? kMostSpins : kMostInField);
  check_finite("coupling", coupling);
  check_finite("field", field);
  check_finite("the energy of aligned spins",
               number(spins) * (std::abs(coupling) + std::abs(field)));
  Chain chain = field == 0 ? without_field(spins, coupling) : with_field(spins, coupling, field);
  return {std::move(chain.energies), std::move(chain.degeneracies)};
}

}  // namespace gibbs::thermo
