// One step of learning: the gradient of a loss in the probabilities becomes one in the scores, and
// one in the temperature.
#include <array>
#include <cstdio>
#include <gibbs/gibbs.hpp>

int main() {
  const std::array<double, 3> scores{1.0, 0.8, -1.0};
  const std::array<double, 3> upstream{-1.0, 0.0, 1.0};  // d loss / d p
  const double temperature = 0.5;
  std::array<double, 3> p{};
  std::array<double, 3> gradient{};
  std::array<double, 1> in_temperature{};
  std::array<double, 1> in_alpha{};

  gibbs::entmax(scores, p, {.alpha = 1.5, .temperature = temperature});
  gibbs::entmax_vjp(p, upstream, gradient,
                    {.alpha = 1.5,
                     .temperature = temperature,
                     .grad_temperature = in_temperature,
                     .grad_alpha = in_alpha});

  std::printf("p                 %.4f %.4f %.4f\n", p[0], p[1], p[2]);
  std::printf("d loss / d score  %.4f %.4f %.4f\n", gradient[0], gradient[1], gradient[2]);
  std::printf("d loss / d T      %.4f\n", in_temperature[0]);
  std::printf("d loss / d alpha  %.4f\n", in_alpha[0]);
}

// prints
// p                 0.6400 0.3600 0.0000
// d loss / d score  -0.6857 0.6857 0.0000
// d loss / d T      0.2743
// d loss / d alpha  -0.0988
