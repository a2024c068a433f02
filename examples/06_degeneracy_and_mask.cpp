// A degeneracy counts a state several times (a prior, a statistical weight); a mask takes it out.
#include <array>
#include <cmath>
#include <cstdio>
#include <gibbs/gibbs.hpp>

int main() {
  // Rotational levels of a stiff molecule: energy J (J + 1), and 2 J + 1 states of each.
  std::array<double, 4> scores{};
  std::array<double, 4> log_g{};
  for (int j = 0; j < 4; ++j) {
    scores[j] = -j * (j + 1.0);
    log_g[j] = std::log(2.0 * j + 1);
  }
  const std::array<bool, 4> even{true, false, true, false};
  std::array<double, 4> all{};
  std::array<double, 4> para{};

  gibbs::softmax(scores, all, {.temperature = 4.0, .log_degeneracy = log_g});
  gibbs::softmax(scores, para, {.temperature = 4.0, .log_degeneracy = log_g, .mask = even});
  for (int j = 0; j < 4; ++j) std::printf("J = %d   %.4f   %.4f\n", j, all[j], para[j]);
}

// prints
// J = 0   0.2334   0.4727
// J = 1   0.4248   0.0000
// J = 2   0.2604   0.5273
// J = 3   0.0814   0.0000
