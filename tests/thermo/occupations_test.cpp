// The most probable, the mean and the Boltzmann occupation, held against enumeration.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/thermo/occupations.hpp>
#include <limits>
#include <map>
#include <numeric>
#include <string>

#include "enumeration.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::CountableLevels;

constexpr double kInf = std::numeric_limits<double>::infinity();

// Enough to tell every rule: equal energies, negative ones, gaps, empty levels.
SmallSystem random_system(Random& random) {
  SmallSystem system;
  const std::int64_t levels = 2 + random.below(4);
  const std::int64_t width = 1 + random.below(9), largest_g = 1 + random.below(4);
  for (std::int64_t s = 0; s < levels; ++s) {
    system.quanta.push_back(random.below(2 * width) - width);
    system.degeneracies.push_back(random.below(8) == 0 ? 0 : 1 + random.below(largest_g));
  }
  if (std::ranges::all_of(system.degeneracies, [](auto g) { return g == 0; })) {
    system.degeneracies[0] = 1;
  }
  system.count = 1 + random.below(9);
  return system;
}

// All energies that the systems can have.
std::vector<std::int64_t> energies_of(const SmallSystem& system) {
  std::map<std::int64_t, bool> found;
  for_each_occupation(system, [&](const Counts& n) { found[energy_of(n, system.quanta)] = true; });
  std::vector<std::int64_t> energies;
  for (const auto& [energy, yes] : found) energies.push_back(energy);
  return energies;
}

CountableLevels levels_of(const SmallSystem& system) {
  return CountableLevels(system.quanta, system.degeneracies);
}

// The rule of ties, as the header says it.
bool first_of_ties(const Counts& a, const Counts& b, const Counts& quanta) {
  std::vector<std::size_t> order(a.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t s) { return quanta[s]; });
  for (const std::size_t s : order) {
    if (a[s] != b[s]) return a[s] > b[s];
  }
  return false;
}

Counts most_probable_by_enumeration(const SmallSystem& system) {
  Counts best;
  Wide most = 0;
  for_each_macrostate(system, [&](const Counts& n) {
    const Wide w = ways(n, system.degeneracies);
    if (w > most || (w == most && first_of_ties(n, best, system.quanta))) {
      most = w;
      best = n;
    }
  });
  return best;
}

TEST(MostProbableOccupation, IsTheBestOfAllAndTheFirstOfTies) {
  Random random(11);
  for (int trial = 0; trial < 150; ++trial) {
    SmallSystem system = random_system(random);
    for (const std::int64_t energy : energies_of(system)) {
      system.energy = energy;
      const auto got =
          thermo::most_probable_occupation(levels_of(system), system.count, system.energy);
      EXPECT_TRUE(got.certified);
      EXPECT_EQ(got.gap, 0);
      EXPECT_EQ(got.occupation, most_probable_by_enumeration(system)) << trial << " " << energy;
      EXPECT_EQ(got.log_arrangements,
                thermo::log_arrangements(got.occupation, system.degeneracies));
    }
  }
}

TEST(MostProbableOccupation, OfALargeSystemIsCertifiedNearBoltzmanns) {
  Counts quanta(60);
  std::iota(quanta.begin(), quanta.end(), std::int64_t{0});
  const CountableLevels levels(quanta);
  for (const std::int64_t count : {1000, 1'000'000, 1'000'000'000}) {
    const auto got = thermo::most_probable_occupation(levels, count, 3 * count + 1);
    const auto expected = thermo::boltzmann_occupation(levels, count, 3 * count + 1);
    EXPECT_TRUE(got.certified) << count;
    EXPECT_EQ(std::accumulate(got.occupation.begin(), got.occupation.end(), std::int64_t{0}),
              count);
    EXPECT_EQ(energy_of(got.occupation, quanta), 3 * count + 1);
    for (std::size_t s = 0; s < quanta.size(); ++s) {
      EXPECT_LT(std::abs(static_cast<double>(got.occupation[s]) - expected.occupation[s]), 60);
    }
  }
}

TEST(MostProbableOccupation, WithoutStepsItIsStillBetterThanEveryExchangeAndSaysItsGap) {
  Counts quanta;
  for (std::int64_t s = 0; s < 60; ++s) quanta.push_back(s * s);
  const CountableLevels levels(quanta);
  const std::int64_t count = 5000, energy = 5000 * 40;
  const auto got = thermo::most_probable_occupation(levels, count, energy, {.max_steps = 130});
  ASSERT_FALSE(got.occupation.empty());
  EXPECT_FALSE(got.certified);
  EXPECT_GT(got.gap, 0);
  EXPECT_LT(got.gap, 30);
  EXPECT_EQ(energy_of(got.occupation, quanta), energy);
  Counts n = got.occupation;
  const auto is_not_better = [&](std::size_t i, std::size_t j, std::size_t k, std::size_t l) {
    --n[i], --n[j], ++n[k], ++n[l];
    const double other = n[i] < 0 || n[j] < 0 ? -kInf : thermo::log_arrangements(n);
    ++n[i], ++n[j], --n[k], --n[l];
    return other <= got.log_arrangements + 1e-9;
  };
  std::map<std::int64_t, std::vector<std::pair<std::size_t, std::size_t>>> pairs;
  for (std::size_t i = 0; i < n.size(); ++i) {
    for (std::size_t j = i; j < n.size(); ++j) pairs[quanta[i] + quanta[j]].emplace_back(i, j);
  }
  for (const auto& [sum, alike] : pairs) {
    for (const auto& [i, j] : alike) {
      for (const auto& [k, l] : alike) EXPECT_TRUE(is_not_better(i, j, k, l));
    }
  }
}

Counts first_numbers(std::int64_t count) {
  Counts all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

TEST(MostProbableOccupation, LevelsOutOfReachChangeNothing) {
  const auto few = thermo::most_probable_occupation(CountableLevels(first_numbers(21)), 10, 20);
  auto many = thermo::most_probable_occupation(CountableLevels(first_numbers(1'000'000)), 10, 20);
  EXPECT_TRUE(many.certified);
  EXPECT_EQ(many.steps, few.steps);
  EXPECT_TRUE(std::all_of(many.occupation.begin() + 21, many.occupation.end(),
                          [](std::int64_t n) { return n == 0; }));
  many.occupation.resize(21);
  EXPECT_EQ(many.occupation, few.occupation);
  EXPECT_EQ(refusal([] {
              (void)thermo::most_probable_occupation(CountableLevels({0, 3, 100}), 2, 50);
            }),
            "most_probable_occupation: 2 systems of these levels cannot have the energy 50");
}

TEST(MostProbableOccupation, AsManyLevelsAsStepsAreNoDepthThatFails) {
  const std::int64_t size = 200'000, count = 1000;
  const CountableLevels levels(first_numbers(size));
  const auto got = thermo::most_probable_occupation(levels, count, size, {.max_steps = size + 50});
  ASSERT_FALSE(got.occupation.empty());
  EXPECT_EQ(std::accumulate(got.occupation.begin(), got.occupation.end(), std::int64_t{0}), count);
  EXPECT_EQ(energy_of(got.occupation, first_numbers(size)), size);
  const auto expected = thermo::boltzmann_occupation(levels, count, size);
  EXPECT_LT(got.log_arrangements, expected.entropy);
  EXPECT_LE(got.steps, size + size / 32);
  EXPECT_TRUE(thermo::most_probable_occupation(levels, count, size, {.max_steps = 1000})
                  .occupation.empty());
}

TEST(MostProbableOccupation, ManyLevelsAtOneEnergyShareIt) {
  Counts quanta(40'000), g(quanta.size(), 1);
  for (std::size_t s = 0; s < quanta.size(); ++s) quanta[s] = static_cast<std::int64_t>(s % 4);
  g[5] = 3;
  const auto got = thermo::most_probable_occupation(CountableLevels(quanta, g), 100'000, 120'000,
                                                    {.max_steps = 50'000});
  ASSERT_FALSE(got.occupation.empty());
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> ends;
  for (std::size_t s = 0; s < quanta.size(); ++s) {
    if (s == 5) continue;
    auto& [low, high] =
        ends.try_emplace(quanta[s], got.occupation[s], got.occupation[s]).first->second;
    low = std::min(low, got.occupation[s]);
    high = std::max(high, got.occupation[s]);
  }
  for (const auto& [u, ends_there] : ends) EXPECT_LE(ends_there.second - ends_there.first, 1) << u;
  EXPECT_GE(got.occupation[5], 3 * ends.at(1).first);
}

TEST(MostProbableOccupation, TheGapIsNoLessThanWhatTheSearchStillFinds) {
  Counts quanta;
  for (std::int64_t s = 0; s < 12; ++s) quanta.push_back(s * s);
  const CountableLevels levels(quanta);
  const auto early = thermo::most_probable_occupation(levels, 700, 9001, {.max_steps = 15});
  const auto late = thermo::most_probable_occupation(levels, 700, 9001);
  ASSERT_FALSE(early.occupation.empty());
  EXPECT_FALSE(early.certified);
  EXPECT_TRUE(late.certified);
  EXPECT_LE(late.log_arrangements, early.log_arrangements + early.gap + 1e-9);
  EXPECT_GE(late.log_arrangements, early.log_arrangements - 1e-9);
}

TEST(MostProbableOccupation, AtABetaIsTheModeOfTheMultinomialLaw) {
  Random random(12);
  for (int trial = 0; trial < 200; ++trial) {
    const SmallSystem system = random_system(random);
    const double beta = trial % 5 == 0 ? 0 : random.normal(0.5);
    Counts best;
    double most = -kInf;
    for_each_occupation(system, [&](const Counts& n) {
      const double log = thermo::log_arrangements(n, system.degeneracies) -
                         beta * static_cast<double>(energy_of(n, system.quanta));
      if (log > most + 1e-11 || (log > most - 1e-11 && first_of_ties(n, best, system.quanta))) {
        most = std::max(log, most);
        best = n;
      }
    });
    const auto got = thermo::most_probable_occupation_at(levels_of(system), system.count, beta);
    EXPECT_EQ(got.occupation, best) << trial;
    EXPECT_TRUE(got.certified);
  }
}

TEST(MostProbableOccupation, AtTheLimitsOfBetaHoldsOneEnergyAlone) {
  const CountableLevels levels({0, 5, 0, 5}, {1, 1, 2, 1});
  EXPECT_EQ(thermo::most_probable_occupation_at(levels, 9, kInf).occupation, (Counts{3, 0, 6, 0}));
  EXPECT_EQ(thermo::most_probable_occupation_at(levels, 9, -kInf).occupation, (Counts{0, 5, 0, 4}));
  EXPECT_EQ(thermo::most_probable_occupation(levels, 9, 0).occupation, (Counts{3, 0, 6, 0}));
  EXPECT_EQ(thermo::most_probable_occupation(levels, 9, 45).occupation, (Counts{0, 5, 0, 4}));
}

TEST(Microcanonical, CountsAndAveragesAllArrangements) {
  Random random(13);
  for (int trial = 0; trial < 100; ++trial) {
    SmallSystem system = random_system(random);
    for (const std::int64_t energy : energies_of(system)) {
      system.energy = energy;
      Wide total = 0;
      std::vector<Wide> sums(system.quanta.size());
      for_each_macrostate(system, [&](const Counts& n) {
        const Wide w = ways(n, system.degeneracies);
        total += w;
        for (std::size_t s = 0; s < n.size(); ++s) sums[s] += w * static_cast<Wide>(n[s]);
      });
      const auto got = thermo::microcanonical(levels_of(system), system.count, energy);
      EXPECT_EQ(got.arrangements, text_of(total)) << trial;
      EXPECT_NEAR(got.log_arrangements, std::log(static_cast<double>(total)),
                  1e-15 * std::abs(got.log_arrangements));
      for (std::size_t s = 0; s < sums.size(); ++s) {  // both below 2^53: one rounding
        EXPECT_EQ(got.mean_occupation[s],
                  static_cast<double>(sums[s]) / static_cast<double>(total));
      }
    }
  }
}

TEST(Microcanonical, OfOscillatorsIsABinomial) {
  Counts quanta;
  for (std::int64_t s = 0; s <= 300; ++s) quanta.push_back(s);
  const auto got = thermo::microcanonical(CountableLevels(quanta), 200, 300);
  EXPECT_EQ(got.arrangements, thermo::arrangements(Counts{199, 300}));  // C(E + N - 1, E)
  double systems = 0, energy = 0;
  for (std::size_t s = 0; s < quanta.size(); ++s) {
    systems += got.mean_occupation[s];
    energy += got.mean_occupation[s] * static_cast<double>(quanta[s]);
  }
  EXPECT_NEAR(systems, 200, 1e-12);
  EXPECT_NEAR(energy, 300, 1e-12);
}

// 5 GB if each level had an integer of its own.
TEST(Microcanonical, LevelsThatAreAlikeShareTheirEnergyEvenly) {
  const std::int64_t alike = 500'000, count = 2000, energy = 100;
  Counts quanta(2 * alike);
  std::fill(quanta.begin() + alike, quanta.end(), 1);
  const auto got = thermo::microcanonical(CountableLevels(quanta), count, energy);
  for (std::size_t s = 0; s < quanta.size(); ++s) {
    const double exact = static_cast<double>(quanta[s] == 0 ? count - energy : energy) / alike;
    ASSERT_EQ(got.mean_occupation[s], exact) << s;
  }
}

TEST(Microcanonical, TheUnitAndTheZeroOfTheEnergyChangeNothing) {
  const auto plain = thermo::microcanonical(CountableLevels({0, 1, 3}, {1, 2, 1}), 40, 60);
  const auto moved = thermo::microcanonical(CountableLevels({-7, 0, 14}, {1, 2, 1}), 40, 140);
  const auto turned = thermo::microcanonical(CountableLevels({3, 2, 0}, {1, 2, 1}), 40, 60);
  EXPECT_EQ(plain.arrangements, moved.arrangements);
  EXPECT_EQ(plain.mean_occupation, moved.mean_occupation);
  EXPECT_EQ(plain.arrangements, turned.arrangements);
  EXPECT_EQ(plain.mean_occupation, turned.mean_occupation);
}

TEST(BoltzmannOccupation, HasTheEnergyAndTheEntropyOfStirlingsLeadingTerms) {
  const CountableLevels levels({0, 1, 2, 3}, {1, 2, 2, 1}, 0.25);
  const auto got = thermo::boltzmann_occupation(levels, 12, 14);
  double systems = 0, energy = 0, entropy = 12 * std::log(12.0);
  for (std::size_t s = 0; s < 4; ++s) {
    const double n = got.occupation[s];
    systems += n;
    energy += n * static_cast<double>(levels.quanta()[s]);
    entropy -= n * std::log(n / static_cast<double>(levels.degeneracies()[s]));
  }
  EXPECT_NEAR(systems, 12, 1e-14);
  EXPECT_NEAR(energy, 14, 1e-13);
  EXPECT_NEAR(got.entropy, entropy, 1e-13);
  const auto p = levels.probabilities(got.beta);
  for (std::size_t s = 0; s < 4; ++s) EXPECT_NEAR(12 * p[s], got.occupation[s], 1e-14);
}

TEST(BoltzmannOccupation, BetaIsPerUnitOfEnergyWhateverTheQuantaShare) {
  const double beta = thermo::boltzmann_occupation(CountableLevels({0, 1, 2}), 9, 6).beta;
  EXPECT_NEAR(thermo::boltzmann_occupation(CountableLevels({5, 8, 11}, {}, 0.5), 9, 63).beta,
              beta / 1.5, 1e-15);
  EXPECT_EQ(thermo::boltzmann_occupation(CountableLevels({0, 1, 2}), 9, 0).beta, kInf);
  EXPECT_EQ(thermo::boltzmann_occupation(CountableLevels({0, 1, 2}), 9, 18).beta, -kInf);
  EXPECT_EQ(thermo::boltzmann_occupation(CountableLevels({3, 3}), 9, 27).beta, 0);
}

TEST(Convergence, AllThreeOccupationsAndEntropiesMeetAsTheSystemsGrowInNumber) {
  const CountableLevels levels({0, 1, 2});
  const std::vector<std::int64_t> multiples{1, 10, 100, 1000};
  const auto rows = thermo::convergence(levels, 3, 2, multiples);
  ASSERT_EQ(rows.size(), 4U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto n = static_cast<double>(rows[i].count);
    EXPECT_EQ(rows[i].count, 3 * multiples[i]);
    EXPECT_EQ(rows[i].energy, 2 * multiples[i]);
    EXPECT_TRUE(rows[i].most_probable.certified);
    EXPECT_LT(rows[i].mean_distance, 0.3 / n);
    EXPECT_LT(rows[i].most_probable_distance, 1 / n);
    const double entropy = rows[i].boltzmann.entropy;  // e^S bounds the coefficient Omega
    EXPECT_LE(rows[i].most_probable.log_arrangements, rows[i].exact.log_arrangements);
    EXPECT_LE(rows[i].exact.log_arrangements, entropy);
    EXPECT_GT(rows[i].most_probable.log_arrangements, entropy - 1.5 * std::log(n) - 2);
  }
}

TEST(Occupations, RefuseAnEnergyThatCannotBeHad) {
  const CountableLevels levels({0, 6, 10, 15});
  EXPECT_EQ(refusal([&] { thermo::most_probable_occupation(levels, 5, 29); }),
            "most_probable_occupation: 5 systems of these levels cannot have the energy 29");
  EXPECT_EQ(refusal([&] { thermo::microcanonical(levels, 5, 29); }),
            "microcanonical: 5 systems of these levels cannot have the energy 29");
  EXPECT_EQ(refusal([&] { thermo::most_probable_occupation(levels, 5, 76); }),
            "most_probable_occupation: energy must be from 0 to 75, got 76");
  EXPECT_EQ(refusal([&] { thermo::boltzmann_occupation(levels, 0, 0); }),
            "boltzmann_occupation: count must be from 1 to 4503599627370496, got 0");
  EXPECT_EQ(refusal([&] { thermo::microcanonical(levels, 1'000'000, 7'000'000); }),
            "microcanonical: counting must take at most 1e11 steps, got 8.75028e+11");
  EXPECT_EQ(refusal([&] {
              thermo::convergence(levels, 5, 30, std::vector<std::int64_t>{1, 0});
            }),
            "convergence: multiples[1] must be from 1 to 76861433640456465, got 0");
  EXPECT_EQ(refusal([&] { thermo::most_probable_occupation_at(levels, -1, 1); }),
            "most_probable_occupation_at: count must be from 0 to 4503599627370496, got -1");
}

}  // namespace
}  // namespace gibbs::testing
