// Numbers of states beyond the range of a double, and lists of levels.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/levels.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/mp.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::Degeneracy;
using thermo::Levels;
using Row = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string digits(Random& random, std::int64_t count) {
  std::string text;
  for (std::int64_t i = 0; i < count; ++i) text += static_cast<char>('0' + random.below(10));
  return text;
}

TEST(Degeneracies, ADoubleIsHeldExactly) {
  for (const double g : {1.0, 0.1, 3.0, 1e308, 5e-324, 1.7976931348623157e308, 2.5}) {
    const Degeneracy held(g);
    EXPECT_EQ(held.value(), g);
    EXPECT_GE(held.mantissa(), 1);
    EXPECT_LT(held.mantissa(), 2);
  }
  EXPECT_EQ(Degeneracy(0).mantissa(), 0);
  EXPECT_EQ(Degeneracy(0).value(), 0);
  EXPECT_EQ(Degeneracy().value(), 1);
}

TEST(Degeneracies, ADecimalOfAnyLengthIsRoundedOnce) {
  Random random(1);
  for (int trial = 0; trial < 2000; ++trial) {
    std::string text = digits(random, 1 + random.below(trial % 10 == 0 ? 400 : 25));
    if (trial % 3 == 1) text += "." + digits(random, random.below(30));
    if (trial % 4 == 1) text += "e" + std::to_string(random.below(1400) - 700);
    const Mp exact(text);
    const Degeneracy g = Degeneracy::of_decimal(text);
    if (mpfr_zero_p(exact.get()) != 0) {
      EXPECT_EQ(g.mantissa(), 0) << text;
      continue;
    }
    // MPFR rounds to 256 bits first: a tie of 53 bits is not lost among so few trials.
    EXPECT_EQ(g.mantissa(), exact.mantissa()) << text;
    EXPECT_EQ(g.exponent(), exact.exponent()) << text;
  }
}

TEST(Degeneracies, TiesOfDecimalsGoToTheEvenNeighbourAndWhatIsBeyondATieDoesNot) {
  // 2^1074 + 2^1021 lies halfway between two numbers of 53 bits.
  Mp half = scaled(Mp(1.0), 1074) + scaled(Mp(1.0), 1021);
  char text[400];
  mpfr_snprintf(text, sizeof text, "%.0Rf", half.get());
  EXPECT_EQ(Degeneracy::of_decimal(text).mantissa(), 1);
  EXPECT_EQ(Degeneracy::of_decimal(std::string(text) + ".0000000001").mantissa(), 1 + 0x1p-52);
  half = scaled(Mp(1.0), 1074) + Mp(3.0) * scaled(Mp(1.0), 1021);
  mpfr_snprintf(text, sizeof text, "%.0Rf", half.get());
  EXPECT_EQ(Degeneracy::of_decimal(text).mantissa(), 1 + 0x1p-51);
}

TEST(Degeneracies, DecimalsAreReadAsTheyAreWritten) {
  const auto value = [](const char* text) { return Degeneracy::of_decimal(text).value(); };
  EXPECT_EQ(value("+12"), 12);
  EXPECT_EQ(value("007"), 7);
  EXPECT_EQ(value("1.5E+2"), 150);
  EXPECT_EQ(value(".5"), 0.5);
  EXPECT_EQ(value("5."), 5);
  EXPECT_EQ(value("0.000"), 0);
  EXPECT_EQ(value("-0"), 0);
  EXPECT_EQ(value("1e-400"), 0);  // held, but below a double
  EXPECT_EQ(Degeneracy::of_decimal("1e-400").mantissa(), Mp(std::string("1e-400")).mantissa());
  EXPECT_EQ(value("1.5e400"), kInf);
  EXPECT_EQ(Degeneracy::of_decimal("1e1000000").exponent(), 3321928);
}

TEST(Degeneracies, TextThatIsNoNumberFromZeroIsRefused) {
  for (const char* text :
       {"", "-1", "1e", "nan", "inf", "0x10", "1 ", " 1", "1,000", "--1", "+-1", "1e5.5", ".", "e5",
        "-1e400", "1e+-3", "1e1000001", "1e99999999999999"}) {
    EXPECT_EQ(refusal([&] { Degeneracy::of_decimal(text); }),
              "Degeneracy: a degeneracy must be a number from 0 to 1e1000000, got \"" +
                  std::string(text) + "\"");
  }
  const std::string refused = refusal([] { Degeneracy::of_decimal(std::string(1000, 'x')); });
  EXPECT_LT(refused.size(), 150U);
}

TEST(Degeneracies, OfLogIsTheExponentialHoweverLarge) {
  Random random(2);
  for (int trial = 0; trial < 2000; ++trial) {
    const double size = std::pow(10, random.uniform(-3, 15));
    const double log_g = random.uniform(-size, size);
    const Degeneracy g = Degeneracy::of_log(log_g);
    const Mp rest = Mp(log_g) - Mp(static_cast<double>(g.exponent())) * log(Mp(2.0));
    EXPECT_NEAR((Mp(g.mantissa()) / exp(rest) - Mp(1.0)).value(), 0, 0x1p-51) << log_g;
    EXPECT_GE(g.mantissa(), 1);
    EXPECT_LT(g.mantissa(), 2);
  }
  EXPECT_EQ(Degeneracy::of_log(-kInf).mantissa(), 0);
  EXPECT_EQ(Degeneracy::of_log(0).value(), 1);
}

TEST(Degeneracies, LogIsTheLogarithmNearOneToo) {
  Random random(3);
  for (int trial = 0; trial < 2000; ++trial) {
    const double g = trial % 2 == 0 ? 1 + std::pow(10, -random.uniform(0, 16)) * (trial % 4 - 1)
                                    : std::pow(10, random.uniform(-300, 300));
    if (g <= 0) continue;
    const double exact = log(Mp(g)).value();
    EXPECT_NEAR(Degeneracy(g).log(), exact, std::ldexp(std::abs(exact), -51)) << g;
  }
  EXPECT_EQ(Degeneracy(1).log(), 0);
  EXPECT_EQ(Degeneracy(0).log(), -kInf);
  EXPECT_EQ(Degeneracy::of_scaled(1, 1024).log(), (Mp(1024.0) * log(Mp(2.0))).value());
}

TEST(Degeneracies, LogOfOfLogIsTheLogarithmAgain) {
  Random random(4);
  for (int trial = 0; trial < 1000; ++trial) {
    const double log_g = random.uniform(-1, 1) * std::pow(10, random.uniform(-2, 15));
    EXPECT_NEAR(Degeneracy::of_log(log_g).log(), log_g, std::ldexp(1 + std::abs(log_g), -52));
  }
}

TEST(Degeneracies, WhatIsNoNumberOfStatesIsRefused) {
  EXPECT_EQ(refusal([] { Degeneracy(-1); }),
            "Degeneracy: a degeneracy must be finite and not negative, got -1");
  EXPECT_EQ(refusal([] { Degeneracy{kNan}; }),
            "Degeneracy: a degeneracy must be finite and not negative, got nan");
  EXPECT_NE(refusal([] { Degeneracy{kInf}; }), "");
  EXPECT_EQ(refusal([] { Degeneracy::of_log(kNan); }),
            "Degeneracy: ln g must be -inf or from -1e15 to 1e15, got nan");
  EXPECT_NE(refusal([] { Degeneracy::of_log(kInf); }), "");
  EXPECT_NE(refusal([] { Degeneracy::of_log(-1e16); }), "");
}

TEST(LevelLists, WithoutDegeneraciesEveryLevelIsOneState) {
  const Levels levels({3, 1, 2});
  EXPECT_EQ(levels.size(), 3);
  EXPECT_EQ(levels.log_degeneracies(), (Row{0, 0, 0}));
  EXPECT_EQ(levels.lowest(), 1);
  EXPECT_EQ(levels.highest(), 3);
  EXPECT_NEAR(levels.log_states(), std::log(3), 1e-15);
}

TEST(LevelLists, LevelsThatAreNeverOccupiedStayInTheirPlaceAndBoundNothing) {
  const Levels levels({-5, 1, kInf, 2, 9}, Row{0, 1, 7, 3, 0});
  EXPECT_EQ(levels.size(), 5);
  EXPECT_EQ(levels.energies()[2], kInf);
  EXPECT_EQ(levels.lowest(), 1);
  EXPECT_EQ(levels.highest(), 2);
  EXPECT_NEAR(levels.log_states(), std::log(4), 1e-15);
  for (const Levels& empty : {Levels({}), Levels({kInf}), Levels({1, 2}, Row{0, 0})}) {
    EXPECT_EQ(empty.lowest(), kInf);
    EXPECT_EQ(empty.highest(), -kInf);
    EXPECT_EQ(empty.log_states(), -kInf);
  }
}

TEST(LevelLists, StatesAreCountedBeyondTheRangeOfADouble) {
  const std::vector<std::string> g{"1" + std::string(400, '0'), "2" + std::string(400, '0'), "5"};
  const double exact = (log(Mp(3.0)) + Mp(400.0) * log(Mp(10.0))).value();
  EXPECT_NEAR(Levels::of_decimals({0, 1, 2}, g).log_states(), exact, 1e-13);
  const Levels many(Row(100000, 1.0), Row(100000, 0.1));
  EXPECT_NEAR(many.log_states(), std::log(10000), 2e-15);
}

TEST(LevelLists, NumbersLogarithmsAndDecimalsAreOneList) {
  const Row energies{0, 1, 2, 3};
  const Levels numbers(energies, Row{1, 3, 0, 2.5});
  const Levels decimals =
      Levels::of_decimals(energies, std::vector<std::string>{"1", "3", "0", "2.5"});
  const Levels logs =
      Levels::of_log_degeneracies(energies, Row{0, std::log(3), -kInf, std::log(2.5)});
  for (std::size_t i = 0; i < energies.size(); ++i) {
    const double g = numbers.degeneracies()[i].value();
    EXPECT_EQ(decimals.degeneracies()[i].value(), g);
    EXPECT_NEAR(logs.degeneracies()[i].value(), g, 1e-15 * g);
  }
}

TEST(LevelLists, AWangLandauRunIsShiftedToTheNumberOfStates) {
  const Row energies{0, 1, 2, kInf}, logs{1000, 1001, 1003.5, 2000};
  const Levels levels = Levels::of_log_degeneracies(energies, logs, Degeneracy::of_scaled(1, 1024));
  EXPECT_NEAR(levels.log_states(), 1024 * std::log(2), 3e-13);
  const Row shifted = levels.log_degeneracies();
  for (std::size_t i = 0; i < logs.size(); ++i) {
    EXPECT_NEAR(shifted[i] - shifted[0], logs[i] - logs[0], 3e-13);
  }
}

TEST(LevelLists, ARowThatIsNoLevelIsNamed) {
  EXPECT_EQ(refusal([] {
              Levels({0, 1, kNan});
            }),
            "Levels: energies[2] must be a number or +inf, got nan");
  EXPECT_EQ(refusal([] {
              Levels({0, -kInf});
            }),
            "Levels: energies[1] must be a number or +inf, got -inf");
  EXPECT_EQ(refusal([] {
              Levels({0, 1}, Row{1, -2});
            }),
            "Levels: degeneracies[1] must be finite and not negative, got -2");
  EXPECT_EQ(refusal([] {
              Levels({0, 1}, Row{kNan, 1});
            }),
            "Levels: degeneracies[0] must be finite and not negative, got nan");
  EXPECT_NE(refusal([] { Levels({0, 1}, Row{1, kInf}); }), "");
  EXPECT_EQ(refusal([] {
              Levels({0, 1}, Row{1, 1, 1});
            }),
            "Levels: degeneracies must have 2 entries, one per level, got 3");
  EXPECT_EQ(refusal([] {
              Levels({0, 1}, std::vector<Degeneracy>(1));
            }),
            "Levels: degeneracies must have 2 entries, one per level, got 1");
}

TEST(LevelLists, ARowOfLogarithmsOrTextThatIsNoDegeneracyIsNamed) {
  EXPECT_EQ(refusal([] {
              Levels::of_log_degeneracies({0, 1}, Row{0, kInf});
            }),
            "Levels: log_degeneracies[1] must be -inf or from -1e15 to 1e15, got inf");
  EXPECT_EQ(refusal([] {
              Levels::of_log_degeneracies({0, 1}, Row{0});
            }),
            "Levels: log_degeneracies must have 2 entries, one per level, got 1");
  EXPECT_EQ(refusal([] { Levels::of_log_degeneracies({0}, Row{0}, Degeneracy(0)); }),
            "Levels: states must be positive, got 0");
  EXPECT_EQ(refusal([] { Levels::of_log_degeneracies({0}, Row{-kInf}, Degeneracy(2)); }),
            "Levels: no level can hold the states");
  EXPECT_EQ(refusal([] {
              Levels::of_decimals({0, 1}, std::vector<std::string>{"1", "-3"});
            }),
            "Levels: degeneracies[1] must be a number from 0 to 1e1000000, got \"-3\"");
}

TEST(LevelLists, AProductHasEverySumOfEnergiesWithThatManyStates) {
  const Levels a({0, 2, kInf}, Row{1, 3, 5}), b({10, 20}, Row{7, 1e300});
  const Levels both = product(a, b);
  ASSERT_EQ(both.size(), 6);
  for (std::size_t s = 0; s < 3; ++s) {
    for (std::size_t t = 0; t < 2; ++t) {
      EXPECT_EQ(both.energies()[2 * s + t], a.energies()[s] + b.energies()[t]);
      EXPECT_NEAR(both.degeneracies()[2 * s + t].log(),
                  a.degeneracies()[s].log() + b.degeneracies()[t].log(), 1e-13);
    }
  }
  EXPECT_NEAR(both.log_states(), a.log_states() + b.log_states(), 1e-13);
}

TEST(LevelLists, AProductBeyondTheRangeOfADoubleIsRefused) {
  const Levels high({1e308}), low({-1e308});
  EXPECT_EQ(refusal([&] { product(high, high); }),
            "product: the sum of the highest energies must be finite");
  EXPECT_NE(refusal([&] { product(low, low); }), "");
  EXPECT_EQ(product(high, low).energies()[0], 0);
  EXPECT_EQ(product(high, Levels({})).size(), 0);
}

}  // namespace
}  // namespace gibbs::testing
