// Scores to probabilities.
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

int main() {
  const std::vector<float> scores{3, 2, 1};
  std::vector<float> p(3);

  gibbs::softmax(scores, p);
  for (const float p_i : p) std::printf("%.3f ", p_i);
  std::printf(" log Z %.3f\n", gibbs::log_sum_exp(scores));
}

// prints
// 0.665 0.245 0.090  log Z 3.408
