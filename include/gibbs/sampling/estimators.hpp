#pragma once
// Estimators of the gradient of E f(k), k drawn from softmax(scores), in the scores; all of them.
//
// The exact gradient is p_i (f(i) - E f), n evaluations of f. Estimators are for f that is known
// only where it is drawn, or too many categories. Each is unbiased for every f or says for which.

#include "gibbs/sampling/arm.hpp"
#include "gibbs/sampling/control_variates.hpp"
#include "gibbs/sampling/gradient_estimate.hpp"
#include "gibbs/sampling/score_function.hpp"
#include "gibbs/sampling/surrogates.hpp"
