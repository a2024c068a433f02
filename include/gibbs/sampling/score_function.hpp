#pragma once
// The score-function estimator, which needs nothing of f but its values.

#include "gibbs/sampling/gradient_estimate.hpp"

namespace gibbs {

// One estimate is the mean over `samples` draws k of (f(k) - b) (e_k - p), p = softmax(scores), the
// baseline b of each draw being the mean of f over the others ("leave one out"); no baseline for
// one sample. e_k - p is the gradient of log p_k.
//
// range     finite scores or -inf; samples >= 1
// accuracy  unbiased for every f; a constant added to f changes nothing, from 2 samples on
// cost      samples evaluations of f an estimate
// throws    std::invalid_argument: a score of NaN or +inf, no state, estimates < 2, samples < 1
// source    Williams 1992; Kool, van Hoof & Welling 2019 ("Buy 4 REINFORCE samples")
GradientEstimate score_function_gradient(std::span<const double> scores, const CategoryFunction& f,
                                         std::int64_t samples = 2,
                                         const EstimatorOptions& options = {});

}  // namespace gibbs
