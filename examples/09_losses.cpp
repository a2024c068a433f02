// Softmax regression and its sparse relatives: each is trained by its own loss, on twelve points.

#include <algorithm>
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

int main() {
  const std::vector<double> points{-3, -2.5, -2, -1.8, -0.4, -0.1, 0.2, 0.5, 1.7, 2, 2.6, 3};
  const std::vector<int> classes{0, 0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 2};
  for (const double alpha : {1.0, 1.5, 2.0}) {
    std::vector<double> weight{-1, 0, 1}, bias(3), scores(36), grad(36), p(3);
    double loss = 0;
    for (int step = 0; step < 500; ++step) {
      for (std::size_t i = 0; i < 36; ++i) scores[i] = weight[i % 3] * points[i / 3] + bias[i % 3];
      loss = gibbs::fenchel_young_loss(gibbs::Rows<const double>(scores.data(), 12, 3), classes,
                                       alpha, {.grad_scores = {grad.data(), 12, 3}});
      for (std::size_t i = 0; i < 36; ++i) {
        weight[i % 3] -= grad[i] * points[i / 3];
        bias[i % 3] -= grad[i];
      }
    }
    for (std::size_t k = 0; k < 3; ++k) scores[k] = weight[k] * 2.0 + bias[k];
    gibbs::entmax(std::vector<double>(scores.begin(), scores.begin() + 3), p, {.alpha = alpha});
    std::printf("alpha %.1f: loss %.4f, at 2.0 p = %.4f %.4f %.4f\n", alpha, loss, p[0], p[1],
                p[2]);
  }
}
// prints
// alpha 1.0: loss 0.5642, at 2.0 p = 0.0033 0.2031 0.7936
// alpha 1.5: loss 0.2839, at 2.0 p = 0.0000 0.2369 0.7631
// alpha 2.0: loss 0.1911, at 2.0 p = 0.0000 0.3588 0.6412
