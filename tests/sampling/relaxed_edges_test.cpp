// The edges of relaxed draws, what is refused, and that every parameter counts.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "sampling/relaxed_calls.hpp"
#include "support/bits.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

const double kNoLimit = std::numeric_limits<double>::infinity();
const double kTaus[] = {0, 5e-324, 1e-300, 1e-40, 1e-20, 1e-6, 0.01, 1, 100, 1e20, 1e300, kNoLimit};

template <Score T>
std::vector<T> numbers(std::initializer_list<double> values) {
  std::vector<T> all;
  for (const double value : values) all.push_back(from_double<T>(value));
  return all;
}

TEST(RelaxedEdges, NoTauMakesANaN) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> x = normal_scores<T>(40, 3, 511);
    for (std::size_t i = 0; i < 40; i += 3) x[i] = from_double<T>(-kNoLimit);
    for (const double alpha : {1.0, 1.5, 2.0, kNoLimit}) {
      for (const double tau : kTaus) {
        const auto y = relaxed_entmax<T>(Rows<const T>(x), {.seed = 1, .alpha = alpha, .tau = tau});
        double sum = 0;
        for (std::size_t i = 0; i < 40; ++i) {
          EXPECT_LE(to_double(y[i]), i % 3 == 0 ? 0 : 1);
          sum += to_double(y[i]);
        }
        EXPECT_NEAR(sum, 1, sizeof(T) == 2 ? 0.05 : 1e-5) << alpha << ", tau " << tau;
      }
    }
    for (const double tau : kTaus) {
      for (const T log_y : log_relaxed<T>(Rows<const T>(x), {.seed = 1, .tau = tau})) {
        EXPECT_LE(to_double(log_y), 1e-6) << tau;  // no NaN either
      }
    }
  });
}

TEST(RelaxedEdges, TauIsOneHotAtZeroAndUniformAtInfinity) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> x = numbers<T>({0, 1, -kNoLimit, 2, 0.5});
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const auto hot = relaxed<T>(Rows<const T>(x), {.seed = seed, .tau = 0.0});
      EXPECT_EQ(std::count_if(hot.begin(), hot.end(), [](T v) { return to_double(v) == 1; }), 1);
      EXPECT_EQ(std::count_if(hot.begin(), hot.end(), [](T v) { return to_double(v) == 0; }), 4);
    }
    const auto flat = relaxed<T>(Rows<const T>(x), {.seed = 1, .tau = kNoLimit});
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(to_double(flat[i]), i == 2 ? 0 : 0.25);
  });
}

TEST(RelaxedEdges, AbsentStatesHaveNothingHoweverTheyAreAbsent) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::vector<T> x = numbers<T>({0, 1, -kNoLimit, 900, 0.5});
    const std::vector<W> log_g{0, 0, 0, 0, -std::numeric_limits<W>::infinity()};
    const Mask mask({true, true, true, false, true});
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      for (const double tau : {0.0, 0.5, kNoLimit}) {
        const RelaxedOptions<T> options{
            .seed = seed, .tau = tau, .log_degeneracy = log_g, .mask = mask.view()};
        const auto y = relaxed<T>(Rows<const T>(x), options);
        const auto log_y = log_relaxed<T>(Rows<const T>(x), options);
        for (const std::size_t i : {2, 3, 4}) {
          EXPECT_EQ(to_double(y[i]), 0);
          EXPECT_EQ(to_double(log_y[i]), -kNoLimit);
        }
        EXPECT_NEAR(to_double(y[0]) + to_double(y[1]), 1, 0.01);
      }
    }
  });
}

TEST(RelaxedEdges, ANaNMakesItsRowNaNAndNoOther) {
  on_every_target_and_type([]<Score T>() {
    for (const double tau : {0.0, 0.5, kNoLimit}) {
      std::vector<T> x = normal_scores<T>(3 * 40, 1, 512), hot(120);
      x[40 + 17] = from_double<T>(std::nan(""));
      const Rows<const T> scores(x.data(), 3, 40);
      const auto y = relaxed<T>(scores, {.tau = tau});
      straight_through(scores, Rows<T>(hot.data(), 3, 40), {.tau = tau});
      for (std::size_t i = 0; i < 120; ++i) {
        EXPECT_EQ(std::isnan(to_double(y[i])), i / 40 == 1);
        EXPECT_EQ(std::isnan(to_double(hot[i])), i / 40 == 1);
      }
    }
  });
}

TEST(RelaxedEdges, ARowWithoutStatesIsZero) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> x(40, from_double<T>(-kNoLimit)), hot(40);
    for (const double tau : {0.0, 0.5, kNoLimit}) {
      straight_through(x, hot, {.tau = tau});
      for (const T v : relaxed<T>(Rows<const T>(x), {.tau = tau})) EXPECT_EQ(to_double(v), 0);
      for (const T v : hot) EXPECT_EQ(to_double(v), 0);
      for (const T v : log_relaxed<T>(Rows<const T>(x), {.tau = tau})) {
        EXPECT_EQ(to_double(v), -kNoLimit);
      }
    }
    EXPECT_TRUE(relaxed<T>(Rows<const T>(x.data(), 1, 0), {}).empty());
    EXPECT_TRUE(relaxed<T>(Rows<const T>(x.data(), 0, 40), {}).empty());
  });
}

// The law is then that of the states that softmax keeps, by g.
TEST(RelaxedEdges, TheLimitsOfTheTemperatureChooseTheStatesAndLeaveTheNoise) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> tied = numbers<T>({2, 1, 2, -kNoLimit});
    const std::vector<T> infinite = numbers<T>({2, kNoLimit, 3, kNoLimit});
    const std::vector<T> even = numbers<T>({0, -kNoLimit, 0, -kNoLimit});
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto cold = relaxed<T>(Rows<const T>(tied), {.seed = seed, .temperature = 0.0});
      const auto same = relaxed<T>(Rows<const T>(even), {.seed = seed});
      EXPECT_TRUE(same_bits(cold, same));
      const auto hot = relaxed<T>(Rows<const T>(tied), {.seed = seed, .temperature = kNoLimit});
      const auto flat = relaxed<T>(Rows<const T>(numbers<T>({0, 0, 0, -kNoLimit})), {.seed = seed});
      EXPECT_TRUE(same_bits(hot, flat));
      const auto among = relaxed<T>(Rows<const T>(infinite), {.seed = seed});
      EXPECT_TRUE(same_bits(
          among,
          relaxed<T>(Rows<const T>(numbers<T>({-kNoLimit, 5, -kNoLimit, 5})), {.seed = seed})));
    }
  });
}

TEST(RelaxedEdges, AnyTemperatureAndAnyScoreStayNumbers) {
  on_every_target_for<double, float>([]<Score T>() {
    const double large = static_cast<double>(std::numeric_limits<T>::max());
    const std::vector<T> x = numbers<T>({large, -large, 0, 1e-30, large / 2});
    for (const double temperature : kTaus) {
      for (const double tau : kTaus) {
        double sum = 0;
        for (const T v : relaxed<T>(Rows<const T>(x), {.temperature = temperature, .tau = tau})) {
          sum += static_cast<double>(v);
        }
        EXPECT_NEAR(sum, 1, 1e-5) << temperature << ", tau " << tau;
      }
    }
  });
}

TEST(RelaxedEdges, EveryParameterCounts) {
  const std::vector<double> x = normal_scores<double>(12, 1, 513);
  const std::vector<double> log_g = normal_scores<double>(12, 1, 516);
  const Rows<const double> rows(x.data(), 3, 4);
  const Mask mask({true, false, true, true});
  const std::vector<std::uint64_t> ids{0, 7, 2};
  const std::vector<double> taus{1, 1, 3}, temperatures{1, 2, 1}, alphas{1.5, 1.5, 1.2};
  using Options = RelaxedEntmaxOptions<double>;
  const Options changed[] = {
      {.seed = 1},
      {.stream = 1},
      {.first_row = 1},
      {.row_ids = ids},
      {.first_category = 1},
      {.draw = 1},
      {.alpha = 2.0},
      {.alpha = alphas},
      {.temperature = 2.0},
      {.temperature = temperatures},
      {.tau = 2.0},
      {.tau = taus},
      {.log_degeneracy = Rows<const double>(log_g.data(), 3, 4)},
      {.mask = mask.view()},
  };
  const auto before = relaxed_entmax<double>(rows, {});
  for (const Options& options : changed) {
    EXPECT_NE(relaxed_entmax<double>(rows, options), before) << &options - changed;
  }
}

TEST(RelaxedEdges, RowIdsAreWhatFirstRowCounts) {
  const std::vector<float> x = normal_scores<float>(12, 1, 514);
  const std::vector<std::uint64_t> ids{5, 6, 7};
  const Rows<const float> rows(x.data(), 3, 4);
  EXPECT_TRUE(
      same_bits(relaxed<float>(rows, {.first_row = 5}), relaxed<float>(rows, {.row_ids = ids})));
}

// log y_i - log y_j is (z_i - z_j) / tau in any piece of the row.
TEST(RelaxedEdges, APieceOfARowHasTheNoiseOfItsCategories) {
  const std::vector<double> x = normal_scores<double>(20, 1, 515);
  const auto whole = log_relaxed<double>(Rows<const double>(x), {.seed = 2, .tau = 0.5});
  const auto piece = log_relaxed<double>(Rows<const double>(x.data() + 7, 1, 9),
                                         {.seed = 2, .first_category = 7, .tau = 0.5});
  for (std::size_t i = 1; i < 9; ++i) {
    EXPECT_NEAR(piece[i] - piece[0], whole[7 + i] - whole[7], 1e-12);
  }
}

TEST(RelaxedEdges, WhatCannotBeRelaxedIsRefused) {
  const std::vector<float> x(6);
  std::vector<float> y(6), few(3);
  const Rows<const float> rows(x.data(), 2, 3);
  const Rows<float> out(y.data(), 2, 3);
  const auto with = [&](const RelaxedOptions<float>& options) {
    return refusal([&] { gumbel_softmax(rows, out, options); });
  };
  EXPECT_EQ(with({.tau = -1.0}), "gumbel_softmax: tau must not be negative, got -1");
  EXPECT_EQ(with({.tau = std::nan("")}), "gumbel_softmax: tau must not be NaN, got nan");
  const std::vector<double> taus{1, -2};
  EXPECT_EQ(with({.tau = taus}), "gumbel_softmax: tau must not be negative, got -2 in row 1");
  EXPECT_EQ(with({.temperature = -1.0}),
            "gumbel_softmax: temperature must not be negative, got -1");
  const std::vector<std::uint64_t> ids(3);
  EXPECT_EQ(with({.row_ids = ids}),
            "gumbel_softmax: row_ids must have 2 entries, one per row, got 3");
  EXPECT_EQ(refusal([&] { gumbel_entmax(rows, out, {.alpha = 0.0}); }),
            "gumbel_entmax: alpha must be positive, got 0");
  EXPECT_EQ(refusal([&] { gumbel_sparsemax(rows, few); }),
            "gumbel_sparsemax: relaxed must have the shape of scores, 2 x 3, got 1 x 3");
  EXPECT_EQ(refusal([&] { log_gumbel_softmax(rows, few); }),
            "log_gumbel_softmax: log_relaxed must have the shape of scores, 2 x 3, got 1 x 3");
  EXPECT_EQ(refusal([&] { straight_through(rows, few); }),
            "straight_through: one_hot must have the shape of scores, 2 x 3, got 1 x 3");
  EXPECT_EQ(refusal([&] { straight_through(rows, out, few); }),
            "straight_through: relaxed must have the shape of scores, 2 x 3, got 1 x 3");
}

}  // namespace
}  // namespace gibbs::testing
