// Factorials, arrangements and macrostates.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/arrangements.hpp>
#include <gibbs/thermo/stirling.hpp>
#include <limits>
#include <map>
#include <string>

#include "enumeration.hpp"
#include "support/mp.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::CountableLevels;

Mp whole(std::int64_t n) { return Mp(std::to_string(n)); }

Mp exact_log_factorial(std::int64_t n) { return log_gamma(whole(n) + Mp(1)); }

// ln(N! prod g^n / n!).
Mp exact_log_arrangements(const Counts& n, const Counts& g) {
  std::int64_t total = 0;
  for (const std::int64_t each : n) total += each;
  Mp sum = exact_log_factorial(total);
  for (std::size_t s = 0; s < n.size(); ++s) {
    sum = sum - exact_log_factorial(n[s]);
    if (n[s] > 0) sum = sum + whole(n[s]) * log(whole(g[s]));
  }
  return sum;
}

// What Stirling's formula has: n ln n - n, + ln sqrt(2 pi n), + 1 / (12 n).
struct Parts {
  Mp leading, root, inverse;

  explicit Parts(std::int64_t n) {
    const Mp x = whole(n), pi("3.14159265358979323846264338327950288419716939937510582097494459");
    leading = x * log(x) - x;
    root = leading + log(pi * x * Mp(2)) / Mp(2);
    inverse = root + Mp(1) / (x * Mp(12));
  }
};

std::vector<std::int64_t> some_numbers() {
  std::vector<std::int64_t> numbers;
  for (std::int64_t n = 1; n <= 200; ++n) numbers.push_back(n);
  for (std::int64_t n = 1000; n < (std::int64_t{1} << 52); n = 7 * n + 3) numbers.push_back(n);
  return numbers;
}

TEST(Factorials, TheLogarithmHasAllItsDigits) {
  EXPECT_EQ(thermo::log_factorial(0), 0);
  EXPECT_EQ(thermo::log_factorial(1), 0);
  for (const std::int64_t n : some_numbers()) {
    const double exact = exact_log_factorial(n).value();
    EXPECT_TRUE(near(thermo::log_factorial(n), exact, 1e-15 * exact)) << n;
  }
}

TEST(Stirling, EachApproximationComesWithAllDigitsOfItsError) {
  for (const std::int64_t n : some_numbers()) {
    if (n > 1'000'000'000) break;  // the errors are beyond the digits of an Mp
    const auto got = thermo::stirling(n);
    const Mp exact = exact_log_factorial(n);
    const Parts parts(n);
    const auto check = [&](const thermo::Approximation& a, const Mp& part) {
      const double error = (part - exact).value();
      EXPECT_TRUE(near(a.error, error, 1e-13 * std::abs(error))) << n;
      EXPECT_TRUE(near(a.value, part.value(), 4e-15 * (1 + std::abs(part.value())))) << n;
    };
    check(got.leading, parts.leading);
    check(got.with_root, parts.root);
    check(got.with_inverse, parts.inverse);
    EXPECT_EQ(got.exact, thermo::log_factorial(n));
  }
}

TEST(Stirling, OfArrangementsItIsThatOfEachFactorial) {
  const Counts n{5, 0, 2, 40, 1}, g{1, 3, 2, 7, 5};
  const auto got = thermo::stirling(n, g);
  double leading = thermo::stirling(48).leading.error, size = 0;
  for (const std::int64_t each : n) {
    if (each == 0) continue;
    leading -= thermo::stirling(each).leading.error;
    size += std::abs(thermo::stirling(each).leading.error);
  }
  EXPECT_NEAR(got.leading.error, leading, 1e-13 * size);
  EXPECT_NEAR(got.leading.value, got.exact + leading, 1e-12);
  EXPECT_LT(std::abs(got.with_root.error), std::abs(got.leading.error));
  EXPECT_LT(std::abs(got.with_inverse.error), std::abs(got.with_root.error));
}

TEST(Arrangements, AreThoseOfTheDefinition) {
  const SmallSystem system{{0, 1, 2, 5}, {1, 2, 3, 1}, 9, 0};
  for_each_occupation(system, [&](const Counts& n) {
    EXPECT_EQ(thermo::arrangements(n, system.degeneracies), text_of(ways(n, system.degeneracies)));
  });
}

TEST(Arrangements, OfAllOccupationsTheyAddUpToThePowersOfTheNumberOfStates) {
  const SmallSystem system{{0, 0, 0, 0}, {3, 1, 2, 4}, 12, 0};
  Wide sum = 0, power = 1;
  for_each_occupation(system, [&](const Counts& n) {
    const std::string text = thermo::arrangements(n, system.degeneracies);
    Wide w = 0;
    for (const char digit : text) w = 10 * w + static_cast<Wide>(digit - '0');
    sum += w;
  });
  for (int i = 0; i < 12; ++i) power *= 10;
  EXPECT_EQ(text_of(sum), text_of(power));
}

TEST(Arrangements, TheLogarithmHasAllItsDigits) {
  Random random(3);
  for (int trial = 0; trial < 300; ++trial) {
    Counts n, g;
    const std::int64_t largest = trial % 3 == 0 ? 5 : trial % 3 == 1 ? 1000 : 1'000'000'000'000;
    for (int s = 0; s < 2 + trial % 9; ++s) {
      n.push_back(random.below(random.below(3) == 0 ? 3 : largest));
      g.push_back(1 + random.below(trial % 2 == 0 ? 1 : 1000));
    }
    const double exact = exact_log_arrangements(n, g).value();
    EXPECT_TRUE(near(thermo::log_arrangements(n, g), exact, 2e-15 * exact)) << trial;
  }
}

TEST(Arrangements, TheTextOfManyHasTheLogarithmOfMany) {
  const Counts n{300, 20000, 4000, 1, 0}, g{1, 1, 2, 5, 7};
  const double exact = log(Mp(thermo::arrangements(n, g))).value();
  EXPECT_TRUE(near(thermo::log_arrangements(n, g), exact, 2e-15 * exact));
}

TEST(Arrangements, ALevelWithoutStatesHoldsNothing) {
  EXPECT_EQ(thermo::arrangements(Counts{2, 1}, Counts{1, 0}), "0");
  EXPECT_EQ(thermo::log_arrangements(Counts{2, 1}, Counts{1, 0}),
            -std::numeric_limits<double>::infinity());
  EXPECT_EQ(thermo::arrangements(Counts{2, 0}, Counts{1, 0}), "1");
  EXPECT_EQ(thermo::log_arrangements(Counts{2, 0}, Counts{1, 0}), 0);
  EXPECT_EQ(thermo::arrangements(Counts{}), "1");
}

TEST(Macrostates, AreAsManyAsThereAre) {
  for (const auto& levels_of : {std::pair<Counts, Counts>{{0, 1, 2, 3}, {1, 2, 2, 1}},
                                {{4, -2, 1, 1, 1}, {1, 1, 5, 0, 1}},
                                {{0, 0, 6, 10}, {1, 1, 1, 1}}}) {
    const Counts &quanta = levels_of.first, &g = levels_of.second;
    const CountableLevels levels(quanta, g);
    for (const std::int64_t count : {0, 1, 2, 7}) {
      std::map<std::int64_t, int> found;
      for_each_occupation({quanta, g, count, 0},
                          [&](const Counts& n) { ++found[energy_of(n, quanta)]; });
      for (const auto& [energy, macrostates] : found) {
        EXPECT_EQ(thermo::macrostates(levels, count, energy), std::to_string(macrostates))
            << count << " " << energy;
      }
    }
  }
}

TEST(Macrostates, OfAnOscillatorWithEnoughSystemsArePartitions) {
  Counts quanta;
  for (std::int64_t s = 0; s <= 100; ++s) quanta.push_back(s);
  EXPECT_EQ(thermo::macrostates(CountableLevels(quanta), 100, 100), "190569292");
  EXPECT_EQ(thermo::macrostates(CountableLevels(quanta), 1'000'000'000, 100), "190569292");
}

TEST(CountableLevelsTest, EnergiesAreTakenAsTheirNumberOfQuanta) {
  const auto levels = CountableLevels::of(
      thermo::Levels({0.1, 0.3, -0.7, std::numeric_limits<double>::infinity()}), 0.1);
  EXPECT_EQ(Counts(levels.quanta().begin(), levels.quanta().end()), (Counts{1, 3, -7, 0}));
  EXPECT_EQ(Counts(levels.degeneracies().begin(), levels.degeneracies().end()),
            (Counts{1, 1, 1, 0}));
  EXPECT_EQ(levels.quanta_of(1.2), 12);
}

TEST(CountableLevelsTest, ProbabilitiesAreBoltzmannsAtEveryBeta) {
  const CountableLevels levels({0, 1, 3}, {1, 2, 4}, 0.5);
  for (const double beta : {0.0, 1.3, -2.0, 50.0}) {
    const double z = 1 + 2 * std::exp(-beta * 0.5) + 4 * std::exp(-beta * 1.5);
    const auto p = levels.probabilities(beta);
    EXPECT_NEAR(p[0], 1 / z, 1e-15 / z);
    EXPECT_NEAR(p[2], 4 * std::exp(-beta * 1.5) / z, 1e-14 * p[2]);
  }
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(levels.probabilities(inf), (std::vector<double>{1, 0, 0}));
  EXPECT_EQ(levels.probabilities(-inf), (std::vector<double>{0, 0, 1}));
}

TEST(Counting, RefusesInASentence) {
  const std::pair<std::string, std::function<void()>> cases[] = {
      {"CountableLevels: no level can be occupied",
       [] {
         CountableLevels({1, 2}, {0, 0});
       }},
      {"CountableLevels: degeneracies[1] must be from 0 to 9007199254740992, got -1",
       [] {
         CountableLevels({1, 2}, {1, -1});
       }},
      {"CountableLevels: degeneracies must have 2 entries, one per level, got 1",
       [] {
         CountableLevels({1, 2}, {1});
       }},
      {"CountableLevels: quantum must be positive and finite, got 0",
       [] {
         CountableLevels({1, 2}, {}, 0);
       }},
      {"CountableLevels: energies[1] must be a whole number of quanta, at most 2^52; in quanta it "
       "is, got 0.5",
       [] {
         CountableLevels::of(thermo::Levels({1, 0.5}));
       }},
      {"CountableLevels: degeneracies[0] must be a whole number, at most 2^53, got 1.5",
       [] { CountableLevels::of(thermo::Levels({1}, std::vector{1.5})); }},
      {"CountableLevels: beta must be a number, got nan",
       [] { CountableLevels({1}).probabilities(std::nan("")); }},
      {"log_factorial: n must be from 0 to 9007199254740992, got -1",
       [] { thermo::log_factorial(-1); }},
      {"stirling: n must be from 1 to 9007199254740992, got 0", [] { thermo::stirling(0); }},
      {"arrangements: the number of systems must be from 0 to 100000, got 100001",
       [] {
         thermo::arrangements(Counts{50000, 50001});
       }},
      {"log_arrangements: occupation[1] must be from 0 to 9007199254740992, got -2",
       [] {
         thermo::log_arrangements(Counts{1, -2});
       }},
      {"macrostates: count must be from 0 to 4503599627370496, got -1",
       [] {
         thermo::macrostates(CountableLevels({0, 1}), -1, 0);
       }},
      {"macrostates: energy must be from 0 to 3, got 4",
       [] {
         thermo::macrostates(CountableLevels({0, 1}), 3, 4);
       }},
      {"macrostates: 3 systems of these levels cannot have the energy 1",
       [] {
         thermo::macrostates(CountableLevels({0, 2}), 3, 1);
       }},
      {"macrostates: min(N, E) E must be at most 4000000, got N = 3000, E = 3000",
       [] {
         thermo::macrostates(CountableLevels({0, 1, 2}), 3000, 3000);
       }},
      {"macrostates: 4503599627370496 systems times 4503599627370496 quanta must be at most 2^61",
       [] {
         const std::int64_t most = std::int64_t{1} << 52;
         thermo::macrostates(CountableLevels({0, most}), most, 0);
       }},
  };
  for (const auto& [sentence, call] : cases) EXPECT_EQ(refusal(call), sentence);
}

}  // namespace
}  // namespace gibbs::testing
