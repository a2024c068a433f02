#include "gibbs/thermo/expected_occupations.hpp"

#include <cmath>

#include "base/check.hpp"

namespace gibbs::thermo {

void expected_occupations(const Ensemble& ensemble, std::span<const double> temperatures,
                          double systems, Rows<double> occupations) {
  if (!(systems >= 0 && std::isfinite(systems))) {
    base::refuse_value("expected_occupations", "systems must be finite and not negative", systems);
  }
  ensemble.populations(temperatures, occupations);
  for (std::int64_t t = 0; t < occupations.rows; ++t) {
    for (std::int64_t s = 0; s < occupations.cols; ++s) occupations(t, s) *= systems;
  }
}

}  // namespace gibbs::thermo
