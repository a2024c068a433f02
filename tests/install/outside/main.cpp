#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

int main() {
  const std::vector<float> scores{3, 2, 1};
  std::vector<float> p(3);
  gibbs::softmax(scores, p);
  std::printf("%.3f %.3f %.3f\n", p[0], p[1], p[2]);
}
