#pragma once
// Derivatives of the reference by finite differences.

#include <functional>
#include <vector>

#include "support/reference.hpp"

namespace gibbs::testing {

// The derivatives of one number with respect to every input of a map.
struct Gradient {
  std::vector<long double> scores;
  std::vector<long double> log_degeneracy;
  long double temperature = 0;
  long double alpha = 0;
};

// f'(x) by the central difference of fourth order: truncation h^4 f^(5) / 30, rounding eps f / h.
long double derivative(const std::function<long double(long double)>& f, long double x,
                       long double h = 0x1p-14L);

// The gradient of `value`. Scores and log g of -inf, and parameters at 0 or infinity, are not
// moved: their derivative is 0 by contract.
Gradient gradient(const std::function<long double(const Problem&)>& value, const Problem& problem);

// The gradient of sum_i v_i p_i, of sum_i v_i log p_i (over p_i > 0), and of v log Z.
Gradient numeric_vjp(const Problem& problem, const std::vector<long double>& upstream);
Gradient numeric_log_vjp(const Problem& problem, const std::vector<long double>& upstream);
Gradient numeric_log_partition_vjp(const Problem& problem, long double upstream);

}  // namespace gibbs::testing
