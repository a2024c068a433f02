#pragma once
// What the vector-Jacobian products share: rows in, gradients of rows and of parameters out.

#include "gibbs/options.hpp"
#include "kernels/vjp.hpp"

namespace gibbs::maps {

// A checked request. given: probabilities, or log-probabilities for kLogSoftmax.
template <Score T>
struct VjpRequest {
  kernels::VjpOf of = kernels::VjpOf::kEntmax;
  Rows<const T> given, upstream;
  Rows<T> grad_scores;
  EntmaxVjpOptions<T> options;
};

// Throws std::invalid_argument in the name of `function`; given_name is that of its first argument.
template <Score T>
void check(const char* function, const char* given_name, const VjpRequest<T>& request);

template <Score T>
void run(const VjpRequest<T>& request);

}  // namespace gibbs::maps
