// A router that keeps two experts of five, attention to keys of which none may matter, and softmax
// with other tails.

#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

void show(const char* what, const std::vector<double>& p) {
  std::printf("%-20s", what);
  for (const double x : p) std::printf(" %7.4f", x);
  std::printf("\n");
}

int main() {
  const std::vector<double> scores{1.5, 0.2, 1.1, -0.4, 1.4}, upstream{1, 0, 0, 0, 0};
  std::vector<double> p(5), grad(5);
  gibbs::top_k_softmax(scores, 2, p);
  show("the two highest", p);
  gibbs::softmax_vjp(p, upstream, grad);
  show("  derivative", grad);
  gibbs::top_k_sparsemax(scores, 2, p);
  show("  sparse", p);

  std::vector<double> rest(1), by_sink(1);
  for (const double sink : {0.0, 4.0}) {
    gibbs::sink_softmax(scores, p, {.sink = sink, .sink_probability = rest});
    show("beside a sink", p);
    gibbs::sink_softmax_vjp(p, upstream, grad, {.sink_probability = rest, .grad_sink = by_sink});
    std::printf("  it takes %.4f, and moves p[0] by %.4f\n", rest[0], by_sink[0]);
  }

  gibbs::tempered_softmax(scores, 0.5, p);
  show("tempered, t = 0.5", p);
  gibbs::tempered_softmax(scores, 1.5, p);
  show("tempered, t = 1.5", p);
}
// prints
// the two highest       0.5250  0.0000  0.0000  0.0000  0.4750
//   derivative          0.2494  0.0000  0.0000  0.0000 -0.2494
//   sparse              0.5500  0.0000  0.0000  0.0000  0.4500
// beside a sink         0.3105  0.0846  0.2081  0.0464  0.2810
//   it takes 0.0693, and moves p[0] by -0.0215
// beside a sink         0.0659  0.0180  0.0442  0.0099  0.0596
//   it takes 0.8025, and moves p[0] by -0.0529
// tempered, t = 0.5     0.4282  0.0000  0.2065  0.0000  0.3653
// tempered, t = 1.5     0.2641  0.1484  0.2172  0.1192  0.2510
