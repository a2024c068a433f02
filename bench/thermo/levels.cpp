#include "thermo/levels.hpp"

#include <algorithm>
#include <cmath>

namespace gibbs::bench {

SweepTask::SweepTask(const Arena& arena) {
  for (std::int64_t i = 0; i < arena.shape.elements(); ++i) {
    energies.push_back(500 * std::abs(double{arena.scores[i]}));
    degeneracies.push_back(static_cast<double>(1 + i % 7));
  }
  for (int t = 1; t <= 100; ++t) temperatures.push_back(10.0 * t);
}

// One temperature in the middle: a run is wrong everywhere or nowhere.
double sweep_error(const SweepTask& task, const SweepAnswer& answer) {
  const std::size_t at = task.temperatures.size() / 2;
  const long double theta = task.temperatures[at];
  long double z = 0, first = 0, second = 0;
  for (std::size_t s = 0; s < task.energies.size(); ++s) {
    const long double y = task.energies[s] / theta, w = task.degeneracies[s] * std::exp(-y);
    z += w;
    first += w * y;
    second += w * y * y;
  }
  const long double mean = first / z, capacity = second / z - mean * mean;
  return static_cast<double>(std::max(std::abs(answer.log_partition[at] - std::log(z)),
                                      std::abs(answer.heat_capacity[at] - capacity)));
}

}  // namespace gibbs::bench
