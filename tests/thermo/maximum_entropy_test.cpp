// The law of greatest entropy under linear constraints.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/maximum_entropy.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/mp.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::maximum_entropy;
using Row = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();

const Row kDice{1, 2, 3, 4, 5, 6};

// beta of the dice by bisection in 256 bits: <n> falls with it.
Mp beta_of_dice(const Mp& mean) {
  Mp low(-50), high(50);
  for (int i = 0; i < 250; ++i) {
    const Mp beta = (low + high) / Mp(2);
    Mp z, sum;
    for (const double n : kDice) {
      const Mp weight = exp(Mp(-n) * beta);
      z = z + weight;
      sum = sum + Mp(n) * weight;
    }
    ((sum / z - mean).value() > 0 ? low : high) = beta;
  }
  return low;
}

TEST(MaximumEntropy, FindsTheMultiplierOfJaynesDice) {
  for (const double mean : {4.5, 2.5, 1.125, 5.9375, 1.0009765625, 1 + 0x1p-30, 6 - 0x1p-40}) {
    const auto got = maximum_entropy(Rows<const double>(kDice), std::vector{mean});
    const double exact = beta_of_dice(Mp(mean)).value();
    EXPECT_TRUE(near(got.multipliers[0], exact, 1e-14 * std::abs(exact))) << mean;
    EXPECT_TRUE(got.converged);
    EXPECT_LT(got.gradient_norm, 1e-15);
    EXPECT_LT(got.iterations, 40);
  }
  const auto fair = maximum_entropy(Rows<const double>(kDice), std::vector{3.5});
  EXPECT_NEAR(fair.multipliers[0], 0, 1e-15);
  EXPECT_NEAR(fair.entropy, std::log(6), 1e-15);
}

// Moments that some law has, and whether p has the form and the moments that were asked for.
struct Case {
  std::vector<Row> functions;
  Row degeneracies, moments;

  std::int64_t states() const { return static_cast<std::int64_t>(degeneracies.size()); }
  Row flat() const {
    Row all;
    for (const Row& f : functions) all.insert(all.end(), f.begin(), f.end());
    return all;
  }
  thermo::MaximumEntropy solve() const {
    const Row f = flat();
    return maximum_entropy(
        Rows<const double>(f.data(), static_cast<std::int64_t>(functions.size()), states()),
        moments, {.degeneracies = degeneracies});
  }
};

Case random_case(Random& random, std::size_t count, std::size_t states) {
  Case made;
  Row weights;
  double total = 0;
  for (std::size_t s = 0; s < states; ++s) {
    made.degeneracies.push_back(std::exp(random.normal(1)));
    weights.push_back(std::exp(random.normal(2)));
    total += weights.back();
  }
  for (std::size_t c = 0; c < count; ++c) {
    Row f;
    double mean = 0;
    const double scale = std::exp(random.normal(5));
    for (std::size_t s = 0; s < states; ++s) {
      f.push_back(scale * random.normal());
      mean += weights[s] / total * f.back();
    }
    made.functions.push_back(f);
    made.moments.push_back(mean);
  }
  return made;
}

void expect_solves(const Case& problem, const thermo::MaximumEntropy& got) {
  EXPECT_TRUE(got.converged);
  EXPECT_LT(got.gradient_norm, 1e-14);
  double entropy = 0, total = 0;
  for (std::size_t s = 0; s < problem.degeneracies.size(); ++s) {
    const double g = problem.degeneracies[s], p = got.probabilities[s];
    total += p;
    if (p > 0) entropy -= p * std::log(p / g);
    double exponent = -got.log_partition;
    for (std::size_t c = 0; c < problem.functions.size(); ++c) {
      exponent -= got.multipliers[c] * problem.functions[c][s];
    }
    EXPECT_NEAR(p, g * std::exp(exponent), 1e-12);
  }
  EXPECT_NEAR(total, 1, 1e-14);
  EXPECT_NEAR(entropy, got.entropy, 1e-12);
}

TEST(MaximumEntropy, TheLawIsExponentialInItsMomentsAndHasThem) {
  Random random(21);
  for (int trial = 0; trial < 100; ++trial) {
    const std::size_t count = 1 + static_cast<std::size_t>(random.below(5));
    const Case problem =
        random_case(random, count, count + 2 + static_cast<std::size_t>(random.below(30)));
    const auto got = problem.solve();
    expect_solves(problem, got);
    EXPECT_EQ(got.rank, static_cast<std::int64_t>(count));
    EXPECT_FALSE(got.on_boundary);
  }
}

TEST(MaximumEntropy, NoOtherLawWithTheseMomentsHasMore) {
  Random random(22);
  const Case problem = random_case(random, 2, 5);
  const auto best = problem.solve();
  // Directions that keep the sum and both moments: the null space of three rows in five dimensions
  // by cross products of random vectors against them (Gram-Schmidt).
  std::vector<Row> keep{Row(5, 1.0), problem.functions[0], problem.functions[1]};
  for (int trial = 0; trial < 50; ++trial) {
    Row d;
    for (int s = 0; s < 5; ++s) d.push_back(random.normal());
    for (int pass = 0; pass < 200; ++pass) {  // alternating projections converge to the null space
      for (const Row& row : keep) {
        double dot = 0, norm = 0;
        for (std::size_t s = 0; s < 5; ++s) dot += d[s] * row[s], norm += row[s] * row[s];
        for (std::size_t s = 0; s < 5; ++s) d[s] -= dot / norm * row[s];
      }
    }
    double other = 0;
    for (std::size_t s = 0; s < 5; ++s) {
      const double p = best.probabilities[s] + 1e-4 * d[s];
      ASSERT_GT(p, 0);
      other -= p * std::log(p / problem.degeneracies[s]);
    }
    EXPECT_LT(other, best.entropy + 1e-14);
  }
}

TEST(MaximumEntropy, MomentsThatRepeatOthersShareTheirMultiplierByLeastNorm) {
  const Row once = kDice;
  const auto one = maximum_entropy(Rows<const double>(once), std::vector{4.5});
  Row twice = kDice;
  for (const double n : kDice) twice.push_back(2 * n);  // in units of its range: the same again
  const auto two = maximum_entropy(Rows<const double>(twice.data(), 2, 6), std::vector{4.5, 9.0});
  EXPECT_EQ(two.rank, 1);
  EXPECT_TRUE(two.converged);
  EXPECT_NEAR(two.multipliers[0], one.multipliers[0] / 2, 1e-14);
  EXPECT_NEAR(two.multipliers[1], one.multipliers[0] / 4, 1e-14);
  for (std::size_t s = 0; s < 6; ++s) {
    EXPECT_NEAR(two.probabilities[s], one.probabilities[s], 1e-14);
  }
  Row constant = kDice;
  constant.insert(constant.end(), 6, 7.0);
  const auto three =
      maximum_entropy(Rows<const double>(constant.data(), 2, 6), std::vector{4.5, 7.0});
  EXPECT_EQ(three.rank, 1);
  EXPECT_EQ(three.multipliers[1], 0);
}

TEST(MaximumEntropy, OnTheBoundaryTheStatesThatCanBeAreSharedByTheLimit) {
  const Row g{1, 3, 1, 2};
  const auto ends =
      maximum_entropy(Rows<const double>(Row{2, 1, 5, 1}), std::vector{1.0}, {.degeneracies = g});
  EXPECT_TRUE(ends.on_boundary);
  EXPECT_TRUE(ends.converged);
  EXPECT_NEAR(ends.probabilities[1], 0.6, 1e-15);
  EXPECT_NEAR(ends.probabilities[3], 0.4, 1e-15);
  EXPECT_EQ(ends.probabilities[0] + ends.probabilities[2], 0);
  EXPECT_NEAR(ends.entropy, std::log(5), 1e-15);

  // A square: on its lower edge, two to one; at its corner.
  const Row square{0, 1, 0, 1, 0.5, 0, 0, 1, 1, 0.5};
  const auto edge = maximum_entropy(Rows<const double>(square.data(), 2, 5), Row{1.0 / 3, 0});
  EXPECT_TRUE(edge.on_boundary);
  EXPECT_NEAR(edge.probabilities[0], 2.0 / 3, 1e-14);
  EXPECT_NEAR(edge.probabilities[1], 1.0 / 3, 1e-14);
  EXPECT_NEAR(edge.multipliers[0], std::log(2.0), 1e-14);
  EXPECT_EQ(edge.probabilities[2] + edge.probabilities[3] + edge.probabilities[4], 0);
  const auto corner = maximum_entropy(Rows<const double>(square.data(), 2, 5), Row{1, 1});
  EXPECT_TRUE(corner.on_boundary);
  EXPECT_EQ(corner.rank, 0);
  EXPECT_EQ(corner.probabilities, (Row{0, 0, 0, 1, 0}));
  EXPECT_EQ(corner.entropy, 0);
  const auto inside = maximum_entropy(Rows<const double>(square.data(), 2, 5), Row{1e-9, 1e-9});
  EXPECT_FALSE(inside.on_boundary);
  EXPECT_TRUE(inside.converged);
  EXPECT_NEAR(inside.multipliers[0], inside.multipliers[1], 1e-12);
  EXPECT_NEAR(inside.probabilities[1], 2e-9 / 3, 1e-17);  // x / (x + x / 2) of 1e-9
}

// A cube with points on its faces, edges and inside: moments at each point, and between any two.
TEST(MaximumEntropy, TheSmallestFaceThatHoldsTheMomentsIsFound) {
  std::vector<Row> points;
  for (int i = 0; i < 27; ++i) {
    const int x = i % 3, y = i / 3 % 3, z = i / 9;
    points.push_back({0.1 * x, 3.0 * y - 7, 1e5 * z + 1});
  }
  Row f;
  for (std::size_t c = 0; c < 3; ++c) {
    for (const Row& point : points) f.push_back(point[c]);
  }
  for (std::size_t a = 0; a < 27; ++a) {
    for (std::size_t b = 0; b < 27; ++b) {
      Row mean(3);
      for (std::size_t c = 0; c < 3; ++c) mean[c] = 0.3 * points[a][c] + 0.7 * points[b][c];
      const auto got = maximum_entropy(Rows<const double>(f.data(), 3, 27), mean);
      EXPECT_TRUE(got.converged);
      EXPECT_LT(got.gradient_norm, 1e-14);
      // A coordinate that both have at the same end of the cube is fixed there.
      for (std::size_t s = 0; s < 27; ++s) {
        bool outside = false;
        for (std::size_t c = 0, step = 1; c < 3; ++c, step *= 3) {
          const std::size_t at_a = a / step % 3, at_b = b / step % 3, here = s / step % 3;
          outside |= at_a == at_b && at_a != 1 && here != at_a;
        }
        EXPECT_EQ(got.probabilities[s] == 0, outside) << a << " " << b << " " << s;
      }
    }
  }
}

// By the root of sum (f - m) exp(-lambda (f - m)) of f = 1, -1, 0 and m = 1/2: y = e^-lambda has
// y^2 - y - 3 = 0 (times e^lambda: (1/2) y^2 - (3/2) - (1/2) y = 0).
TEST(MaximumEntropy, TheLawIsTheSameAtEverySizeOfADouble) {
  const double y = (1 + std::sqrt(13.0)) / 2, z = y + 1 / y + 1;
  for (const double size : {1e308, 1.7e308, 1.0, 1e-300, 1e-315}) {
    const std::vector<double> f{size, -size, 0};
    const double mean = size / 2;
    const auto law = thermo::maximum_entropy(Rows<const double>(f), {&mean, 1});
    const double rounding = size < 1e-310 ? 1e-8 : 1e-14;
    EXPECT_TRUE(law.converged);
    EXPECT_NEAR(law.probabilities[0], y / z, rounding) << size;
    EXPECT_NEAR(law.probabilities[1], 1 / y / z, rounding) << size;
    EXPECT_NEAR(law.log_partition, std::log(z), 10 * rounding) << size;
    if (size > 1e-300) {
      EXPECT_NEAR(law.multipliers[0] * size, -std::log(y), 1e-13);
    }
  }
}

TEST(MaximumEntropy, MomentsThatNoLawHasAreRefusedAtEverySizeOfADouble) {
  for (const double size : {1e308, 1e10, 1e-300}) {
    const std::vector<double> f{size, -size, 0};
    const double mean = 1.5 * size;
    EXPECT_NE(refusal([&] {
                thermo::maximum_entropy(Rows<const double>(f), {&mean, 1});
              }).find("no law has these moments: -1 f[0] is at least -1e"),
              std::string::npos)
        << refusal([&] {
             thermo::maximum_entropy(Rows<const double>(f), {&mean, 1});
           });
  }
  const std::vector<double> wide{1e308, 1};
  const double below = 0.5, in_range = 1;
  EXPECT_NE(refusal([&] { thermo::maximum_entropy(Rows<const double>(wide), {&below, 1}); }), "");
  EXPECT_TRUE(thermo::maximum_entropy(Rows<const double>(wide), {&in_range, 1}).on_boundary);
}

TEST(MaximumEntropy, AStateWithoutDegeneracyIsLeftOut) {
  const auto got = maximum_entropy(Rows<const double>(Row{1, 2, 3, 400}), std::vector{2.5},
                                   {.degeneracies = Row{1, 1, 1, 0}});
  const auto without = maximum_entropy(Rows<const double>(Row{1, 2, 3}), std::vector{2.5});
  EXPECT_EQ(got.probabilities[3], 0);
  EXPECT_NEAR(got.multipliers[0], without.multipliers[0], 1e-14);
}

TEST(MaximumEntropy, DegeneraciesAreThePriorThatNoMomentsReturn) {
  const auto got =
      maximum_entropy(Rows<const double>(nullptr, 0, 3), {}, {.degeneracies = Row{1, 2, 5}});
  EXPECT_EQ(got.probabilities, (Row{0.125, 0.25, 0.625}));
  EXPECT_NEAR(got.entropy, std::log(8), 1e-15);
  EXPECT_TRUE(got.converged);
}

TEST(MaximumEntropy, AnIterationCutShortSaysSo) {
  const auto got =
      maximum_entropy(Rows<const double>(kDice), std::vector{5.5}, {.max_iterations = 1});
  EXPECT_FALSE(got.converged);
  EXPECT_EQ(got.iterations, 1);
  EXPECT_GT(got.gradient_norm, 1e-6);
}

TEST(MaximumEntropy, WhatNoLawHasIsRefusedWithTheCombinationThatShowsIt) {
  const auto dice = [](double mean) {
    return refusal([=] { maximum_entropy(Rows<const double>(kDice), std::vector{mean}); });
  };
  EXPECT_EQ(dice(0.5),
            "maximum_entropy: no law has these moments: f[0] is at least 1 in every state, and "
            "should be 0.5 on average");
  EXPECT_EQ(dice(7),
            "maximum_entropy: no law has these moments: -1 f[0] is at least -6 in every state, and "
            "should be -7 on average");
  EXPECT_EQ(dice(kInf), "maximum_entropy: moments[0] must be finite, got inf");
  // A triangle and a point beyond its slanted side.
  const Row triangle{0, 1, 0, 0, 0, 1};
  EXPECT_EQ(refusal([&] {
              maximum_entropy(Rows<const double>(triangle.data(), 2, 3), Row{0.75, 0.75});
            }),
            "maximum_entropy: no law has these moments: -1 f[0] + -1 f[1] is at least -1 in every "
            "state, and should be -1.5 on average");
  // Two moments that contradict each other.
  Row twice = kDice;
  for (const double n : kDice) twice.push_back(2 * n);
  EXPECT_NE(refusal([&] {
              maximum_entropy(Rows<const double>(twice.data(), 2, 6), Row{4.5, 8});
            }).find("no law has these moments"),
            std::string::npos);
}

TEST(MaximumEntropy, RefusesInASentence) {
  EXPECT_EQ(refusal([] { maximum_entropy(Rows<const double>(kDice), {}); }),
            "maximum_entropy: moments must have 1 entry, one per function, got 0");
  EXPECT_EQ(refusal([] {
              maximum_entropy(Rows<const double>(kDice), Row{3}, {.degeneracies = Row{1, 1}});
            }),
            "maximum_entropy: degeneracies must have 6 entries, one per state, got 2");
  EXPECT_EQ(refusal([] {
              maximum_entropy(Rows<const double>(Row{1, 2}), Row{1}, {.degeneracies = Row{1, -1}});
            }),
            "maximum_entropy: degeneracies[1] must be finite and not negative, got -1");
  EXPECT_EQ(refusal([] {
              maximum_entropy(Rows<const double>(Row{1, std::nan("")}), Row{1});
            }),
            "maximum_entropy: functions[0, 1] must be finite, got nan");
  EXPECT_EQ(refusal([] { maximum_entropy(Rows<const double>(Row{}), Row{1}); }),
            "maximum_entropy: no state can be occupied");
}

}  // namespace
}  // namespace gibbs::testing
