// The sums as a textbook writes them, one temperature after the other, for this machine and with
// -ffast-math: log Z, U, F, S and C_V from <E^2> - <E>^2, which is what loses digits.

#include <cmath>
#include <memory>

#include "roster.hpp"
#include "thermo/levels.hpp"

namespace gibbs::bench {
namespace {

struct TextbookState {
  double log_partition, mean_energy, free_energy, entropy, heat_capacity;
};

TextbookState state_at(const SweepTask& task, double temperature) {
  const double beta = 1 / temperature;
  double z = 0, first = 0, second = 0;
  for (std::size_t s = 0; s < task.energies.size(); ++s) {
    const double energy = task.energies[s];
    const double w = task.degeneracies[s] * std::exp(-beta * energy);
    z += w;
    first += w * energy;
    second += w * energy * energy;
  }
  const double mean = first / z, log_z = std::log(z);
  return {log_z, mean, -temperature * log_z, log_z + beta * mean,
          beta * beta * (second / z - mean * mean)};
}

}  // namespace

Contestant sweep_textbook(const Arena& arena) {
  const auto task = std::make_shared<SweepTask>(arena);
  const auto states = std::make_shared<std::vector<TextbookState>>();
  return {"sweep/textbook",
          [=] {
            states->clear();
            for (const double t : task->temperatures) states->push_back(state_at(*task, t));
          },
          [=] {
            SweepAnswer answer;
            for (const TextbookState& state : *states) {
              answer.log_partition.push_back(state.log_partition);
              answer.heat_capacity.push_back(state.heat_capacity);
            }
            return sweep_error(*task, answer);
          },
          1e-9};
}

}  // namespace gibbs::bench
