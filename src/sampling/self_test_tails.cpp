// The mass of many unlikely categories: where noise of 24 bits fails.

#include <cmath>
#include <cstdio>
#include <string>

#include "gibbs/sampling/goodness.hpp"
#include "gibbs/sampling/gumbel_max.hpp"
#include "gibbs/sampling/noise.hpp"
#include "sampling/self_test.hpp"

namespace gibbs::sampling {
namespace {

// n categories `gap` below one: they are drawn n / (n + e^gap) of the time.
struct Tail {
  std::int64_t n;
  double gap;
  double draws;
  double share() const { return static_cast<double>(n) / (static_cast<double>(n) + std::exp(gap)); }
};

// source    the gaps and sizes at which vLLM's and others' samplers were found wrong
constexpr Tail kTails[] = {{131072, 14, 4000},
                           {131072, 16, 6000},
                           {200000, 18, 10000},
                           {129280, 20, 20000},
                           {262144, 20.5, 20000}};

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::int64_t hits_of(const Tail& tail, std::uint64_t seed, std::int64_t draws) {
  std::vector<float> scores(static_cast<std::size_t>(tail.n + 1), 0.0f);
  scores[0] = static_cast<float>(tail.gap);
  std::int64_t hits = 0;
  for (std::int64_t d = 0; d < draws; ++d) {
    std::int64_t token = 0;
    gumbel_max(scores, Rows<std::int64_t>(&token, 1, 1),
               {.seed = seed, .first_draw = static_cast<std::uint64_t>(d)});
    hits += token == 0 ? 0 : 1;
  }
  return hits;
}

// P(at most k) of a binomial variable, from the ratio of its terms.
double binomial_up_to(std::int64_t k, std::int64_t n, double p) {
  if (k < 0) return 0;
  double log_term = static_cast<double>(n) * std::log1p(-p), sum = 0;
  for (std::int64_t i = 0; i <= k; ++i) {
    sum += std::exp(log_term);
    log_term += std::log(static_cast<double>(n - i) / static_cast<double>(i + 1)) + std::log(p) -
                std::log1p(-p);
  }
  return sum < 1 ? sum : 1;
}

// The probability of a count at least as far out on its side, times two.
double two_sided(std::int64_t hits, std::int64_t n, double p) {
  const double below = binomial_up_to(hits, n, p), above = 1 - binomial_up_to(hits - 1, n, p);
  const double both = 2 * (below < above ? below : above);
  return both < 1 ? both : 1;
}

SelfTestResult test_tail(const Tail& tail, std::uint64_t seed, std::int64_t draws) {
  const std::int64_t hits = hits_of(tail, seed, draws);
  const double mean = tail.share() * static_cast<double>(draws);
  const double z = (static_cast<double>(hits) - mean) / std::sqrt(mean * (1 - tail.share()));
  SelfTestResult result = judged("z of the tail at gap " + number("%g", tail.gap),
                                 std::to_string(hits) + " of " + std::to_string(draws) +
                                     " draws, expected " + number("%.4g", mean),
                                 z, two_sided(hits, draws, tail.share()));
  result.passed = result.p_value > 1e-4;  // a count equal to its mean is no suspect
  return result;
}

// z-scores of a tail over many seeds: as p-values they are uniform.
SelfTestResult test_tail_of_seeds(std::uint64_t seed, std::int64_t seeds) {
  constexpr Tail kSmall{2000, 7, 500};
  std::vector<double> p_values;
  const auto draws = static_cast<std::int64_t>(kSmall.draws);
  const double mean = kSmall.share() * kSmall.draws;
  const double deviation = std::sqrt(mean * (1 - kSmall.share()));
  for (std::int64_t s = 0; s < seeds; ++s) {
    const auto hits = hits_of(kSmall, seed + 1 + static_cast<std::uint64_t>(s), draws);
    p_values.push_back(std::erfc((static_cast<double>(hits) - mean) / deviation / std::sqrt(2)) /
                       2);
  }
  const auto fit = uniformity_test(p_values);
  return judged("Kolmogorov-Smirnov of the tail's z", std::to_string(seeds) + " seeds at gap 7",
                fit.statistic, fit.p_value);
}

}  // namespace

void add_tests_of_tails(Battery& battery) {
  const std::uint64_t seed = battery.seed;
  for (const Tail& tail : kTails) {
    const std::int64_t draws = battery.draws(tail.draws);
    battery.tests.push_back([&tail, seed, draws] { return test_tail(tail, seed, draws); });
  }
  const std::int64_t seeds = battery.draws(1000);
  battery.tests.push_back([seed, seeds] { return test_tail_of_seeds(seed, seeds); });
}

}  // namespace gibbs::sampling
