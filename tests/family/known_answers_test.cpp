// The known answers of tests/known/family.txt: the constrained maps and normmax, in double and in
// float on every target.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "run_known.hpp"
#include "support/bars.hpp"
#include "support/near.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

bool is_normmax(const FamilyAnswer& known) { return known.map == "normmax"; }

template <Score T>
GotRow<T> run(const FamilyAnswer& known) {
  return is_normmax(known) ? run_normmax<T>(known) : run_constrained<T>(known);
}

template <class Check>
void for_every_row(Check check) {
  for_every_row_of("normmax", check);
  for_every_row_of("constrained", check);
}

template <Score T>
long double probability_bar(const FamilyAnswer& known, long double exact) {
  return is_normmax(known) ? normmax_bar<T>(known.number("alpha")) : constrained_bar<T>(exact);
}

TEST(FamilyKnownAnswers, TheyCoverTheFamily) {
  std::map<std::string, int> rows;
  std::size_t columns = 0;
  for (const FamilyAnswer& known : family_answers()) {
    ++rows[known.map + known.divergence];
    rows["slopes"] += known.has("upstream") ? 1 : 0;
    columns = std::max(columns, known.row("scores").size());
  }
  for (const auto& [name, kind] : kDivergences) {
    EXPECT_GE(rows[std::string("constrained") + name], 50) << name;
  }
  for (const char* map : {"normmax", "top_k", "tempered", "sink"}) EXPECT_GE(rows[map], 50) << map;
  EXPECT_GE(rows["slopes"], 100);
  EXPECT_EQ(columns, 300U);
}

TEST(FamilyKnownAnswers, ProbabilitiesAreWithinTheBars) {
  for_every_row([]<Score T>(const FamilyAnswer& known) {
    const auto got = run<T>(known).probabilities;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const long double exact = known.row("probabilities")[i];
      EXPECT_TRUE(near(got[i], exact, probability_bar<T>(known, exact))) << "column " << i;
    }
  });
}

TEST(FamilyKnownAnswers, StatesAtABoundAreThereToTheBit) {
  for_every_row([]<Score T>(const FamilyAnswer& known) {
    const auto got = run<T>(known).probabilities;
    const KnownRow<T> row(known);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const long double exact = known.row("probabilities")[i];
      const bool full = !row.upper.empty() && exact == row.upper[i];
      const bool least = !row.lower.empty() && exact == row.lower[i];
      if (full || least) {
        EXPECT_EQ(got[i], exact) << i;
      }
    }
  });
}

TEST(FamilyKnownAnswers, SupportCountsTheProbabilitiesAboveZero) {
  for_every_row([]<Score T>(const FamilyAnswer& known) {
    const auto got = run<T>(known);
    std::int64_t above = 0, larger = 0, absent = 0;
    for (std::size_t i = 0; i < got.probabilities.size(); ++i) {
      const long double exact = known.row("probabilities")[i];
      above += got.probabilities[i] > 0;
      larger += exact > probability_bar<T>(known, exact);
      absent += exact == 0;
    }
    EXPECT_EQ(got.support[0], above);
    EXPECT_GE(above, larger);
    EXPECT_LE(above, static_cast<std::int64_t>(got.probabilities.size()) - absent);
  });
}

// The size of what a value is a sum of.
long double size_of_value(const FamilyAnswer& known) {
  long double size = std::max(1.0L, std::abs(known.number("value")));
  for (std::size_t i = 0; i < known.row("scores").size(); ++i) {
    const long double p = known.row("probabilities")[i];
    if (p > 0) size = std::max(size, std::abs(p * known.row("scores")[i]));
  }
  return size;
}

TEST(FamilyKnownAnswers, ValuesAreWithinFourUlp) {
  for_every_row([]<Score T>(const FamilyAnswer& known) {
    const long double exact = known.number("value"), got = run<T>(known).value[0];
    if (got == exact) return;
    EXPECT_TRUE(near(got, exact, 4 * kUlp<T> * size_of_value(known)));
  });
}

// tau = x - T f'(p / g): some ulp of the larger of the two.
template <Score T>
long double multiplier_bar(const FamilyAnswer& known, long double multiplier) {
  long double size = std::max(1.0L, std::abs(multiplier));
  for (const long double x : known.row("scores")) {
    if (std::isfinite(x)) size = std::max(size, std::abs(x));
  }
  return 2 * kUlp<T> * size;
}

TEST(FamilyKnownAnswers, TheMultiplierIsThatOfABudgetAnUlpAway) {
  for_every_row([]<Score T>(const FamilyAnswer& known) {
    const long double got = run<T>(known).multiplier[0];
    const auto& within = is_normmax(known)         ? known.row("threshold")
                         : std::same_as<T, double> ? known.row("double_multiplier")
                                                   : known.row("float_multiplier");
    if (within.front() <= got && got <= within.back()) return;
    const long double nearest = std::clamp(got, within.front(), within.back());
    EXPECT_TRUE(near(got, nearest, multiplier_bar<T>(known, nearest)));
  });
}

TEST(FamilyKnownAnswers, DerivativesAreWithinTwoUlpOfTheirScale) {
  for_every_row([]<Score T>(const FamilyAnswer& known) {
    if (!known.has("upstream")) return;
    expect_slopes<T>(known,
                     is_normmax(known) ? run_normmax_vjp<T>(known) : run_constrained_vjp<T>(known));
  });
}

// The reference takes long for a row, knows neither masks nor infinities, and has 64 bits for
// multiplier and scores.
bool suits_the_reference(const FamilyAnswer& known) {
  const auto small = [](long double each) { return std::abs(each) < 100; };
  const auto all_small = [&](const char* key) {
    return std::all_of(known.row(key).begin(), known.row(key).end(), small);
  };
  return known.map == "constrained" && known.row("scores").size() == 4 && !known.has("mask") &&
         all_small("scores") && all_small("log_degeneracy") && all_small("multiplier");
}

TEST(FamilyKnownAnswers, TheReferenceOfTheTestsAgreesWithThem) {
  int compared = 0;
  for (const FamilyAnswer& known : family_answers()) {
    if (!suits_the_reference(known)) continue;
    const ConstrainedProblem problem{
        divergence_of(known).kind,   known.number("alpha", 1), known.row("scores"),
        known.number("temperature"), known.number("budget"),   known.row("lower"),
        known.row("upper"),          known.row("weights"),     known.row("log_degeneracy")};
    const ConstrainedSolution got = solve(problem);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(near(got.probabilities[i], known.row("probabilities")[i], 1e-16L)) << known.name;
    }
    EXPECT_TRUE(near(got.multiplier, known.number("multiplier"), 1e-15L)) << known.name;
    EXPECT_TRUE(near(got.value, known.number("value"), 1e-15L)) << known.name;
    ++compared;
  }
  EXPECT_GE(compared, 80);
}

}  // namespace
}  // namespace gibbs::testing
