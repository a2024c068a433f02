// What `gibbs map --family` refuses: in one sentence, before a row is read or a file is written.

#include <string>
#include <vector>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class FamilyRefusal : public CommandTest {
 protected:
  FamilyRefusal() {
    write("s.csv", "a,b\n1,2\n");
    write("half.csv", "0.4,0.5\n");
    write("one.csv", "1,1\n");
  }
  void expect_refused(int status, const std::vector<std::string>& options,
                      const std::string& sentence) const {
    const auto before = files();
    std::vector<std::string> words = {"map", "s.csv", "-o", "p.csv", "--family"};
    words.insert(words.end(), options.begin(), options.end());
    const Result result = gibbs(words);
    EXPECT_EQ(result.status, status) << sentence;
    EXPECT_EQ(result.err, "gibbs: " + sentence + "\n");
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(files(), before);
  }
};

TEST_F(FamilyRefusal, AnUnknownFamilyListsTheKnownOnes) {
  expect_refused(2, {"softmax"},
                 "--family must be one of entmax, capped, budget, fermi, box, normmax, topk, "
                 "tempered, sink, reverse-kl, chi-square, hellinger, jensen-shannon; got "
                 "\"softmax\"");
  expect_refused(2, {""}, "--family is empty");
}

TEST_F(FamilyRefusal, AnOptionThatAFamilyDoesNotHaveNamesThoseThatDo) {
  expect_refused(2, {"entmax", "--budget", "2"},
                 "--budget does nothing for --family entmax; it is for budget, fermi, box");
  expect_refused(
      2, {"budget", "--budget", "1", "--alpha", "2"},
      "--alpha does nothing for --family budget; it is for entmax, capped, normmax, topk");
  expect_refused(2, {"topk", "--k", "1", "--caps", "one.csv"},
                 "--caps does nothing for --family topk; it is for capped, box");
  expect_refused(2, {"capped", "--caps", "one.csv", "--weights", "one.csv"},
                 "--weights does nothing for --family capped; it is for box");
  expect_refused(2, {"hellinger", "--floors", "one.csv"},
                 "--floors does nothing for --family hellinger; it is for capped, box");
  expect_refused(2, {"sink", "--t", "1"}, "--t does nothing for --family sink; it is for tempered");
  expect_refused(2, {"tempered", "--t", "1", "--sink", "1"},
                 "--sink does nothing for --family tempered; it is for sink");
  expect_refused(2, {"box", "--k", "1"}, "--k does nothing for --family box; it is for topk");
  expect_refused(2, {"normmax", "--degeneracy", "one.csv"},
                 "--degeneracy does nothing for --family normmax; it is for entmax, capped, "
                 "budget, fermi, box, topk, tempered, sink, reverse-kl, chi-square, hellinger, "
                 "jensen-shannon");
}

TEST_F(FamilyRefusal, AnOptionThatAFamilyNeedsIsNamed) {
  expect_refused(2, {"capped"}, "--family capped needs --caps");
  expect_refused(2, {"budget"}, "--family budget needs --budget");
  expect_refused(2, {"fermi"}, "--family fermi needs --budget");
  expect_refused(2, {"topk"}, "--family topk needs --k");
  expect_refused(2, {"tempered"}, "--family tempered needs --t");
}

TEST_F(FamilyRefusal, NumbersKeepToTheirRange) {
  expect_refused(2, {"budget", "--budget", "-1"},
                 "--budget must be finite and not negative; got -1");
  expect_refused(2, {"fermi", "--budget", "inf"},
                 "--budget must be finite and not negative; got inf");
  expect_refused(2, {"box", "--budget", "two"}, "--budget must be a number or inf; got \"two\"");
  expect_refused(2, {"topk", "--k", "1.5"},
                 "--k must be a whole number from 0 to 1000000000; got \"1.5\"");
  expect_refused(2, {"topk", "--k", "-1"},
                 "--k must be a whole number from 0 to 1000000000; got \"-1\"");
  expect_refused(2, {"tempered", "--t", "2"}, "--t must be below 2; got 2");
  expect_refused(2, {"tempered", "--t", "nan"}, "--t must be below 2; got nan");
  expect_refused(2, {"sink", "--sink", "nan"}, "--sink must not be nan");
  expect_refused(2, {"normmax", "--alpha", "1"},
                 "--alpha of --family normmax must be above 1; got 1");
  expect_refused(2, {"capped", "--caps", "one.csv", "--alpha", "3"},
                 "--alpha of --family capped must be at most 2, or inf; got 3");
  expect_refused(2, {"topk", "--k", "1", "--alpha", "0"}, "--alpha must be above 0; got 0");
}

TEST_F(FamilyRefusal, WithIsForWhatTheFamilyHas) {
  expect_refused(
      2, {"budget", "--budget", "1", "--with", "entropy"},
      "--with of --family budget must be one of value, multiplier, support; got \"entropy\"");
  expect_refused(
      2, {"normmax", "--with", "multiplier"},
      "--with of --family normmax must be one of value, support, threshold; got \"multiplier\"");
}

TEST_F(FamilyRefusal, ABudgetThatNoRowCanHoldIsABadRequest) {
  expect_refused(2, {"budget", "--budget", "3"},
                 "--family budget: the upper bounds hold 2, less than the budget 3");
  expect_refused(2, {"fermi", "--budget", "3"},
                 "--family fermi: the upper bounds hold 2, less than the budget 3");
  write("s.csv", "a,b\n");
  expect_refused(2, {"budget", "--budget", "3"},
                 "--family budget: the upper bounds hold 2, less than the budget 3");
}

TEST_F(FamilyRefusal, BoundsThatCannotHoldTheBudgetAreBadData) {
  expect_refused(1, {"capped", "--caps", "half.csv"},
                 "half.csv: the upper bounds hold 0.9, less than the "
                 "budget 1");
  expect_refused(1, {"box", "--floors", "one.csv"},
                 "one.csv: the lower bounds hold 2, more than the budget 1");
  expect_refused(1, {"capped", "--caps", "half.csv", "--floors", "one.csv", "--alpha", "2"},
                 "half.csv, one.csv: lower[0, 0] must not be above upper, got 1");
}

TEST_F(FamilyRefusal, ABadNumberOfAColumnIsNamedWithItsPlace) {
  write("bad.csv", "a,b\n1,-1\n");
  expect_refused(1, {"capped", "--caps", "bad.csv"},
                 "bad.csv:2:2: a cap must not be negative or nan; got -1");
  expect_refused(1, {"box", "--floors", "bad.csv"},
                 "bad.csv:2:2: a floor must be finite and not negative; got -1");
  expect_refused(1, {"box", "--weights", "bad.csv"},
                 "bad.csv:2:2: a weight must be finite and above 0; got -1");
  write("bad.csv", "1\n0\n");
  expect_refused(1, {"box", "--weights", "bad.csv"},
                 "bad.csv:2:1: a weight must be finite and above 0; got 0");
  write("bad.csv", "1,1,1\n");
  expect_refused(1, {"capped", "--caps", "bad.csv"},
                 "bad.csv: 1 x 3 numbers, where one for each of 2 score columns is needed");
  write("bad.csv", "a,c\n1,1\n");
  expect_refused(1, {"capped", "--caps", "bad.csv"}, "bad.csv:1: no cap for column \"b\"");
  expect_refused(2, {"capped", "--caps", "caps.txt"},
                 "--caps: \"caps.txt\" does not end in .csv, .tsv or .npy");
}

}  // namespace
}  // namespace gibbs::cli::testing
