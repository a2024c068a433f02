// Odd but lawful tables.

#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class GoodInput : public CommandTest {
 protected:
  void expect_halves(std::string_view csv, int rows) const {
    const Result result = gibbs({"map"}, csv);
    std::string expected;
    for (int i = 0; i < rows; ++i) expected += "0.5,0.5\n";
    EXPECT_EQ(result.out, expected) << result.err;
    EXPECT_EQ(result.status, 0);
  }
};

TEST_F(GoodInput, CrLfEndsALine) { expect_halves("1,1\r\n2,2\r\n", 2); }

TEST_F(GoodInput, TheLastLineNeedsNoEnd) {
  expect_halves("1,1\n2,2", 2);
  expect_halves("1,1\r\n2,2\r", 2);
}

TEST_F(GoodInput, AByteOrderMarkIsSkipped) {
  expect_halves(
      "\xEF\xBB\xBF"
      "1,1\n2,2\n",
      2);
}

TEST_F(GoodInput, BlankLinesAreSkipped) { expect_halves("\n1,1\n\n\r\n2,2\n\n", 2); }

TEST_F(GoodInput, AByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_EQ(gibbs({"map", "--columns", "a,b"},
                  "\xEF\xBB\xBF"
                  "a,b\n1,1\n")
                .out,
            "a,b\n0.5,0.5\n");
}

TEST_F(GoodInput, AHeaderAloneIsATableOfNoRows) {
  EXPECT_EQ(gibbs({"map"}, "a,b\n").out, "a,b\n");
  EXPECT_EQ(gibbs({"map"}, "a,b").out, "a,b\n");
  EXPECT_EQ(gibbs({"map", "-o", "p.npy"}, "a,b\n").status, 0);
  EXPECT_NE(split_npy(read("p.npy")).header.find("(0, 2)"), std::string::npos);
}

TEST_F(GoodInput, QuotedFieldsMayHoldSeparatorsQuotesAndLines) {
  const std::string csv =
      "\"i,\"\"d\"\"\",a,b\n\"x,\"\"y\"\"\nz\",1,1\n\"\",\"1\",1\n5\" pipe,1,1\n";
  const Result result = gibbs({"map", "--keep", "\"i,\"\"d\"\"\""}, csv);
  EXPECT_EQ(result.out,
            "\"i,\"\"d\"\"\",a,b\n\"x,\"\"y\"\"\nz\",0.5,0.5\n\"\",0.5,0.5\n5\" pipe,0.5,0.5\n")
      << result.err;
}

TEST_F(GoodInput, NamesMayRepeatWhenNoneIsAskedFor) {
  EXPECT_EQ(gibbs({"map"}, "a,a\n1,1\n").out, "a,a\n0.5,0.5\n");
}

TEST_F(GoodInput, OneColumnIsATable) { EXPECT_EQ(gibbs({"map"}, "a\n1\n-inf\n").out, "a\n1\n0\n"); }

TEST_F(GoodInput, TenMegabytesOnOneLineAreARow) {
  std::string line = "0";
  while (line.size() < 10'000'000) line += ",0";
  const Result result =
      gibbs({"map", "--alpha", "inf", "--sparse", "--summary", "json"}, line + "\n");
  EXPECT_NE(result.out.find("\"rows\": 1, \"columns\": 5000001,"), std::string::npos)
      << result.out << result.err;
}

TEST_F(GoodInput, RowsFlowThroughAPipeOneByOne) {
  const Result result = shell(
      "mkfifo in out; gibbs map - < in > out & exec 3> in; exec 4< out; echo 1,1 >&3; "
      "read -t 10 line <&4; echo first $line; echo 0,-inf >&3; read -t 10 line <&4; echo $line");
  EXPECT_EQ(result.out, "first 0.5,0.5\n1,0\n");
}

TEST_F(GoodInput, APipeThatClosesEndsTheCommandQuietly) {
  std::string scores;
  for (int i = 0; i < 500000; ++i) scores += "1,1\n";
  write("s.csv", scores);
  const Result result = shell("gibbs map s.csv | head -n 1; echo ${PIPESTATUS[0]}");
  EXPECT_EQ(result.out, "0.5,0.5\n141\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(GoodInput, ProcessSubstitutionHoldsCsv) {
  EXPECT_EQ(shell("gibbs map <(echo 1,1)").out, "0.5,0.5\n");
}

}  // namespace
}  // namespace gibbs::cli::testing
