// Relaxed draws, and estimators of gradients against enumeration.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "gibbs/sampling/estimators.hpp"
#include "gibbs/sampling/goodness.hpp"
#include "gibbs/sampling/relaxed.hpp"
#include "gibbs/softmax.hpp"
#include "sampling/self_test.hpp"

namespace gibbs::sampling {
namespace {

// Of two categories y_1 <= y with probability sigmoid(tau logit(y) - (x_1 - x_2)).
SelfTestResult test_two_relaxed(std::uint64_t seed, std::int64_t count, double tau) {
  constexpr double kLead = 0.7;
  std::vector<double> shares, y(2);
  const std::vector<double> scores{kLead, 0};
  for (std::int64_t i = 0; i < count; ++i) {
    log_gumbel_softmax(scores, y,
                       {.seed = seed,
                        .stream = tau < 1 ? 1u : 0u,
                        .first_row = static_cast<std::uint64_t>(i),
                        .tau = tau});
    shares.push_back(1 / (1 + std::exp(kLead - tau * (y[0] - y[1]))));
  }
  const auto fit = uniformity_test(shares);
  char name[64];
  std::snprintf(name, sizeof name, "Kolmogorov-Smirnov of Gumbel-softmax, tau %g", tau);
  return judged(name, std::to_string(count) + " draws of 2", fit.statistic, fit.p_value);
}

// Which category of a relaxed draw is the largest.
SelfTestResult test_largest(std::uint64_t seed, std::int64_t count) {
  const std::vector<double> scores{0, 1, 2, -1, 0.5};
  std::vector<double> p(5), y(5);
  softmax(scores, p);
  std::vector<std::int64_t> counts(5);
  for (std::int64_t i = 0; i < count; ++i) {
    gumbel_softmax(scores, y,
                   {.seed = seed, .first_row = static_cast<std::uint64_t>(i), .tau = 0.1});
    ++counts[static_cast<std::size_t>(std::max_element(y.begin(), y.end()) - y.begin())];
  }
  const auto fit = chi_square_test(counts, p);
  return judged("chi-square of the largest of Gumbel-softmax",
                std::to_string(count) + " draws of 5", fit.statistic, fit.p_value);
}

const std::vector<double>& toy_scores() {
  static const std::vector<double> scores{0.5, -1, 0, 1};
  return scores;
}

// sum c y^2, which is c_k where y is one-hot.
double toy(std::span<const double> y, std::span<double> gradient) {
  constexpr double kWeights[] = {1, 4, -2, 2.5};
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum += kWeights[i] * y[i] * y[i];
    if (!gradient.empty()) gradient[i] = 2 * kWeights[i] * y[i];
  }
  return sum;
}

double toy_of(std::int64_t category) {
  std::vector<double> y(4);
  y[static_cast<std::size_t>(category)] = 1;
  return toy(y, {});
}

// p_i (f(i) - E f).
std::vector<double> exact_gradient() {
  std::vector<double> p(4), gradient;
  softmax(toy_scores(), p);
  double mean = 0;
  for (std::size_t i = 0; i < 4; ++i) mean += p[i] * toy_of(static_cast<std::int64_t>(i));
  for (std::size_t i = 0; i < 4; ++i) {
    gradient.push_back(p[i] * (toy_of(static_cast<std::int64_t>(i)) - mean));
  }
  return gradient;
}

// The largest z of a bias among the coordinates, with Sidak's correction for their number.
SelfTestResult bias_of(const char* name, const GradientEstimate& estimate,
                       const std::vector<double>& exact) {
  double worst = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    worst =
        std::max(worst, std::fabs(estimate.gradient[i] - exact[i]) / estimate.standard_error(i));
  }
  const double p_value = 1 - std::pow(1 - two_sided_tail(worst), static_cast<double>(exact.size()));
  char detail[96];
  std::snprintf(detail, sizeof detail, "%lld estimates, variance %.3g",
                static_cast<long long>(estimate.estimates), estimate.total_variance());
  return judged(std::string("z of the bias of ") + name, detail, worst, p_value);
}

// E (b - t)^2 of one bit that is 1 with probability sigmoid(x): (1 - 2 t) sigmoid'(x).
SelfTestResult test_arm(const EstimatorOptions& options) {
  constexpr double kTarget = 0.45, kScore = 0.3;
  const double p = 1 / (1 + std::exp(-kScore));
  const std::vector<double> scores{kScore}, exact{(1 - 2 * kTarget) * p * (1 - p)};
  const auto f = [](std::span<const double> b) { return (b[0] - kTarget) * (b[0] - kTarget); };
  return bias_of("ARM", arm_gradient(scores, f, options), exact);
}

}  // namespace

void add_tests_of_relaxations(Battery& battery) {
  const std::uint64_t seed = battery.seed;
  const std::int64_t draws = battery.draws(1e5);
  for (const double tau : {0.1, 1.0}) {
    battery.tests.push_back([=] { return test_two_relaxed(seed, draws, tau); });
  }
  battery.tests.push_back([=] { return test_largest(seed, draws); });
  EstimatorOptions options;
  options.seed = seed;
  options.estimates = draws;
  battery.tests.push_back([=] {
    return bias_of("the score function, leave one out",
                   score_function_gradient(toy_scores(), toy_of, 2, options), exact_gradient());
  });
  battery.tests.push_back([=] {
    return bias_of("REBAR", rebar_gradient(toy_scores(), toy, 0.5, 1, options), exact_gradient());
  });
  battery.tests.push_back([=] {
    // A control variate of its own: half of the relaxed f.
    const auto control = [](std::span<const double> z, std::span<double> gradient) {
      std::vector<double> y(z.size()), slope(z.size());
      softmax(z, y);
      const double value = toy(y, slope);
      if (!gradient.empty()) softmax_vjp(y, slope, gradient);
      for (double& g : gradient) g /= 2;
      return value / 2;
    };
    return bias_of("RELAX", relax_gradient(toy_scores(), toy_of, control, options),
                   exact_gradient());
  });
  battery.tests.push_back([=] { return test_arm(options); });
}

}  // namespace gibbs::sampling
