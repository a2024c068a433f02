#pragma once
// What softmax, log_softmax, log_sum_exp and entmax share: rows in, rows out.

#include "gibbs/options.hpp"
#include "kernels/softmax.hpp"

namespace gibbs::maps {

// A checked request. alpha = 1 is softmax; out is empty for Output::kNothing.
template <Score T>
struct Request {
  Rows<const T> scores;
  Rows<T> out;
  kernels::Output output = kernels::Output::kProbabilities;
  EntmaxOptions<T> options;
};

// Throws std::invalid_argument in the name of `function`.
template <Score T>
void check(const char* function, const char* out_name, const Request<T>& request);

// Maps every row.
template <Score T>
void run(const Request<T>& request);

}  // namespace gibbs::maps
