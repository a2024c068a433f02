// softmax, 1.5-entmax, sparsemax and argmax are one function: alpha says how far towards the
// maximum, the temperature how much the scores count.
#include <array>
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <limits>

int main() {
  const std::array<float, 3> scores{1.0F, 0.8F, -1.0F};
  const double infinity = std::numeric_limits<double>::infinity();
  std::array<float, 3> p{};

  std::printf("alpha    T = 1                T = 2\n");
  for (const double alpha : {1.0, 1.5, 2.0, infinity}) {
    std::printf("%-5.1f", alpha);
    for (const double temperature : {1.0, 2.0}) {
      gibbs::entmax(scores, p, {.alpha = alpha, .temperature = temperature});
      std::printf("  %.3f %.3f %.3f ", p[0], p[1], p[2]);
    }
    std::printf("\n");
  }
}

// prints
// alpha    T = 1                T = 2
// 1.0    0.512 0.419 0.069   0.440 0.398 0.162
// 1.5    0.571 0.429 0.000   0.511 0.442 0.046
// 2.0    0.600 0.400 0.000   0.550 0.450 0.000
// inf    1.000 0.000 0.000   1.000 0.000 0.000
