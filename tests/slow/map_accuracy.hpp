#pragma once
// The largest error of every map, by shape of the scores, target and number type.

#include "table.hpp"

namespace gibbs::testing {

// The three that share a reference.
struct SoftmaxTables {
  Table softmax, log_softmax, log_sum_exp;
};
SoftmaxTables softmax_accuracy();
Table entmax_accuracy();
Table vjp_accuracy();

}  // namespace gibbs::testing
