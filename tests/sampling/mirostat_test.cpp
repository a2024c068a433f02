// Mirostat: what it keeps, what it remembers, and that it reaches its target.

#include "gibbs/sampling/mirostat.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gibbs/sampling/truncation.hpp"
#include "sampling/truncation_reference.hpp"
#include "support/random.hpp"

namespace gibbs::testing {
namespace {

struct Step {
  std::int64_t token = 0, kept = 0;
  double log_p = 0;
};

template <Score T>
Step draw(const std::vector<T>& row, const Chain& chain, std::vector<MirostatState>& states,
          std::uint64_t number = 0) {
  std::vector<std::int64_t> token(1), kept(1);
  std::vector<double> log_p(1);
  TruncationOptions options{.first_draw = number};
  options.mirostat = states;
  options.kept = kept;
  options.log_probability = log_p;
  sample_truncated(row, chain, Rows<std::int64_t>(token), options);
  return {token[0], kept[0], log_p[0]};
}

TEST(Mirostat, TheSecondKeepsWhatDoesNotSurpriseMoreThanMu) {
  const auto row = normal_scores<double>(3000, 2, 1);
  const Chain chain{{MirostatV2{3, 0.1}}};
  for (const double mu : {0.01, 2.0, 6.0, 9.0, 40.0}) {
    Reference reference{widened_scores(row)};
    reference.mu = mu;
    std::vector<MirostatState> states{{mu}};
    TruncateOptions options;
    options.mirostat = states;
    EXPECT_EQ(kept_of(row, chain, options), reference(MirostatV2{})) << mu;
    EXPECT_EQ(states[0].mu, mu);
  }
}

// The k of the first, by its formula.
std::int64_t k_by_definition(const std::vector<double>& row, std::int64_t fitted, double mu) {
  Reals x(row.begin(), row.end());
  std::sort(x.begin(), x.end(), std::greater<>());
  long double tb = 0, tt = 0;
  for (std::int64_t i = 0; i + 1 < std::min<std::int64_t>(fitted, std::ssize(row)); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const long double t =
        std::log(static_cast<long double>(i + 2) / static_cast<long double>(i + 1));
    tb += t * (x[at] - x[at + 1]);
    tt += t * t;
  }
  const long double s = tb / tt, epsilon = s - 1, n = static_cast<long double>(row.size());
  const long double k = std::pow(
      epsilon * std::exp2(static_cast<long double>(mu)) / (1 - std::pow(n, -epsilon)), 1 / s);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::min(k, n)), 1, std::ssize(row));
}

TEST(Mirostat, TheFirstKeepsTheKOfAFittedLawOfZipf) {
  for (const double sigma : {0.2, 1.0, 3.0}) {
    const auto row = normal_scores<double>(3000, sigma, 2);
    for (const std::int64_t fitted : {2, 10, 100, 5000}) {
      for (const double mu : {0.5, 3.0, 8.0}) {
        std::vector<MirostatState> states{{mu}};
        TruncateOptions options;
        options.mirostat = states;
        const Chain chain{{Mirostat{3, 0.1, fitted}}};
        EXPECT_EQ(count_of(kept_of(row, chain, options)), k_by_definition(row, fitted, mu))
            << "sigma " << sigma << " fitted " << fitted << " mu " << mu;
      }
    }
  }
}

TEST(Mirostat, TheFirstHasAnAnswerForEveryRow) {
  const Chain chain{{Mirostat{}}};
  std::vector<MirostatState> states{MirostatState::start(5)};
  EXPECT_EQ(draw(std::vector<float>{3}, chain, states).token, 0);
  EXPECT_GE(draw(std::vector<float>(100, 1.0f), chain, states).kept, 1);
  std::vector<double> zipf;  // s = 1, where epsilon is 0
  for (int i = 1; i <= 500; ++i) zipf.push_back(-std::log(i));
  EXPECT_GT(draw(zipf, chain, states).kept, 1);
}

TEST(Mirostat, MuFollowsTheSurpriseOfWhatIsDrawn) {
  const auto row = normal_scores<double>(1000, 2, 3);
  for (const Filter& filter : {Filter{Mirostat{4, 0.2}}, Filter{MirostatV2{4, 0.2}}}) {
    std::vector<MirostatState> states{MirostatState::start(4)};
    EXPECT_EQ(states[0].mu, 8);
    for (std::uint64_t i = 0; i < 20; ++i) {
      const double before = states[0].mu;
      const Step step = draw(row, Chain{{filter}}, states, i);
      EXPECT_NEAR(states[0].mu, before - 0.2 * (-step.log_p / std::log(2.0) - 4), 1e-12);
    }
  }
}

TEST(Mirostat, TheSurpriseIsWhatWasAskedForOnTheAverage) {
  for (const double tau : {2.0, 4.0}) {
    for (const Filter& filter : {Filter{Mirostat{tau, 0.1}}, Filter{MirostatV2{tau, 0.1}}}) {
      std::vector<MirostatState> states{MirostatState::start(tau)};
      double sum = 0;
      constexpr std::uint64_t kSteps = 2000;
      for (std::uint64_t i = 0; i < kSteps; ++i) {
        const auto row = normal_scores<float>(2000, 2, i);
        sum -= draw(row, Chain{{filter}}, states, i).log_p / std::log(2.0);
      }
      EXPECT_NEAR(sum / static_cast<double>(kSteps), tau, 0.1);
    }
  }
}

TEST(Mirostat, ACopyOfItsStateGoesTheSameWay) {
  const Chain chain{{Temperature{0.9}, MirostatV2{3, 0.3}}};
  std::vector<MirostatState> first{MirostatState::start(3)};
  const auto step = [&](std::vector<MirostatState>& states, std::uint64_t i) {
    return draw(normal_scores<float>(500, 2, i), chain, states, i).token;
  };
  for (std::uint64_t i = 0; i < 10; ++i) step(first, i);
  std::vector<MirostatState> second = first;
  for (std::uint64_t i = 10; i < 30; ++i) {
    EXPECT_EQ(step(first, i), step(second, i));
    EXPECT_EQ(first[0].mu, second[0].mu);
  }
}

TEST(Mirostat, ARowWithoutALawLeavesItsStateAlone) {
  std::vector<MirostatState> states{{6}};
  draw(std::vector<float>{std::nanf(""), 1}, Chain{{MirostatV2{}}}, states);
  EXPECT_EQ(states[0].mu, 6);
}

TEST(Mirostat, EachParameterCounts) {
  const auto row = normal_scores<double>(800, 2, 4);
  const auto mu_after = [&](const Filter& filter) {
    std::vector<MirostatState> states{{6}};
    draw(row, Chain{{filter}}, states);
    return states[0].mu;
  };
  EXPECT_NE(mu_after(Mirostat{5, 0.1}), mu_after(Mirostat{4, 0.1}));
  EXPECT_NE(mu_after(Mirostat{5, 0.1}), mu_after(Mirostat{5, 0.2}));
  EXPECT_NE(mu_after(Mirostat{5, 0.1, 100}), mu_after(Mirostat{5, 0.1, 3}));
  EXPECT_NE(mu_after(MirostatV2{5, 0.1}), mu_after(MirostatV2{4, 0.1}));
  EXPECT_NE(mu_after(MirostatV2{5, 0.1}), mu_after(MirostatV2{5, 0.2}));
}

}  // namespace
}  // namespace gibbs::testing
