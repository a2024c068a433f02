#pragma once
// Names and laws that the tests of ensembles share.

#include <gibbs/thermo/ensemble.hpp>
#include <limits>
#include <vector>

#include "support/ensemble_reference.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {

using thermo::Degeneracy;
using thermo::Ensemble;
using thermo::Levels;
using thermo::State;
using Row = std::vector<double>;
inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Every quantity at each temperature, to 1e-13 of its size, on every target.
inline void expect_exact(const Levels& levels, const Row& temperatures) {
  std::vector<ExactState> exact;
  for (const double t : temperatures) exact.push_back(exact_state(levels, Mp(t)));
  on_every_target([&] {
    const std::vector<State> states = Ensemble(levels).sweep(temperatures);
    for (std::size_t i = 0; i < states.size(); ++i) {
      EXPECT_TRUE(is_close(states[i], exact[i], 1e-13));
    }
  });
}

}  // namespace gibbs::testing
