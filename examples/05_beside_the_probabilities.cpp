// The optimal value, the entropy, the size of the support and the threshold, from the same pass.
#include <array>
#include <cstdint>
#include <cstdio>
#include <gibbs/gibbs.hpp>

int main() {
  const std::array<double, 4> scores{2.0, 1.8, 0.9, -3.0};
  std::array<double, 4> p{};
  std::array<double, 1> log_partition{};
  std::array<double, 1> entropy{};
  std::array<double, 1> threshold{};
  std::array<std::int64_t, 1> support{};

  gibbs::entmax(scores, p,
                {.alpha = 1.5,
                 .log_partition = log_partition,
                 .entropy = entropy,
                 .support = support,
                 .threshold = threshold});

  std::printf("p              %.4f %.4f %.4f %.4f\n", p[0], p[1], p[2], p[3]);
  std::printf("log partition  %.4f\n", log_partition[0]);
  std::printf("entropy        %.4f\n", entropy[0]);
  std::printf("support        %d of 4\n", static_cast<int>(support[0]));
  std::printf("threshold      %.4f\n", threshold[0]);
}

// prints
// p              0.5508 0.4123 0.0369 0.0000
// log partition  2.3028
// entropy        0.4259
// support        3 of 4
// threshold      0.5157
