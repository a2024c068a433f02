// Draws that have derivatives: from one-hot to smooth, and the gradient of an expectation.

#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <span>
#include <vector>

void show(const char* what, const std::vector<double>& values) {
  std::printf("%-26s", what);
  for (const double v : values) std::printf(" %7.4f", v);
  std::printf("\n");
}

int main() {
  const std::vector<double> scores{1, 0, -1, 0.5}, upstream{1, 0, 0, 0};
  std::vector<double> hot(4), y(4), log_y(4), grad(4), by_tau(1), log_density(1);

  // The same noise at every tau: the largest share is the draw.
  gibbs::straight_through(scores, hot, y, {.seed = 4, .tau = 0.5});
  show("one-hot", hot);
  show("relaxed, tau 0.5", y);
  gibbs::gumbel_sparsemax(scores, y, {.seed = 4, .tau = 0.5});
  show("relaxed sparsemax", y);

  // In log space nothing underflows, and the density is known.
  gibbs::log_gumbel_softmax(scores, log_y, {.seed = 4, .tau = 0.5});
  gibbs::log_gumbel_softmax_vjp(log_y, upstream, grad, {.tau = 0.5, .grad_tau = by_tau});
  show("log y", log_y);
  show("  derivative of log y[0]", grad);
  gibbs::concrete_log_density(scores, log_y, log_density, {.tau = 0.5});
  std::printf("  by tau %.4f, log density %.4f\n", by_tau[0], log_density[0]);

  // d/dx E f(k), by enumeration and from draws.
  const std::vector<double> f{3, 1, 4, 1};
  std::vector<double> exact(4);
  gibbs::softmax(scores, y);
  gibbs::softmax_vjp(y, f, exact);
  show("exact gradient", exact);
  const auto estimate = gibbs::score_function_gradient(
      scores, [&](std::int64_t k) { return f[static_cast<std::size_t>(k)]; }, 4,
      {.seed = 5, .estimates = 10000});
  show("from 40000 draws", estimate.gradient);
  std::vector<double> error(4);
  for (std::size_t i = 0; i < 4; ++i) error[i] = estimate.standard_error(i);
  show("  standard error", error);
}
// prints
// one-hot                     1.0000  0.0000  0.0000  0.0000
// relaxed, tau 0.5            0.6650  0.3223  0.0018  0.0108
// relaxed sparsemax           0.8621  0.1379  0.0000  0.0000
// log y                      -0.4079 -1.1322 -6.3115 -4.5258
//   derivative of log y[0]    0.6699 -0.6447 -0.0036 -0.0217
//   by tau -0.5775, log density 5.2308
// exact gradient              0.4074 -0.1989  0.1193 -0.3279
// from 40000 draws            0.4058 -0.2006  0.1216 -0.3268
//   standard error            0.0026  0.0023  0.0023  0.0026
