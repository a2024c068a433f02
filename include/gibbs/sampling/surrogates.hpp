#pragma once
// Estimators that carry the derivative of f through a draw as if it were smooth: little variance,
// but a bias for f that is not linear.

#include "gibbs/sampling/gradient_estimate.hpp"

namespace gibbs {

// Straight-through: k drawn from p = softmax(scores), then J grad f(e_k) with J the Jacobian of p.
//
// accuracy  unbiased for linear f, where its variance is 0
// cost      one evaluation of f with its gradient an estimate
// throws    std::invalid_argument: a score of NaN or +inf, no state, estimates < 2
// source    Bengio, Leonard & Courville 2013
GradientEstimate straight_through_gradient(std::span<const double> scores, const PointFunction& f,
                                           const EstimatorOptions& options = {});

// Straight-through Gumbel-softmax: J_y grad f(e_k) with J_y the Jacobian of the relaxed draw
// y = softmax((scores + G) / tau), of which k is the largest.
//
// accuracy  of linear f the gradient of E f(y), which tends to that of E f(k) as tau -> 0; the
//           variance grows as 1 / tau
// throws    as straight_through_gradient; tau not positive and finite
// source    Jang, Gu & Poole 2017
GradientEstimate gumbel_straight_through_gradient(std::span<const double> scores,
                                                  const PointFunction& f, double tau = 1,
                                                  const EstimatorOptions& options = {});

// Gumbel-Rao: the same with J_y replaced by its mean over `samples` noises given k (conditional
// Gumbels): Rao-Blackwell.
//
// accuracy  the mean of gumbel_straight_through_gradient, to the bias; never more variance
// cost      one evaluation of f with its gradient, and `samples` relaxations, an estimate
// throws    as gumbel_straight_through_gradient; samples < 1
// source    Paulus, Maddison & Krause 2021
GradientEstimate gumbel_rao_gradient(std::span<const double> scores, const PointFunction& f,
                                     double tau = 1, std::int64_t samples = 10,
                                     const EstimatorOptions& options = {});

}  // namespace gibbs
