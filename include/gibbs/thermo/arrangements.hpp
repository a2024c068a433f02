#pragma once
// In how many ways N systems can be distributed over levels.

#include <cstdint>
#include <span>
#include <string>

#include "gibbs/thermo/countable_levels.hpp"

namespace gibbs::thermo {

// W = N! prod_s g_s^n_s / n_s!, N = sum_s n_s: which of N distinguishable systems is in which of
// the g_s states of which level, if n_s of them are in level s. As decimal text, every digit of it.
// degeneracies empty: 1 each.
//
// range     N up to 100000
// cost      by prime factors: N = 1000 takes 0.1 ms, 100000 about 2 s, most of it the decimal text
// throws    std::invalid_argument: n < 0, g < 0; spans of different lengths; N out of range
std::string arrangements(std::span<const std::int64_t> occupation,
                         std::span<const std::int64_t> degeneracies = {});

// ln W; -inf where a level without states is occupied.
// range     N up to 2^53
// accuracy  2e-15 of itself (of ln(N! / prod n_s!) and each n_s ln g_s, all from 0)
// throws    as above
double log_arrangements(std::span<const std::int64_t> occupation,
                        std::span<const std::int64_t> degeneracies = {});

// The number of different occupations n of N systems that have the energy (in quanta), as decimal
// text.
// range     min(N, E) E up to 4e6, E above the lowest or below the highest that N can have
// cost      that many additions for each level
// throws    std::invalid_argument: N < 0; a problem beyond the range
std::string macrostates(const CountableLevels& levels, std::int64_t count, std::int64_t energy);

}  // namespace gibbs::thermo
