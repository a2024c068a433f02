#pragma once
// The law of greatest entropy that has given means: Lagrange multipliers of several constraints.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/rows.hpp"

namespace gibbs::thermo {

//   multipliers    lambda_c: p_s = g_s exp(-sum_c lambda_c f_c(s)) / Z; beta, where f is the energy
//   log_partition  ln Z = ln sum_s g_s exp(-sum_c lambda_c f_c(s))
//   entropy        H(p; g) = -sum p ln(p / g) = ln Z + sum_c lambda_c m_c
//   probabilities  p_s
//   rank           how many of the moments are independent
//   on_boundary    p_s = 0 for some g_s > 0: the moments can be had by no finite multipliers. p is
//                  the limit; the multipliers and ln Z given are those among the states that keep
//                  any probability
//   gradient_norm  max_c |sum p f_c - m_c| / (max f_c - min f_c): what the answer misses
struct MaximumEntropy {
  std::vector<double> multipliers;
  double log_partition = 0;
  double entropy = 0;
  std::vector<double> probabilities;
  std::int64_t rank = 0;
  bool on_boundary = false;
  bool converged = false;
  std::int64_t iterations = 0;
  double gradient_norm = 0;
};

struct MaximumEntropyOptions {
  std::span<const double> degeneracies = {};  // empty: 1 each
  std::int64_t max_iterations = 200;
};

// Maximises H(p; g) subject to sum_s p_s f_c(s) = m_c, by a damped Newton iteration on the convex
// dual ln Z(lambda) + <lambda, m>. functions: moments x states.
//
// range     any number of states and moments, f and m over the whole range of a double; a
//           multiplier beyond it is infinite. Newton steps cost states x moments^2
// accuracy  gradient_norm about 1e-15; multipliers 1e-14 of themselves where the law is not close
//           to the boundary or to moments that depend on each other
// edges     moments that repeat others: the multipliers of least norm, each in units of
//           1 / (max f_c - min f_c). g = 0: p = 0. One moment is told from the ends of its range
//           exactly; of several, those nearer to the boundary than 1e-12 of the range are on it
// throws    std::invalid_argument: shapes; f or m not finite; g < 0, NaN or infinite; no state;
//           means that no law has, with a combination of them that shows it
// source    Jaynes 1957; the hull by Wolfe 1976
MaximumEntropy maximum_entropy(Rows<const double> functions, std::span<const double> moments,
                               const MaximumEntropyOptions& options = {});

}  // namespace gibbs::thermo
