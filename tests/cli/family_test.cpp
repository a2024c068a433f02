// What `gibbs map --family` computes, and with which options.

#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

using Words = std::vector<std::string>;

// Each family with the options that it needs; caps.csv holds 0.4, 1, 1.
const std::map<std::string, Words> kFamilies = {{"entmax", {}},
                                                {"capped", {"--caps", "caps.csv"}},
                                                {"budget", {"--budget", "2"}},
                                                {"fermi", {"--budget", "2"}},
                                                {"box", {"--caps", "caps.csv"}},
                                                {"normmax", {}},
                                                {"topk", {"--k", "2"}},
                                                {"tempered", {"--t", "0.5"}},
                                                {"sink", {}},
                                                {"reverse-kl", {}},
                                                {"chi-square", {}},
                                                {"hellinger", {}},
                                                {"jensen-shannon", {}}};

class FamilyTest : public CommandTest {
 protected:
  FamilyTest() { write("caps.csv", "0.4,1,1\n"); }

  Result of(const std::string& family, const std::string& scores, const Words& more = {}) const {
    Words words = {"map", "--family", family};
    words.insert(words.end(), kFamilies.at(family).begin(), kFamilies.at(family).end());
    words.insert(words.end(), more.begin(), more.end());
    return gibbs(words, scores);
  }
  std::string out_of(const Words& words, const std::string& scores) const {
    Words all = {"map", "--family"};
    all.insert(all.end(), words.begin(), words.end());
    const Result result = gibbs(all, scores);
    EXPECT_EQ(result.err, "");
    return result.out;
  }
  std::vector<double> row_of(const Words& words, const std::string& scores) const {
    return numbers_of(out_of(words, scores)).at(0);
  }
};

TEST_F(FamilyTest, CappedHoldsAProbabilityAtItsCap) {
  write("u.csv", "0.2,1,inf\n");
  const auto even = row_of({"capped", "--caps", "u.csv"}, "0,0,0\n");
  EXPECT_EQ(even[0], 0.2);
  EXPECT_NEAR(even[1], 0.4, 1e-15);
  const auto p = row_of({"capped", "--caps", "u.csv"}, "5,1,0\n");
  EXPECT_EQ(p[0], 0.2);
  EXPECT_NEAR(p[1] / p[2], std::exp(1), 1e-14);
}

TEST_F(FamilyTest, CappedTurnsSparseWithAlphaAndHeavyWithTemperature) {
  write("u.csv", "0.5,1,1\n");
  EXPECT_EQ(out_of({"capped", "--caps", "u.csv", "--alpha", "2"}, "3,0.25,0\n"),
            "0.5,0.375,0.125\n");
  EXPECT_EQ(out_of({"capped", "--caps", "u.csv", "--alpha", "2"}, "3,1,0\n"), "0.5,0.5,0\n");
  EXPECT_EQ(out_of({"capped", "--caps", "u.csv", "--alpha", "2", "--temperature", "4"}, "3,1,0\n"),
            "0.5,0.375,0.125\n");
  // p = [(x - t) / 2]_+^2: the roots of the free ones differ by 1/4.
  const auto p = row_of({"capped", "--caps", "u.csv", "--alpha", "1.5"}, "3,0.5,0\n");
  EXPECT_NEAR(std::sqrt(p[1]) - std::sqrt(p[2]), 0.25, 1e-14);
}

TEST_F(FamilyTest, FloorsHoldProbabilitiesUp) {
  write("u.csv", "1,1,1\n");
  write("l.csv", "0,0,0.5\n");
  EXPECT_EQ(out_of({"capped", "--caps", "u.csv", "--floors", "l.csv"}, "0,0,-9\n"),
            "0.25,0.25,0.5\n");
  EXPECT_EQ(out_of({"box", "--floors", "l.csv"}, "0,0,-9\n"), "0.25,0.25,0.5\n");
}

TEST_F(FamilyTest, BoundsAreMatchedByNameWhereBothFilesHaveNames) {
  write("u.csv", "b,z,a\n1,9,0.25\n");
  EXPECT_TRUE(out_of({"capped", "--caps", "u.csv"}, "a,b\n7,0\n").starts_with("a,b\n0.25,0.75"));
  write("u.npy", npy_of({0.25, 1}, 1, 2));
  EXPECT_TRUE(out_of({"capped", "--caps", "u.npy"}, "7,0\n").starts_with("0.25,0.75"));
}

TEST_F(FamilyTest, BudgetIsTheSumOfProbabilitiesUpToOne) {
  EXPECT_EQ(out_of({"budget", "--budget", "1"}, "1,0.5,-3\n"), "0.75,0.25,0\n");
  EXPECT_EQ(out_of({"budget", "--budget", "2"}, "1,0.5,-3\n"), "1,1,0\n");
  EXPECT_EQ(out_of({"budget", "--budget", "1.5"}, "3,0,0\n"), "1,0.25,0.25\n");
}

TEST_F(FamilyTest, FermiIsTheFermiDiracDistribution) {
  const auto row = row_of(
      {"fermi", "--budget", "1.5", "--temperature", "0.5", "--with", "multiplier"}, "1,0.5,0\n");
  EXPECT_NEAR(row[0] + row[1] + row[2], 1.5, 1e-15);
  for (int i = 0; i < 3; ++i) {
    const double x = 1 - 0.5 * i;
    EXPECT_NEAR(row[static_cast<std::size_t>(i)], 1 / (1 + std::exp((row[3] - x) / 0.5)), 1e-15);
  }
}

TEST_F(FamilyTest, BoxIsAKnapsackOfWeights) {
  write("u.csv", "1,1,1,1\n");
  write("w.csv", "2,1,1,1\n");
  const Words box = {"box", "--caps", "u.csv", "--weights", "w.csv", "--budget", "3"};
  EXPECT_EQ(out_of(box, "3,2.5,1,-1\n"), "1,1,0,0\n");
  // p = -tau w, so that tau sum w^2 = -3.
  const auto p = row_of(box, "0,0,0,0\n");
  EXPECT_NEAR(p[0], 6.0 / 7, 1e-15);
  EXPECT_NEAR(p[1], 3.0 / 7, 1e-15);
  EXPECT_EQ(out_of({"box"}, "1,0.5,-3\n"), "0.75,0.25,0\n");
}

TEST_F(FamilyTest, NormmaxIsOfTheNormOfIndexAlpha) {
  // At alpha 2 q = (x - tau) / T has length 1: here tau is 0.
  const auto p = row_of({"normmax"}, "0.8,0.6,-1\n");
  EXPECT_NEAR(p[0], 4.0 / 7, 1e-15);
  EXPECT_EQ(p[2], 0);
  const auto doubled = row_of({"normmax", "--temperature", "2"}, "1.6,1.2,-2\n");
  EXPECT_NEAR(doubled[0], 4.0 / 7, 1e-15);
  EXPECT_EQ(out_of({"normmax", "--alpha", "inf"}, "0.8,0.6,-1\n"), "0.5,0.5,0\n");
}

TEST_F(FamilyTest, TopkIsEntmaxOfTheHighestScores) {
  EXPECT_EQ(out_of({"topk", "--k", "2"}, "0,3,3,0\n"), "0,0.5,0.5,0\n");
  EXPECT_EQ(out_of({"topk", "--k", "1"}, "0,3,2,0\n"), "0,1,0,0\n");
  EXPECT_EQ(out_of({"topk", "--k", "2", "--alpha", "2"}, "0.75,1,0.75,-9\n"), "0.375,0.625,0,0\n");
  EXPECT_EQ(out_of({"topk", "--k", "9"}, "1,2,3\n"), gibbs({"map"}, "1,2,3\n").out);
}

TEST_F(FamilyTest, TemperedIsEntmaxAtTwoMinusT) {
  for (const auto& [t, alpha] : std::map<std::string, std::string>{
           {"0", "2"}, {"0.5", "1.5"}, {"1", "1"}, {"1.5", "0.5"}, {"-inf", "inf"}}) {
    EXPECT_EQ(out_of({"tempered", "--t", t}, "1,0.5,-3\n"),
              gibbs({"map", "--alpha", alpha}, "1,0.5,-3\n").out);
  }
}

TEST_F(FamilyTest, SinkTakesAShareThatIsNotWritten) {
  const auto p = row_of({"sink", "--with", "sink_probability,log_partition"}, "0,0\n");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(p[i], 1.0 / 3, 1e-15);
  EXPECT_NEAR(p[3], std::log(3), 1e-15);
  const auto q = row_of({"sink", "--sink", "-3"}, "0,0\n");
  EXPECT_NEAR(q[0], 1 / (2 + std::exp(-3)), 1e-15);
  EXPECT_EQ(out_of({"sink", "--sink", "-inf"}, "0,0\n"), "0.5,0.5\n");
}

TEST_F(FamilyTest, ADivergenceHasTheDerivativeThatScoresDifferBy) {
  const std::map<std::string, std::function<double(double)>> derivatives = {
      {"reverse-kl", [](double r) { return -1 / r; }},
      {"chi-square", [](double r) { return 2 * (r - 1); }},
      {"hellinger", [](double r) { return 1 - 1 / std::sqrt(r); }},
      {"jensen-shannon", [](double r) { return std::log(2 * r / (1 + r)); }}};
  for (const auto& [family, derivative] : derivatives) {
    const auto p = row_of({family, "--temperature", "2"}, "0.5,0.25,0\n");
    EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-15) << family;
    EXPECT_NEAR(derivative(p[0]) - derivative(p[1]), 0.125, 1e-13) << family;
    EXPECT_NEAR(derivative(p[1]) - derivative(p[2]), 0.125, 1e-13) << family;
  }
}

TEST_F(FamilyTest, DegeneracyWeighsTheStates) {
  write("g.csv", "1,3\n");
  for (const char* family : {"tempered", "reverse-kl", "hellinger", "jensen-shannon"}) {
    const auto p = numbers_of(of(family, "0,0\n", {"--degeneracy", "g.csv"}).out).at(0);
    EXPECT_NEAR(p[0], 0.25, 1e-15) << family;
    EXPECT_NEAR(p[1], 0.75, 1e-15) << family;
  }
  const auto p = row_of({"fermi", "--budget", "2", "--degeneracy", "g.csv"}, "0,0\n");
  EXPECT_NEAR(p[0], 0.5, 1e-15);
  EXPECT_NEAR(p[1], 1.5, 1e-15);
  write("g.csv", "0,1,1\n");
  EXPECT_EQ(of("budget", "9,0,-5\n", {"--degeneracy", "g.csv"}).out, "0,1,1\n");
  EXPECT_EQ(of("topk", "9,0,0\n", {"--degeneracy", "g.csv"}).out, "0,0.5,0.5\n");
}

TEST_F(FamilyTest, TheValueGrowsWithTheBudgetByTheMultiplier) {
  const auto more = row_of({"fermi", "--budget", "1.0001", "--with", "value"}, "1,0.5,0\n");
  const auto less = row_of({"fermi", "--budget", "0.9999", "--with", "value"}, "1,0.5,0\n");
  const auto here = row_of({"fermi", "--budget", "1", "--with", "multiplier,support"}, "1,0.5,0\n");
  EXPECT_NEAR((more[3] - less[3]) / 2e-4, here[3], 1e-7);
  EXPECT_EQ(here[4], 3);
}

TEST_F(FamilyTest, WithAddsTheColumnsOfTheFamily) {
  EXPECT_EQ(of("normmax", "a,b\n0.8,-1\n", {"--with", "support,threshold,value"}).out,
            "a,b,support,threshold,value\n1,0,1,-0.19999999999999996,-0.19999999999999996\n");
  EXPECT_EQ(of("tempered", "9,0\n", {"--with", "support,threshold"}).out, "1,0,1,7\n");
  EXPECT_EQ(of("topk", "1,1,0\n", {"--with", "support"}).out, "0.5,0.5,0,2\n");
}

TEST_F(FamilyTest, SparseHoldsTheNumbersOfTheTable) {
  for (const auto& [family, options] : kFamilies) {
    for (const Words& more : {Words{}, Words{"--log"}, Words{"--dtype", "float32"}}) {
      Words sparse = more;
      sparse.emplace_back("--sparse");
      const std::string scores = "2,1,-1\n0,0,0\n-inf,7,1\n";
      const Result table = of(family, scores, more), triples = of(family, scores, sparse);
      EXPECT_EQ(table.err + triples.err, "") << family;
      auto dense = numbers_of(table.out);
      const double zero = more == Words{"--log"} ? -INFINITY : 0;
      std::string expected = "row,column,value\n";
      std::vector<std::vector<double>> entries;
      for (std::size_t i = 0; i < dense.size(); ++i) {
        for (std::size_t j = 0; j < dense[i].size(); ++j) {
          if (dense[i][j] == zero) continue;
          entries.push_back({static_cast<double>(i), static_cast<double>(j), dense[i][j]});
        }
      }
      ASSERT_TRUE(triples.out.starts_with(expected));
      EXPECT_EQ(numbers_of(triples.out.substr(expected.size())), entries) << family;
    }
  }
}

TEST_F(FamilyTest, LogIsTheLogarithmOfTheTable) {
  for (const auto& [family, options] : kFamilies) {
    const auto p = numbers_of(of(family, "2,1,-1\n").out);
    const auto log_p = numbers_of(of(family, "2,1,-1\n", {"--log"}).out);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(std::exp(log_p[0][i]), p[0][i], 1e-15);
  }
}

TEST_F(FamilyTest, TheTypeOfTheNumbersIsThatOfDtype) {
  const std::string single = of("budget", "0,0,0\n", {"--dtype", "float32"}).out;
  EXPECT_EQ(single.size(), std::string("0.6666667,0.6666667,0.6666667\n").size());
  const auto numbers = numbers_of(single);
  for (const double p : numbers[0]) EXPECT_NEAR(p, 2.0 / 3, 2e-7);  // an ulp is 6e-8
  EXPECT_EQ(of("budget", "0,0,0\n", {"--dtype", "float16"}).out, "0.6665,0.6665,0.6665\n");
  EXPECT_EQ(of("budget", "0,0,0\n", {"--dtype", "bfloat16"}).out, "0.668,0.668,0.668\n");
}

TEST_F(FamilyTest, ArraysGoInAndOut) {
  write("s.npy", npy_of({3, 0, 0}, 1, 3));
  const Result result = gibbs({"map", "s.npy", "--family", "budget", "--budget", "1.5", "--with",
                               "multiplier,support", "-o", "p.npy"});
  EXPECT_EQ(result.err, "");
  const auto file = split_npy(read("p.npy"));
  EXPECT_EQ(file.data, bytes_of<double>({1, 0.25, 0.25, -0.25, 3}));
}

TEST_F(FamilyTest, EachRowOfAFamilyIsItsOwn) {
  std::string scores;
  for (int i = 0; i < 3000; ++i) scores += std::to_string(i % 7) + ",1," + "-2\n";
  for (const auto& [family, options] : kFamilies) {
    const Result one = of(family, scores, {"--threads", "1"});
    EXPECT_TRUE(one.out == of(family, scores, {"--threads", "2"}).out) << family;
    EXPECT_EQ(one.out.substr(0, one.out.find('\n') + 1), of(family, "0,1,-2\n").out) << family;
  }
}

TEST_F(FamilyTest, NanAndMissingStatesKeepToTheirRow) {
  for (const auto& [family, options] : kFamilies) {
    const Result result = of(family, "nan,1,2\n,1,2\n", {"--missing", "mask"});
    const auto rows = numbers_of(result.out);
    ASSERT_EQ(rows.size(), 2U) << family << result.err;
    EXPECT_TRUE(std::isnan(rows[0][1])) << family;
    EXPECT_EQ(rows[1][0], 0) << family;
    EXPECT_GT(rows[1][2], 0.5) << family;
  }
}

}  // namespace
}  // namespace gibbs::cli::testing
