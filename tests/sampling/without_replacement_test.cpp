// Gumbel top-k and inclusion probabilities against enumeration; alias tables; the tests of fit.

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <set>
#include <vector>

#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::int64_t> top_k(const std::vector<double>& scores, std::int64_t k,
                                const DrawOptions<double>& options = {}) {
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(k));
  gumbel_top_k(scores, Rows<std::int64_t>(tokens.data(), 1, k), options);
  return tokens;
}

TEST(GumbelTopK, OrderedPairsComeAsOftenAsTheirProbability) {
  const std::vector<double> scores{0, 1, 2, -1};
  std::vector<double> p(4);
  softmax(scores, p);
  std::vector<std::int64_t> counts(16);
  for (std::uint64_t draw = 0; draw < 100000; ++draw) {
    const auto pair = top_k(scores, 2, {.first_draw = draw});
    ++counts[static_cast<std::size_t>(4 * pair[0] + pair[1])];
  }
  std::vector<double> law(16);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) law[4 * i + j] = i == j ? 0 : p[i] * p[j] / (1 - p[i]);
  }
  const auto fit = chi_square_test(counts, law);
  EXPECT_GT(fit.p_value, 1e-4);
  EXPECT_LT(fit.p_value, 1 - 1e-4);
}

TEST(GumbelTopK, TheFirstIsTheTokenOfGumbelMaxAndPerturbedScoresFall) {
  const auto scores = normal_scores<double>(2000, 1, 1);
  for (std::uint64_t draw = 0; draw < 20; ++draw) {
    std::vector<std::int64_t> tokens(50), first(1);
    std::vector<double> perturbed(50);
    const DrawOptions<double> options{.seed = 3, .first_draw = draw};
    gumbel_top_k(scores, Rows<std::int64_t>(tokens), options, Rows<double>(perturbed));
    gumbel_max(scores, Rows<std::int64_t>(first), options);
    EXPECT_EQ(tokens[0], first[0]);
    EXPECT_TRUE(std::is_sorted(perturbed.rbegin(), perturbed.rend()));
    EXPECT_EQ(std::set(tokens.begin(), tokens.end()).size(), 50u);
    const RowNoise row({3, 0}, 0);
    const auto token = static_cast<std::size_t>(tokens[7]);
    EXPECT_EQ(perturbed[7], scores[token] + gumbel_noise(row.bits(token, draw)));
    std::vector<std::pair<double, std::int64_t>> all;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      all.emplace_back(-scores[i] - gumbel_noise(row.bits(i, draw)), static_cast<std::int64_t>(i));
    }
    std::sort(all.begin(), all.end());
    for (std::size_t m = 0; m < 50; ++m) ASSERT_EQ(tokens[m], all[m].second);
  }
}

TEST(GumbelTopK, LogProbabilityIsThatOfTheOrderedDraw) {
  const std::vector<double> scores{0, 1, 40, -1, -60};
  std::vector<double> logs(4), p(5);
  softmax(scores, p);
  const auto tokens = top_k(scores, 4, {.log_probability = Rows<double>(logs.data(), 1, 4)});
  for (std::size_t m = 0; m < 4; ++m) {
    double left = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const auto at = static_cast<std::int64_t>(i);
      if (std::find(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(m), at) ==
          tokens.begin() + static_cast<std::ptrdiff_t>(m)) {
        left += std::exp(scores[i] - scores[static_cast<std::size_t>(tokens[m])]);
      }
    }
    EXPECT_NEAR(logs[m], -std::log(left), 1e-14 * std::max(1.0, std::log(left)));
  }
}

TEST(GumbelTopK, RowsWithFewStatesGiveAllOfThem) {
  const std::vector<double> scores{-kInfinity, 1, -kInfinity, 0};
  std::vector<double> perturbed(3), logs(3);
  std::vector<std::int64_t> tokens(3);
  gumbel_top_k(scores, Rows<std::int64_t>(tokens), {.log_probability = Rows<double>(logs)},
               Rows<double>(perturbed));
  EXPECT_EQ(std::set(tokens.begin(), tokens.end()), (std::set<std::int64_t>{1, 3, kNoToken}));
  EXPECT_EQ(tokens[2], kNoToken);
  EXPECT_EQ(perturbed[2], -kInfinity);
  EXPECT_EQ(logs[1], 0);  // the last one left is certain
  EXPECT_TRUE(std::isnan(logs[2]));
  EXPECT_EQ(top_k(scores, 0), std::vector<std::int64_t>{});
}

// Sums the probabilities of all ordered draws.
void enumerate(const std::vector<double>& p, std::int64_t k, double probability,
               std::vector<bool>& drawn, std::vector<double>& in) {
  if (k == 0) {
    for (std::size_t i = 0; i < p.size(); ++i) in[i] += drawn[i] ? probability : 0;
    return;
  }
  double left = 0;
  for (std::size_t i = 0; i < p.size(); ++i) left += drawn[i] ? 0 : p[i];
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (drawn[i] || p[i] == 0) continue;
    drawn[i] = true;
    enumerate(p, k - 1, probability * p[i] / left, drawn, in);
    drawn[i] = false;
  }
}

TEST(InclusionProbabilities, AreThoseOfAllOrderedDraws) {
  for (const double sigma : {0.1, 1.0, 4.0}) {
    const auto scores = normal_scores<double>(7, sigma, 21);
    std::vector<double> p(7), in(7);
    softmax(scores, p);
    for (std::int64_t k = 0; k <= 7; ++k) {
      std::vector<double> want(7);
      std::vector<bool> drawn(7);
      enumerate(p, k, 1, drawn, want);
      inclusion_probabilities(scores, k, in);
      for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(in[i], want[i], 1e-11) << sigma << " " << k;
    }
  }
}

TEST(InclusionProbabilities, SumToK) {
  const auto scores = normal_scores<float>(300, 5, 22);
  std::vector<double> in(300);
  for (const std::int64_t k : {1, 10, 120}) {
    inclusion_probabilities(scores, k, in);
    double sum = 0;
    for (const double v : in) sum += v;
    EXPECT_NEAR(sum, static_cast<double>(k), 1e-10 * static_cast<double>(k));
  }
  std::vector<double> p(300);
  inclusion_probabilities(scores, 1, in);
  softmax(std::vector<double>(scores.begin(), scores.end()), p);
  for (std::size_t i = 0; i < 300; ++i) EXPECT_NEAR(in[i], p[i], 1e-12);
}

// P(category i is among the k), by the probability of the set drawn so far: of n equal categories
// k / n, and of m twice as likely ones the recurrence over how many of these have come.
TEST(InclusionProbabilities, OfTwoKindsOfCategoriesAreThoseOfTheRecurrence) {
  constexpr std::int64_t kHeavy = 120, kLight = 180;
  std::vector<double> scores(kHeavy + kLight, 0.0), in(scores.size());
  std::fill_n(scores.begin(), kHeavy, std::log(7.0));
  for (const std::int64_t k : {1, 60, 150, 240, 299}) {
    std::vector<double> drawn(kHeavy + 1, 0.0);  // P(this many heavy ones so far)
    drawn[0] = 1;
    for (std::int64_t j = 0; j < k; ++j) {
      for (std::int64_t h = std::min(j, kHeavy); h >= 0; --h) {
        const auto at = static_cast<std::size_t>(h);
        const auto heavy = 7.0 * static_cast<double>(kHeavy - h);
        const auto light = std::max(static_cast<double>(kLight - (j - h)), 0.0);
        if (drawn[at] == 0) continue;
        const double to_heavy = drawn[at] * heavy / (heavy + light);
        if (h < kHeavy) drawn[at + 1] += to_heavy;
        drawn[at] -= to_heavy;
      }
    }
    double mean = 0;
    for (std::size_t h = 0; h < drawn.size(); ++h) mean += static_cast<double>(h) * drawn[h];
    inclusion_probabilities(scores, k, in);
    const double heavy = mean / kHeavy, light = (static_cast<double>(k) - mean) / kLight;
    for (std::size_t i = 0; i < in.size(); ++i) {
      ASSERT_NEAR(in[i], i < kHeavy ? heavy : light, 1e-12) << k << " " << i;
    }
  }
}

TEST(InclusionProbabilities, OfHalfOfAThousandSumToFiveHundred) {
  const auto scores = normal_scores<double>(1000, 1, 24);
  std::vector<double> in(1000);
  inclusion_probabilities(scores, 500, in);
  double sum = 0;
  for (const double v : in) sum += v;
  EXPECT_NEAR(sum, 500, 1e-9);
}

TEST(InclusionProbabilities, EdgesAndRefusals) {
  const std::vector<double> scores{1, -kInfinity, 2}, nan{1, NAN};
  std::vector<double> in(3), two(2);
  inclusion_probabilities(scores, 5, in);
  EXPECT_EQ(in, (std::vector<double>{1, 0, 1}));
  inclusion_probabilities(nan, 1, two);
  EXPECT_TRUE(std::isnan(two[0]) && std::isnan(two[1]));
  EXPECT_EQ(refusal([&] { inclusion_probabilities(scores, -1, in); }),
            "inclusion_probabilities: k must not be negative, got -1");
}

TEST(AliasTable, FollowsItsWeights) {
  auto weights = normal_scores<double>(1000, 2, 23);
  for (double& w : weights) w = std::exp(w);
  weights[17] = 0;
  const AliasTable table(weights);
  std::vector<std::int64_t> tokens(1000000), counts(1000);
  table.draw(tokens, {.seed = 5});
  for (const std::int64_t token : tokens) ++counts[static_cast<std::size_t>(token)];
  double total = 0;
  for (const double w : weights) total += w;
  for (double& w : weights) w /= total;
  const auto fit = chi_square_test(counts, weights);
  EXPECT_GT(fit.p_value, 1e-4);
  EXPECT_LT(fit.p_value, 1 - 1e-4);
  EXPECT_EQ(counts[17], 0);
}

// The share of each category, added up from the columns by drawing at their ends.
TEST(AliasTable, OfScoresIsTheirSoftmax) {
  const std::vector<float> scores{0, 1, 2, 3, -INFINITY};
  std::vector<float> p(5);
  softmax(scores, p);
  const auto table = AliasTable::of_scores(scores);
  constexpr std::uint64_t kSteps = 1 << 20;
  std::vector<double> shares(5);
  for (std::uint64_t i = 0; i < kSteps; ++i) {
    shares[static_cast<std::size_t>(table.draw(i << 44))] += 1.0 / kSteps;
  }
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(shares[i], p[i], 2e-5);
}

TEST(AliasTable, DrawsAreAFunctionOfTheirNumber) {
  const std::vector<double> weights{1, 2, 3};
  const AliasTable table(weights);
  std::vector<std::int64_t> all(10000), some(100);
  table.draw(all, {.seed = 1, .stream = 2}, 3);
  table.draw(some, {.seed = 1, .stream = 2}, 3, 7001);
  EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin() + 7001));
  table.draw(some, {.seed = 2, .stream = 2}, 3, 7001);
  EXPECT_FALSE(std::equal(some.begin(), some.end(), all.begin() + 7001));
}

TEST(AliasTable, BadWeightsAreRefused) {
  const auto refused = [](std::vector<double> weights) {
    return refusal([&] { AliasTable{weights}; });
  };
  EXPECT_EQ(refused({1, -2}), "AliasTable: weights[1] must not be negative, got -2");
  EXPECT_EQ(refused({}), "AliasTable: the sum of the weights must be positive and finite, got 0");
  EXPECT_EQ(refused({kInfinity}),
            "AliasTable: the sum of the weights must be positive and finite, got inf");
  EXPECT_EQ(refusal([] { AliasTable::of_scores(std::vector<double>{-kInfinity}); }),
            "AliasTable: scores hold no state to draw");
}

double exact_upper_gamma(double a, double x) {
  mpfr_t va, vx, gamma;
  mpfr_inits2(200, va, vx, gamma, nullptr);
  mpfr_set_d(va, a, MPFR_RNDN);
  mpfr_set_d(vx, x, MPFR_RNDN);
  mpfr_gamma_inc(vx, va, vx, MPFR_RNDN);
  mpfr_gamma(gamma, va, MPFR_RNDN);
  mpfr_div(vx, vx, gamma, MPFR_RNDN);
  const double q = mpfr_get_d(vx, MPFR_RNDN);
  mpfr_clears(va, vx, gamma, nullptr);
  return q;
}

TEST(Goodness, TheTailOfChiSquareIsThatOfMpfr) {
  for (const double dof : {1.0, 2.0, 3.0, 10.0, 99.0, 1000.0, 30000.0}) {
    for (const double z : {-5.0, -2.0, 0.0, 1.0, 4.0, 8.0}) {
      const double x = std::max(0.01, dof + z * std::sqrt(2 * dof));
      const double want = exact_upper_gamma(dof / 2, x / 2);
      EXPECT_NEAR(chi_square_tail(x, dof), want, 1e-10 * want + 1e-14) << dof << " " << z;
    }
  }
}

#ifdef __GLIBC__
// std::lgamma tells the sign of gamma in a global, which threads would race for.
TEST(Goodness, NoGlobalIsWritten) {
  const int before = signgam;
  signgam = 42;
  EXPECT_GT(chi_square_tail(3, 5), 0);
  const std::vector<double> scores{0, 1, 2}, log_y{-1, -2, -0.7};
  std::vector<double> log_density(1);
  concrete_log_density(scores, log_y, log_density);
  EXPECT_EQ(signgam, 42);
  signgam = before;
}
#endif

TEST(Goodness, PValuesOfUniformValuesAreUniform) {
  std::vector<double> p_values;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    std::vector<double> u(200);
    uniform_noise(u, {.seed = seed});
    p_values.push_back(uniformity_test(u).p_value);
  }
  const auto fit = uniformity_test(p_values);
  EXPECT_GT(fit.p_value, 1e-3);
  EXPECT_LT(uniformity_test(std::vector<double>(100, 0.5)).p_value, 1e-10);
  EXPECT_EQ(uniformity_test(std::vector<double>{0.5, NAN}).p_value, 0);
}

using CountsOf = std::vector<std::int64_t>;

TEST(Goodness, WhatCouldHardlyComeShowsWhereItComes) {
  EXPECT_LT(chi_square_test(CountsOf{50, 950}, std::vector{1e-300, 1.0}).p_value, 1e-300);
  EXPECT_LT(chi_square_test(CountsOf{40, 480, 480}, std::vector{0.002, 0.499, 0.499}).p_value,
            1e-30);
  // P(X >= 2) of 100 at 0.001: 1 - 0.999^100 - 100 0.001 0.999^99.
  const double want = 1 - std::pow(0.999, 100) - 0.1 * std::pow(0.999, 99);
  EXPECT_NEAR(chi_square_test(CountsOf{2, 98}, std::vector{0.001, 0.999}).p_value, want, 1e-12);
  // As often as expected, or never: nothing to see.
  EXPECT_EQ(chi_square_test(CountsOf{0, 1000}, std::vector{0.001, 0.999}).p_value, 1);
  EXPECT_GT(chi_square_test(CountsOf{1, 495, 504}, std::vector{0.001, 0.5, 0.499}).p_value, 0.5);
}

// Categories that are rare even together are counted with the least likely of the others: here
// with the second of two, 60 and 40 where 50 and 50 are expected.
TEST(Goodness, RareCategoriesAreCountedWithTheLeastLikelyOfTheOthers) {
  const auto fit = chi_square_test(CountsOf{60, 36, 4}, std::vector{0.5, 0.46, 0.04});
  EXPECT_NEAR(fit.statistic, 4, 1e-12);
  EXPECT_NEAR(fit.p_value, two_sided_tail(2), 1e-12);
  EXPECT_EQ(fit.degrees_of_freedom, 1);
}

// Of a right law with a rare category p-values below a bound are at most twice too often.
TEST(Goodness, RareCategoriesRaiseFewFalseAlarms) {
  const std::vector<double> p{0.5, 0.497, 0.003};
  std::vector<double> scores(3);
  for (std::size_t i = 0; i < 3; ++i) scores[i] = std::log(p[i]);
  std::int64_t below = 0;
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    std::vector<std::int64_t> tokens(300), counts(3);
    sample(scores, Rows<std::int64_t>(tokens.data(), 1, 300), {.seed = seed});
    for (const std::int64_t token : tokens) ++counts[static_cast<std::size_t>(token)];
    below += chi_square_test(counts, p).p_value < 0.01 ? 1 : 0;
  }
  EXPECT_LT(below, 100 + 40);
  EXPECT_GT(below, 20);
}

TEST(Goodness, BadProbabilitiesAreRefused) {
  const auto refused = [](double p) {
    return refusal([&] { chi_square_test(CountsOf{1, 2}, std::vector{0.5, p}); });
  };
  EXPECT_EQ(refused(kInfinity), "chi_square_test: probabilities[1] must be a number, got inf");
  EXPECT_EQ(refused(NAN), "chi_square_test: probabilities[1] must not be NaN, got nan");
  EXPECT_EQ(refused(-1), "chi_square_test: probabilities[1] must not be negative, got -1");
}

TEST(Goodness, CountsOfAnotherLawAreRejected) {
  EXPECT_LT(chi_square_test(std::vector<std::int64_t>{600, 400}, std::vector{0.5, 0.5}).p_value,
            1e-9);
  EXPECT_GT(chi_square_test(std::vector<std::int64_t>{505, 495}, std::vector{0.5, 0.5}).p_value,
            0.5);
  EXPECT_EQ(chi_square_test(std::vector<std::int64_t>{1, 9}, std::vector{0.0, 1.0}).p_value, 0);
  // One degree of freedom: P(|z| >= 2) = 0.0455.
  EXPECT_NEAR(chi_square_test(std::vector<std::int64_t>{60, 40}, std::vector{0.5, 0.5}).p_value,
              two_sided_tail(2), 1e-12);
  EXPECT_EQ(refusal([] {
              chi_square_test(std::vector<std::int64_t>{1, 2}, std::vector{1.0});
            }),
            "chi_square_test: probabilities must have 2 entries, one per count, got 1");
}

}  // namespace
}  // namespace gibbs::testing
