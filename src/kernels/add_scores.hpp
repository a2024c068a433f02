#pragma once
// Scores and noise, added: what relaxations map instead of scores.

#include <cstdint>

namespace gibbs::kernels {

// One row: n scores as lanes, the log degeneracies of their states (null: 0), and noise, which is
// replaced by the perturbed scores
//   z_i = (x_i - max x) / T + log g_i + noise_i,
// the maximum being that of the states with g > 0: what is near it keeps the noise's digits,
// however large the scores are.
//
// accuracy  each z_i is rounded three times: the same bits on every target
// edges     x_i = -inf or log g_i = -inf: z_i = -inf. A NaN, or log g_i = +inf: all NaN. T = 0, or
//           max x = +inf: the maxima have log g_i + noise_i, all others -inf. T = inf: all states
//           have log g_i + noise_i.
template <class W>
struct NoisyRow {
  const W* scores = nullptr;
  const W* log_weights = nullptr;
  std::int64_t n = 0;
  double temperature = 1;
  W* noise = nullptr;
};

void add_scores(const NoisyRow<float>& row);
void add_scores(const NoisyRow<double>& row);

// The first of the largest of z; -1 where none is above -inf or the first is NaN.
std::int64_t winner_of(const float* z, std::int64_t n);
std::int64_t winner_of(const double* z, std::int64_t n);

}  // namespace gibbs::kernels
