#include <memory>

#include "gibbs/thermo/ensemble.hpp"
#include "roster.hpp"
#include "thermo/levels.hpp"

namespace gibbs::bench {

// log Z, U, F, S, C_V, dU/dT and four cumulants.
Contestant sweep_gibbs(const Arena& arena) {
  const auto task = std::make_shared<SweepTask>(arena);
  const auto ensemble =
      std::make_shared<thermo::Ensemble>(thermo::Levels(task->energies, task->degeneracies));
  const auto states = std::make_shared<std::vector<thermo::State>>();
  return {"sweep/gibbs", [=] { *states = ensemble->sweep(task->temperatures); },
          [=] {
            SweepAnswer answer;
            for (const thermo::State& state : *states) {
              answer.log_partition.push_back(state.log_partition);
              answer.heat_capacity.push_back(state.heat_capacity);
            }
            return sweep_error(*task, answer);
          },
          1e-12};
}

}  // namespace gibbs::bench
