#pragma once
// The most probable outcome of N draws.

#include <cstdint>
#include <span>

#include "thermo/search.hpp"

namespace gibbs::thermo {

// argmax of N! prod p_s^n_s / n_s! with sum n_s = N. Ties, up to 1e-13 of p: comes_first.
Occupation multinomial_mode(const Spectrum& spectrum, std::span<const double> probabilities,
                            std::int64_t count);

}  // namespace gibbs::thermo
