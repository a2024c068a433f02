#pragma once
// The largest error of every map, by shape of the scores, target and number type.

#include "table.hpp"

namespace gibbs::testing {

Table softmax_accuracy();
Table log_softmax_accuracy();
Table log_sum_exp_accuracy();
Table entmax_accuracy();
Table vjp_accuracy();

}  // namespace gibbs::testing
