#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/bar.hpp>
#include <limits>
#include <vector>

#include "support/near.hpp"
#include "support/refusal.hpp"
#include "thermo/mbar_systems.hpp"

namespace gibbs::testing {
namespace {

using thermo::BarResult;
using thermo::SolveStatus;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Work {
  std::vector<double> forward, reverse;
  BarResult solve() const { return thermo::bar(forward, reverse); }
};

Work work_of(const Sampled& s) {
  Work work;
  const Rows<const double> u = s.rows();
  for (std::int64_t n = 0; n < s.samples(); ++n) {
    const double w = u(1, n) - u(0, n);
    (n < s.counts[0] ? work.forward : work.reverse).push_back(n < s.counts[0] ? w : -w);
  }
  return work;
}

Oscillators two_oscillators() { return {{0, 1.5}, {1, 3}}; }

// Bennett's two sums at df.
long double imbalance(const Work& work, long double df) {
  const long double ratio =
      static_cast<long double>(work.forward.size()) / static_cast<long double>(work.reverse.size());
  long double sum = 0;
  for (const double w : work.forward) sum += 1 / (1 + ratio * std::exp(w - df));
  for (const double w : work.reverse) sum -= 1 / (1 + std::exp(w + df) / ratio);
  return sum;
}

TEST(Bar, IsTheRootOfBennettsEquation) {
  const Work work = work_of(two_oscillators().sample({40, 70}, 1));
  long double low = -20, high = 20;
  for (int i = 0; i < 100; ++i)
    (imbalance(work, (low + high) / 2) < 0 ? low : high) = (low + high) / 2;
  EXPECT_TRUE(near(work.solve().free_energy, low, 1e-13L));
  EXPECT_TRUE(work.solve().report.converged);
}

TEST(Bar, IsMbarOfTwoStates) {
  const Sampled s = two_oscillators().sample({400, 700}, 2);
  const auto mbar = s.solve();
  const BarResult bar = work_of(s).solve();
  EXPECT_NEAR(bar.free_energy, mbar.free_energies()[1], 1e-13);
  EXPECT_NEAR(bar.error, mbar.uncertainty()(0, 1), 1e-13);
}

TEST(Bar, ItsErrorIsBennetts) {
  // 1 / sum p_0 p_1 - 1 / N_0 - 1 / N_1.
  const Work work = work_of(two_oscillators().sample({400, 700}, 3));
  const BarResult bar = work.solve();
  double shared = 0;
  const double shift = std::log(400.0 / 700) - bar.free_energy;
  for (const double w : work.forward) shared += 0.25 / std::pow(std::cosh((w + shift) / 2), 2);
  for (const double w : work.reverse) shared += 0.25 / std::pow(std::cosh((w - shift) / 2), 2);
  EXPECT_NEAR(bar.error, std::sqrt(1 / shared - 1 / 400.0 - 1 / 700.0), 1e-12);
  EXPECT_NEAR(bar.overlap, shared * 1100 / (400.0 * 700), 1e-12);
}

TEST(Bar, OscillatorsAreWithinTheirErrors) {
  const Oscillators o = two_oscillators();
  double squares = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const BarResult bar = work_of(o.sample({300, 200}, seed)).solve();
    const double z = (bar.free_energy - (o.free_energy(1) - o.free_energy(0))) / bar.error;
    EXPECT_LT(std::abs(z), 4) << seed;
    squares += z * z;
  }
  EXPECT_NEAR(squares / 100, 1, 0.4);
}

TEST(Bar, ExchangingTheStatesChangesTheSign) {
  const Work work = work_of(two_oscillators().sample({30, 50}, 4));
  EXPECT_NEAR(thermo::bar(work.reverse, work.forward).free_energy, -work.solve().free_energy,
              1e-13);
}

TEST(Bar, AddingToTheWorkAddsToTheAnswer) {
  Work work = work_of(two_oscillators().sample({30, 50}, 5));
  const double before = work.solve().free_energy;
  for (double& w : work.forward) w += 1024;
  for (double& w : work.reverse) w -= 1024;
  EXPECT_NEAR(work.solve().free_energy, before + 1024, 1e-11);
}

TEST(Bar, ForbiddenConfigurationsCountAsSuch) {
  // Half of the samples of state 0 are impossible in state 1, whose other half is the same law.
  const std::vector<double> forward{0, 0, kInfinity, kInfinity}, reverse{0, 0};
  EXPECT_NEAR(thermo::bar(forward, reverse).free_energy, std::log(2), 1e-13);
}

TEST(Bar, StatesThatShareNoSamplesAreDisconnected) {
  const std::vector<double> forward{1000, 1001}, reverse{2000, 1999};
  const BarResult bar = thermo::bar(forward, reverse);
  EXPECT_EQ(bar.report.status, SolveStatus::kDisconnected);
  EXPECT_EQ(bar.error, kInfinity);
  EXPECT_LT(bar.overlap, 1e-12);
}

// -s and s from state 0, s twice from state 1: s apart from the first guess there is nothing but
// flat stretches, and the answer is a vertex of what is all but piecewise linear.
TEST(Bar, FindsAnAnswerFarFromTheFirstGuess) {
  for (const double s : {50.0, 100.0, 500.0, 1e3, 1e4, 1e6, 1e9, 1e12}) {
    const Work work{{-s, s}, {s, s}};
    long double low = -2 * s, high = 2 * s;
    for (int i = 0; i < 200; ++i)
      (imbalance(work, (low + high) / 2) < 0 ? low : high) = (low + high) / 2;
    const BarResult bar = work.solve();
    EXPECT_TRUE(bar.report.converged) << s << " " << bar.report.message;
    EXPECT_TRUE(near(bar.free_energy, low, 1e-12L + 1e-15L * s)) << s;
    EXPECT_NEAR(bar.error, std::sqrt(1.5 - 1), 1e-9) << s;  // they share 2 / 3 of a sample
    EXPECT_EQ(bar.report.components.size(), 1u);
  }
}

TEST(Bar, ShortOfTheAnswerNobodyIsSaidToShareNothing) {
  const std::vector<double> forward{-1000, 1000}, reverse{1000, 1000};
  const BarResult bar = thermo::bar(forward, reverse, {.max_iterations = 2});
  EXPECT_EQ(bar.report.status, SolveStatus::kIterationLimit);
  EXPECT_TRUE(bar.report.components.empty());
  EXPECT_EQ(bar.report.message.find("share"), std::string::npos) << bar.report.message;
  EXPECT_TRUE(std::isnan(bar.error));
  // Nor by who takes half of all samples for a tolerance.
  const BarResult coarse = thermo::bar(forward, reverse, {.tolerance = 0.75});
  EXPECT_EQ(coarse.report.message.find("share"), std::string::npos) << coarse.report.message;
}

TEST(ExponentialAverage, IsItsDefinition) {
  const std::vector<double> work{1, 2.5, 0.25, kInfinity};
  const double mean = (std::exp(-1) + std::exp(-2.5) + std::exp(-0.25)) / 4;
  const auto average = thermo::exponential_average(work);
  EXPECT_NEAR(average.value, -std::log(mean), 1e-15);
  double squares = 0;
  for (const double w : work) squares += std::pow(std::exp(-w) - mean, 2);
  EXPECT_NEAR(average.error, std::sqrt(squares / 12) / mean, 1e-15);
}

TEST(ExponentialAverage, DoesNotOverflow) {
  const std::vector<double> work{-1e5, -1e5};
  EXPECT_EQ(thermo::exponential_average(work).value, -1e5);
  EXPECT_EQ(thermo::exponential_average(work).error, 0);
}

TEST(BarRefusals, NameWhatIsWrong) {
  const std::vector<double> good{1, 2}, bad{1, std::nan("")}, none, minus{-kInfinity};
  EXPECT_EQ(refusal([&] { thermo::bar(none, good); }),
            "bar: forward must have at least 1 value, got 0");
  EXPECT_EQ(refusal([&] { thermo::bar(good, bad); }),
            "bar: reverse[1] must be a number or +inf, got nan");
  EXPECT_EQ(refusal([&] { thermo::bar(good, good, {.tolerance = -1}); }),
            "bar: tolerance must not be negative, got -1");
  EXPECT_EQ(refusal([&] { thermo::exponential_average(minus); }),
            "exponential_average: work[0] must be a number or +inf, got -inf");
}

}  // namespace
}  // namespace gibbs::testing
