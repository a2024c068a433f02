#pragma once
// How many of N independent systems are at each level on average.

#include <span>

#include "gibbs/rows.hpp"
#include "gibbs/thermo/ensemble.hpp"

namespace gibbs::thermo {

// N p(t, s). temperatures x levels.
// edges     as Ensemble::populations
// throws    std::invalid_argument: systems negative or not finite; another shape
void expected_occupations(const Ensemble& ensemble, std::span<const double> temperatures,
                          double systems, Rows<double> occupations);

}  // namespace gibbs::thermo
