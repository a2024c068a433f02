#pragma once
// Arrangements as integers, inside the room.

#include <cstdint>
#include <span>

#include "thermo/exact.hpp"

namespace gibbs::thermo {

// N! prod g_s^n_s / n_s!; degeneracies empty: 1 each. Nothing is checked.
Integer count_arrangements(std::span<const std::int64_t> occupation,
                           std::span<const std::int64_t> degeneracies);

// ln i, i >= 1. accuracy  1e-15 of itself
double log_of(const Integer& i);

// The sign of W(a) - W(b) for two occupations of the same N, in integers. Cost: the square of the
// number of systems that would have to move.
int compare_arrangements(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                         std::span<const std::int64_t> degeneracies);

}  // namespace gibbs::thermo
