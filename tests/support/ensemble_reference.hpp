#pragma once
// The state of an ensemble from its definition, in MPFR.

#include <gtest/gtest.h>

#include <gibbs/thermo/ensemble.hpp>

#include "support/mp.hpp"

namespace gibbs::testing {

// The answers, and for those that can be a small difference what they are a difference of.
struct ExactState {
  Mp log_partition, mean_energy, free_energy, entropy, heat_capacity, variance, third, fourth;
  Mp log_size, energy_size, free_size, entropy_size;  // |ln g_0| + |beta E_0| + ..., and so on
  Mp third_size, fourth_size;                         // <|E - U|^3>, <(E - U)^4>
};

// theta = k T, not 0, of either sign. At least one level that can be occupied.
ExactState exact_state(const thermo::Levels& levels, const Mp& theta);

// Each number of a state within `bar` of the exact one, in units of its size.
::testing::AssertionResult is_close(const thermo::State& got, const ExactState& exact, double bar);

}  // namespace gibbs::testing
