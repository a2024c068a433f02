#pragma once
// How far a contestant's answer is from the exact one: so that nobody wins by being wrong.
// Every row's sum is checked, and a few whole rows. NaN compares as the largest error.

#include "driver/arena.hpp"

namespace gibbs::bench {

// Largest |p / exact - 1| over a few rows, and largest |sum p - 1| over all.
double softmax_error(const Arena& arena, Rows<const float> p);
// Largest |log Z - exact| over a few rows.
double log_sum_exp_error(const Arena& arena);
// The optimality conditions: with the threshold that the largest p implies, every p has the form
// [(alpha - 1) x - tau]_+^(1 / (alpha - 1)), in units of the largest p; and all rows sum to 1.
double entmax_error(const Arena& arena, Rows<const float> p, double alpha);
// Largest |gradient - exact| over a few rows, in units of the row's largest p.
double softmax_vjp_error(const Arena& arena, Rows<const float> gradient);
// The number of elements that differ from the scores.
double copy_error(const Arena& arena);

}  // namespace gibbs::bench
