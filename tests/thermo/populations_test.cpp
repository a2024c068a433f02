// Populations, draws, several temperatures at once, the ideal gas and what a cut may lose.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/thermo/models.hpp>
#include <numeric>
#include <string>

#include "support/random.hpp"
#include "support/refusal.hpp"
#include "thermo/ensemble_cases.hpp"

namespace gibbs::testing {
namespace {

using thermo::Cut;
using thermo::TailBound;

Row populations(const Ensemble& ensemble, const Row& temperatures) {
  Row p(temperatures.size() * static_cast<std::size_t>(ensemble.levels().size()));
  ensemble.populations(temperatures,
                       Rows<double>(p.data(), std::ssize(temperatures), ensemble.levels().size()));
  return p;
}

TEST(Populations, AreBoltzmannsFactors) {
  const Row energies{0, 1, -2, kInf, 3}, g{1, 3, 2, 4, 0}, temperatures{0.3, 1, -0.7, -5, 1e9};
  const Ensemble ensemble(Levels(energies, g), {.boltzmann = 0.5});
  const Row p = populations(ensemble, temperatures);
  for (std::size_t t = 0; t < temperatures.size(); ++t) {
    const double log_z = ensemble.at(temperatures[t]).log_partition;
    for (std::size_t s = 0; s < energies.size(); ++s) {
      const bool present = s != 3 && s != 4;
      const double beta = 2 / temperatures[t];
      const double exact = present ? g[s] * std::exp(-beta * energies[s] - log_z) : 0;
      EXPECT_NEAR(p[t * 5 + s], exact, 1e-14 * exact) << temperatures[t] << " " << s;
    }
  }
}

TEST(Populations, HaveLimits) {
  const Ensemble ensemble(Levels({0, 1, 0, 1}, Row{1, 1, 3, 1}));
  const Row cold = populations(ensemble, {0.0}), inverted = populations(ensemble, {-0.0});
  EXPECT_NEAR(cold[0], 0.25, 1e-16);
  EXPECT_NEAR(cold[2], 0.75, 2e-16);
  EXPECT_EQ(cold[1] + cold[3], 0);
  EXPECT_EQ(inverted, (Row{0, 0.5, 0, 0.5}));
  EXPECT_NEAR(populations(ensemble, {kInf})[2], 0.5, 1e-15);
  const Row mixed = populations(ensemble, {1, kNan, 0});
  EXPECT_TRUE(std::isnan(mixed[4]) && std::isnan(mixed[7]));
  EXPECT_EQ(mixed[8], cold[0]);
  EXPECT_EQ(populations(Ensemble(Levels({1}, Row{0})), {1}), (Row{0}));
  Row p(2);
  EXPECT_EQ(refusal([&] { ensemble.populations(Row{1}, Rows<double>(p)); }),
            "populations: probabilities must have the shape of temperatures and levels, 1 x 4, got "
            "1 x 2");
}

using Numbers = std::vector<std::int64_t>;

Numbers most_probable(const Ensemble& ensemble, double temperature, std::int64_t systems) {
  Numbers n(static_cast<std::size_t>(ensemble.levels().size()));
  ensemble.most_probable_occupations({&temperature, 1}, systems,
                                     Rows<std::int64_t>(n.data(), 1, ensemble.levels().size()));
  return n;
}

double log_probability(const Row& p, const Numbers& n) {
  double sum = 0;
  for (std::size_t s = 0; s < n.size(); ++s) {
    const auto count = static_cast<double>(n[s]);
    sum += (n[s] == 0 ? 0 : count * std::log(p[s])) - std::lgamma(count + 1);
  }
  return sum;
}

TEST(Populations, MostProbableNumbersAreTheBestOfAll) {
  const Ensemble ensemble(Levels({1.3, 0, 0.4, 7}, Row{2, 1, 0, 5}));
  for (const double temperature : {0.2, 1.0, 30.0, -2.0}) {
    const Row p = populations(ensemble, {temperature});
    for (const std::int64_t systems : {0, 1, 2, 5, 17}) {
      const Numbers found = most_probable(ensemble, temperature, systems);
      EXPECT_EQ(std::accumulate(found.begin(), found.end(), std::int64_t{0}), systems);
      for (std::int64_t a = 0; a <= systems; ++a) {
        for (std::int64_t b = 0; a + b <= systems; ++b) {
          const Numbers other{a, b, 0, systems - a - b};
          EXPECT_LE(log_probability(p, other), log_probability(p, found) + 1e-12);
        }
      }
    }
  }
}

TEST(Populations, MostProbableNumbersHaveTiesAndLimits) {
  const Ensemble ensemble(Levels({1, 0, 0, kInf}, Row{1, 1, 1, 1}));
  EXPECT_EQ(most_probable(ensemble, kInf, 8), (Numbers{2, 3, 3, 0}));
  EXPECT_EQ(most_probable(ensemble, 0, 3), (Numbers{0, 2, 1, 0}));
  EXPECT_EQ(most_probable(ensemble, -0.0, 3), (Numbers{3, 0, 0, 0}));
  EXPECT_EQ(most_probable(ensemble, kNan, 3), Numbers(4, thermo::kNoOccupation));
  const std::int64_t many = std::int64_t{1} << 52;
  EXPECT_EQ(most_probable(Ensemble(Levels({1, 0})), kInf, many), (Numbers{many / 2, many / 2}));
  EXPECT_EQ(refusal([&] { most_probable(ensemble, 1, -1); }),
            "most_probable_occupations: systems must be from 0 to 4503599627370496, got -1");
}

TEST(Populations, NoLevelsHaveNoMostProbableNumbers) {
  EXPECT_EQ(most_probable(Ensemble(Levels(Row{})), 1, 5), Numbers{});
}

TEST(Populations, MostProbableNumbersOfAMillionAlikeLevels) {
  const Ensemble ensemble(Levels(Row(1'000'000, 1.0)));
  const Numbers n = most_probable(ensemble, 1, 600'000);
  EXPECT_TRUE(std::all_of(n.begin(), n.begin() + 600'000, [](auto each) { return each == 1; }));
}

TEST(Populations, AreHowOftenLevelsAreDrawn) {
  const Ensemble ensemble(Levels({0, 1, 2}, Row{1, 3, 1}));
  const Row temperatures{0.7, -1.5, kNan};
  constexpr std::int64_t kDraws = 20000;
  std::vector<std::int64_t> drawn(3 * kDraws);
  std::vector<DrawStatus> status(3);
  Row logs(3 * kDraws);
  thermo::MicrostateOptions options{.seed = 11};
  options.status = status;
  options.log_probability = Rows<double>(logs.data(), 3, kDraws);
  ensemble.sample(temperatures, Rows<std::int64_t>(drawn.data(), 3, kDraws), options);
  const Row p = populations(ensemble, {0.7, -1.5});
  for (std::size_t t = 0; t < 2; ++t) {
    Row counts(3);
    for (std::int64_t i = 0; i < kDraws; ++i) {
      const auto at = t * kDraws + static_cast<std::size_t>(i);
      const auto level = static_cast<std::size_t>(drawn[at]);
      ++counts[level];
      EXPECT_NEAR(logs[at], std::log(p[t * 3 + level]), 1e-13);
    }
    for (std::size_t s = 0; s < 3; ++s) {
      const double expected = kDraws * p[t * 3 + s];
      EXPECT_LT(std::abs(counts[s] - expected), 5 * std::sqrt(expected));
    }
  }
  EXPECT_EQ(status[0], DrawStatus::kDrawn);
  EXPECT_EQ(status[2], DrawStatus::kNaN);
  EXPECT_EQ(drawn[2 * kDraws], kNoToken);
  EXPECT_TRUE(std::isnan(logs[2 * kDraws]));
}

TEST(Populations, DrawsOfATemperatureDependOnItsPlaceAndTheSeedAlone) {
  const Ensemble ensemble(thermo::harmonic_oscillator(1, 30));
  const auto draws = [&](const Row& temperatures, std::uint64_t first_row, std::uint64_t seed) {
    std::vector<std::int64_t> drawn(temperatures.size() * 40);
    ensemble.sample(temperatures, Rows<std::int64_t>(drawn.data(), std::ssize(temperatures), 40),
                    {.seed = seed, .first_row = first_row});
    return std::vector<std::int64_t>(drawn.end() - 40, drawn.end());
  };
  EXPECT_EQ(draws({1, -2, 5}, 0, 7), draws({5}, 2, 7));
  EXPECT_NE(draws({5}, 2, 7), draws({5}, 2, 8));
  std::vector<std::int64_t> drawn(3);
  EXPECT_EQ(refusal([&] {
              ensemble.sample(Row{1, 2}, Rows<std::int64_t>(drawn));
            }),
            "sample: drawn must have a row for each temperature, 2, got 1");
  EXPECT_EQ(refusal([&] {
              ensemble.sample(Row{1, -2, 1}, Rows<std::int64_t>(drawn.data(), 3, 1),
                              {.first_row = ~std::uint64_t{0} - 1});
            }),
            "sample: first_row must be at most 18446744073709551613 for 3 rows, got "
            "18446744073709551614");
}

TEST(Populations, OutputsOfDrawsOfAnotherShapeAreRefused) {
  const Ensemble ensemble(Levels({0, 1}));
  std::vector<std::int64_t> drawn(6);
  std::vector<double> logs(6);
  std::vector<DrawStatus> status(2);
  const auto sample = [&](Rows<double> log_probability, std::span<DrawStatus> told) {
    return refusal([&] {
      thermo::MicrostateOptions options{.seed = 1};
      options.log_probability = log_probability;
      options.status = told;
      ensemble.sample(Row{1, 2}, Rows<std::int64_t>(drawn.data(), 2, 3), options);
    });
  };
  EXPECT_EQ(sample({logs.data(), 2, 3}, status), "");
  EXPECT_EQ(sample({}, std::span(status).first(1)),
            "sample: status must have 2 entries, one per temperature, got 1");
  EXPECT_EQ(sample({logs.data(), 1, 6}, {}),
            "sample: log_probability must have the shape of drawn, 2 x 3, got 1 x 6");
  EXPECT_EQ(sample({logs.data(), 1, 3}, {}),
            "sample: log_probability must have the shape of drawn, 2 x 3, got 1 x 3");
}

Row multi(const Row& parts, const Row& temperatures, const Row& g,
          const thermo::EnsembleOptions& options = {}) {
  Row p(g.size());
  const std::vector<Degeneracy> degeneracies(g.begin(), g.end());
  thermo::multi_temperature_populations(
      Rows<const double>(parts.data(), std::ssize(temperatures), std::ssize(g)), temperatures,
      degeneracies, p, options);
  return p;
}

// Vibration and rotation, v and J two each.
const Row kParts{0, 0, 10, 10, 0, 1, 0, 1};

TEST(MultiTemperature, EqualTemperaturesAreOne) {
  const Row p = multi(kParts, {4, 4}, {1, 3, 1, 3}, {.boltzmann = 2});
  const Row one = populations(Ensemble(Levels({0, 1, 10, 11}, Row{1, 3, 1, 3})), {8});
  for (std::size_t s = 0; s < 4; ++s) EXPECT_NEAR(p[s], one[s], 1e-15);
}

TEST(MultiTemperature, PartsThatAddHavePopulationsThatMultiply) {
  const Row p = multi(kParts, {30, 0.5}, {1, 3, 1, 3});
  const Row hot = populations(Ensemble(Levels({0, 10})), {30}),
            cold = populations(Ensemble(Levels({0, 1}, Row{1, 3})), {0.5});
  for (std::size_t s = 0; s < 4; ++s) EXPECT_NEAR(p[s], hot[s / 2] * cold[s % 2], 1e-15);
}

TEST(MultiTemperature, LimitsAreThoseOfEachPart) {
  EXPECT_EQ(multi(kParts, {kInf, 0}, {1, 3, 1, 3}), (Row{0.5, 0, 0.5, 0}));
  EXPECT_EQ(multi(kParts, {0, 0}, {0, 3, 1, 3}), (Row{0, 1, 0, 0}));
  EXPECT_EQ(multi({0, kInf}, {kInf}, {1, 1}), (Row{1, 0}));
  EXPECT_EQ(multi({kInf, 0}, {1}, {1, 0}), (Row{0, 0}));
  EXPECT_EQ(multi({kInf, kInf}, {0}, {1, 1}), (Row{0, 0}));
  EXPECT_EQ(multi({1, 2, kInf, kInf}, {1, 0}, {1, 1}), (Row{0, 0}));
  EXPECT_EQ(multi({1, 2, kInf, 5}, {1, 0}, {1, 1}), (Row{0, 1}));
  EXPECT_EQ(multi({1e300, 1e300 + 1e285, -1e300, -1e300}, {1, 1}, {1, 1}), (Row{1, 0}));
}

TEST(MultiTemperature, RefusesWhatIsNoPart) {
  EXPECT_EQ(refusal([] {
              multi({0, kNan}, {1}, {1, 1});
            }),
            "multi_temperature_populations: parts[0, 1] must be a number above -inf, got nan");
  EXPECT_EQ(refusal([] {
              multi({0, 1}, {-1}, {1, 1});
            }),
            "multi_temperature_populations: temperature must not be negative, got -1 in row 0");
}

TEST(Translation, IsTheIdealGas) {
  const thermo::Constants c;
  const double mass = 6.6e-27, volume = 0.02, t = 300;
  const State one = thermo::translation(mass, volume, t),
              many = thermo::translation(mass, volume, t, 100);
  const double wavelength = c.planck / std::sqrt(2 * std::acos(-1) * mass * c.boltzmann * t);
  EXPECT_NEAR(one.log_partition, std::log(volume / std::pow(wavelength, 3)), 1e-13);
  EXPECT_NEAR(many.log_partition, 100 * one.log_partition - std::lgamma(101), 1e-11);
  EXPECT_EQ(one.heat_capacity, 1.5);
  EXPECT_NEAR(one.entropy, one.log_partition + 1.5, 1e-14);
  EXPECT_NEAR(one.mean_energy / (1.5 * c.boltzmann * t), 1, 1e-15);
  EXPECT_NEAR(one.skewness(), 2 / std::sqrt(1.5), 1e-14);
  EXPECT_NEAR(one.energy_fourth / std::pow(c.boltzmann * t, 4), 9, 1e-14);
  // Of parts of extreme size the product is that of their logarithms.
  const State light = thermo::translation(1e-300, volume, 1e-20);
  const double log_square = std::log(2 * std::acos(-1)) + std::log(1e-300) + std::log(c.boltzmann) +
                            std::log(1e-20) - 2 * std::log(c.planck);
  EXPECT_NEAR(light.log_partition, std::log(volume) + 1.5 * log_square, 1e-10);
  EXPECT_NEAR(light.entropy, light.log_partition + 1.5, 1e-10);
  const auto with = [](const thermo::Constants& constants) {
    return refusal([&] { (void)thermo::translation(1, 1, 1, 1, constants); });
  };
  EXPECT_EQ(with({.planck = 0}), "translation: planck must be positive and finite, got 0");
  EXPECT_EQ(with({.boltzmann = kInf}),
            "translation: boltzmann must be positive and finite, got inf");
  EXPECT_EQ(refusal([] { (void)thermo::translation(1, 0, 1); }),
            "translation: volume must be positive and finite, got 0");
  EXPECT_EQ(refusal([] { (void)thermo::translation(1, 1, 1, 0); }),
            "translation: count must be at least 1, got 0");
}

// That what is lost lies within its bound, which is at most `slack` times as large.
void expect_bounded(const Levels& cut_list, const Levels& whole, const Cut& cut, double t,
                    double slack) {
  const State part = Ensemble(cut_list).at(t), all = Ensemble(whole).at(t);
  const TailBound bound = Ensemble(cut_list).tail(t, cut);
  const auto within = [&](const char* name, double lost, double at_most, double noise) {
    EXPECT_LE(lost, at_most + noise) << name << " at " << t;
    EXPECT_GE(slack * std::abs(lost) + noise, at_most) << name << " at " << t;
  };
  within("log Z", all.log_partition - part.log_partition, bound.log_partition, 1e-14);
  within("U", all.mean_energy - part.mean_energy, bound.mean_energy, 1e-12);
  within("S", all.entropy - part.entropy, bound.entropy, 1e-13);
  EXPECT_LE(std::abs(all.heat_capacity - part.heat_capacity), bound.heat_capacity + 1e-13);
}

TEST(Tails, AreBounded) {
  const auto rotor = [](std::int64_t count) { return thermo::rigid_rotor(1, count); };
  const auto box = [](std::int64_t count) { return thermo::particle_in_box(1, count); };
  const auto oscillator = [](std::int64_t count) { return thermo::harmonic_oscillator(1, count); };
  for (const double t : {3.0, 10.0, 40.0, 150.0, 1000.0}) {
    expect_bounded(rotor(11), rotor(800), {.cut = 132, .growth = 1}, t, 40);
    expect_bounded(box(10), box(3000), {.cut = 121, .growth = 0.5}, t, 40);
  }
  for (const double t : {0.5, 2.0, 8.0}) {
    expect_bounded(oscillator(20), oscillator(1000), {.cut = 20.5, .growth = 1}, t, 40);
    Cut five{.cut = 20.5};
    five.states = 5;
    expect_bounded(oscillator(20), oscillator(25), five, t, 40);
  }
}

TEST(Tails, AtTheEndsOfTemperatureAndEnergyAreLimits) {
  Cut five{.cut = kInf};
  five.states = 5;
  for (const double t : {0.0, 1.0, kInf}) {
    const TailBound none = Ensemble(Levels({0, 1})).tail(t, five);
    EXPECT_EQ(none.log_partition, 0) << t;
    EXPECT_EQ(none.mean_energy, 0) << t;
    EXPECT_EQ(none.entropy, 0) << t;
    EXPECT_EQ(none.heat_capacity, 0) << t;
  }
  // What may lie in the ground state is there at any temperature: U alone has an energy in it.
  five.cut = 0;
  const TailBound warm = Ensemble(Levels({0})).tail(3, five),
                  cold = Ensemble(Levels({0})).tail(0, five);
  EXPECT_NEAR(cold.log_partition, std::log(6.0), 1e-15);
  EXPECT_EQ(cold.entropy, warm.entropy);
  EXPECT_EQ(cold.heat_capacity, warm.heat_capacity);
  EXPECT_EQ(cold.mean_energy, 0);
  EXPECT_GT(warm.mean_energy, 0);
  // Where all states are alike, five more of them at a finite energy are five more.
  five.cut = 1e308;
  EXPECT_NEAR(Ensemble(Levels({-1e308, 1})).tail(kInf, five).log_partition, std::log(3.5), 1e-15);
  EXPECT_EQ(Ensemble(Levels({0, 1})).tail(1, {.cut = 1, .growth = kInf}).log_partition, kInf);
}

TEST(Tails, OfNothingMissingAreZeroAndOfNothingKnownInfinite) {
  const Ensemble ensemble(thermo::harmonic_oscillator(1, 20));
  EXPECT_EQ(ensemble.tail(5, {.cut = kInf}).log_partition, 0);
  EXPECT_EQ(ensemble.tail(0, {.cut = 20.5}).entropy, 0);
  EXPECT_EQ(ensemble.tail(5, {.cut = 20.5, .growth = 0}).mean_energy, 0);
  EXPECT_EQ(ensemble.tail(kInf, {.cut = 20.5}).mean_energy, kInf);
  EXPECT_EQ(ensemble.tail(-5, {.cut = 20.5}).log_partition, kInf);
  EXPECT_TRUE(std::isnan(ensemble.tail(kNan, {.cut = 20.5}).log_partition));
  EXPECT_EQ(refusal([&] { (void)ensemble.tail(5, {.cut = 3}); }),
            "tail: cut must not be below the highest level, 19.5, got 3");
  EXPECT_EQ(refusal([&] { (void)ensemble.tail(5, {.cut = 30, .growth = -1}); }),
            "tail: growth must not be negative, got -1");
}

}  // namespace
}  // namespace gibbs::testing
