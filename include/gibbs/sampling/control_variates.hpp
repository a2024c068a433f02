#pragma once
// Unbiased estimators whose variance a relaxed stand-in of f takes away.

#include "gibbs/sampling/gradient_estimate.hpp"

namespace gibbs {

// RELAX: with z = scores + G, k the largest of z, and z~ drawn from the law of z given k,
//   (f(k) - c(z~)) (e_k - p) + grad c(z) - grad c(z~),
// gradients in the scores at fixed noise, that of z~ through the conditional Gumbels
// (conditional_gumbels.hpp). z itself has the law that z~ must have, so z~ = z: one evaluation
// less, and mostly less variance. The control variate c, a function of perturbed scores with its
// gradient, is the caller's: the nearer it is to f(k), the smaller the variance. A score of -inf
// stays one in z.
//
// accuracy  unbiased for every f and every differentiable c
// cost      one evaluation of f, and one of c with its gradient, an estimate
// throws    std::invalid_argument: a score of NaN or +inf, no state, estimates < 2
// source    Grathwohl, Choi, Wu, Roeder & Duvenaud 2018
GradientEstimate relax_gradient(std::span<const double> scores, const CategoryFunction& f,
                                const PointFunction& control, const EstimatorOptions& options = {});

// REBAR: RELAX with c(z) = eta f(softmax(z / tau)), for f that is known inside the simplex.
//
// accuracy  unbiased for every f, tau and eta
// cost      two evaluations of f an estimate, one of them with the gradient
// throws    as relax_gradient; tau not positive and finite; eta NaN or infinite
// source    Tucker, Mnih, Maddison, Lawson & Sohl-Dickstein 2017
GradientEstimate rebar_gradient(std::span<const double> scores, const PointFunction& f,
                                double tau = 0.5, double eta = 1,
                                const EstimatorOptions& options = {});

// The eta of least total variance, as the given estimates have it. Draws of its own keep REBAR
// unbiased: give it another seed, stream or first_draw than the estimate that uses it.
//
// edges     0 where the control variate does nothing
// throws    as rebar_gradient
double rebar_eta(std::span<const double> scores, const PointFunction& f, double tau = 0.5,
                 const EstimatorOptions& options = {});

}  // namespace gibbs
