#pragma once
// ARM, for functions of independent yes-or-no states.

#include "gibbs/sampling/gradient_estimate.hpp"

namespace gibbs {

// f of bits, each 0 or 1.
using BitsFunction = std::function<double(std::span<const double> bits)>;

// Augment, reinforce, merge: the gradient of E f(b) in the scores x, where b_j = 1 with probability
// 1 / (1 + exp(-x_j)):
//   (f([u > sigmoid(-x)]) - f([u < sigmoid(x)])) (u - 1/2),  u uniform.
//
// range     any scores but NaN; infinite ones are certain, and their gradient is 0
// accuracy  unbiased for every f
// cost      two evaluations of f an estimate, one where both are of the same bits
// throws    std::invalid_argument: a score of NaN, estimates < 2
// source    Yin & Zhou 2019
GradientEstimate arm_gradient(std::span<const double> scores, const BitsFunction& f,
                              const EstimatorOptions& options = {});

}  // namespace gibbs
