#pragma once
// The levels and temperatures that sweeps are timed on.

#include <vector>

#include "driver/arena.hpp"

namespace gibbs::bench {

// As many levels as the arena has scores, over some thousand kelvins, and 10 K to 1000 K.
struct SweepTask {
  explicit SweepTask(const Arena& arena);

  std::vector<double> energies, degeneracies, temperatures;
};

// ln Z and C_V / k at each temperature, and how far they are from the definition in long double.
struct SweepAnswer {
  std::vector<double> log_partition, heat_capacity;
};
double sweep_error(const SweepTask& task, const SweepAnswer& answer);

}  // namespace gibbs::bench
