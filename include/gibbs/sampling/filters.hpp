#pragma once
// Filters that change the law of a row: by a temperature, or by leaving states out.

#include <cstdint>
#include <limits>

namespace gibbs {

// Below, p are the probabilities that a filter meets: those of the states that the filters before
// it have kept, renormalised, at the temperature that they have set. H is their entropy in nats.
// At least one state is always kept. "Off" keeps all.

// The scores divided by `temperature`. 0: the limit, all mass on the maxima; infinity: all alike.
// Each divides what those before have left, so temperatures multiply, beyond the range of a double
// too: 1e-200 twice and then 1e200 twice is 1. In a limit the law stays: 0 and then infinity are
// the maxima, in equal shares; infinity and then 0 all states.
struct Temperature {
  double temperature = 1;
};

// A temperature of low + (high - low) (H / log n)^exponent, n the number of states left.
struct DynamicTemperature {
  double low = 1, high = 1, exponent = 1;
};

// The k highest scores, of equal ones those in the lower columns: exactly k. 0: off.
// source    Fan, Lewis & Dauphin 2018
struct TopK {
  std::int64_t k = 0;
};

// The fewest states, in the order of p and then of the columns, whose mass is at least p. 1: off.
// source    Holtzman, Buys, Du, Forbes & Choi 2020
struct TopP {
  double p = 1;
};

// States of at least p times the highest probability. 0: off.
// source    Nguyen, Baker, Neo, Roush, Kirsch & Shwartz-Ziv 2024
struct MinP {
  double p = 0;
};

// The fewest states, in the order of |log p_i + H| and then of the columns, whose mass is at least
// p: those whose surprise is nearest to what is expected. 1: off.
// source    Meister, Pimentel, Wiher & Cotterell 2023
struct TypicalP {
  double p = 1;
};

// States of p_i >= epsilon. 0: off.
// source    Hewitt, Manning & Liang 2022
struct EpsilonCutoff {
  double epsilon = 0;
};

// States of p_i >= min(epsilon, sqrt(epsilon) exp(-H)). 0: off.
// source    Hewitt, Manning & Liang 2022
struct EtaCutoff {
  double epsilon = 0;
};

// Scores at most n standard deviations below the highest; the deviation is that of the population
// of the scores left, so no temperature changes it. Infinity: off.
// source    Tang, Liu, Xu & Huang 2024
struct TopNSigma {
  double n = std::numeric_limits<double>::infinity();
};

// The most states, in the order of p and then of the columns, whose law among themselves has an
// entropy of at most alpha H. 1: off.
// source    Baghaei Potraghloo, Azizi, Kundu & Pedram 2025
struct TopH {
  double alpha = 1;
};

// States of p_i >= sum_j p_j^2, the probability that two draws agree.
// source    Tan, Wu & Howard 2025 (p-less sampling)
struct PLess {};

// With `probability`, all states of p_i >= threshold but the least likely of them are left out:
// what is most obvious. The coin is noise of the row and the draw (truncation.hpp).
// source    Weidmann 2024, "Exclude Top Choices"
struct Xtc {
  double probability = 0, threshold = 0.1;
};

}  // namespace gibbs
