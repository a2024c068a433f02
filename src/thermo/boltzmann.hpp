#pragma once
// k, as the options of an ensemble give it.

#include <limits>

#include "base/check.hpp"
#include "gibbs/thermo/ensemble.hpp"

namespace gibbs::thermo {

// throws    std::invalid_argument: not positive and finite
inline double boltzmann_of(const char* function, const EnsembleOptions& options) {
  const double k = options.boltzmann.value_or(boltzmann_constant(options.unit));
  if (!(k > 0 && k < std::numeric_limits<double>::infinity())) {
    base::refuse_value(function, "boltzmann must be positive and finite", k);
  }
  return k;
}

}  // namespace gibbs::thermo
