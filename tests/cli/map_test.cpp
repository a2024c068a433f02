// What `gibbs map` computes and how it lays it out.

#include <cmath>
#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class Map : public CommandTest {};

constexpr const char* kScores = "id,a,b,c\nx,3,2,1\ny,0,0,0\n";

TEST_F(Map, TurnsEachRowIntoProbabilities) {
  const Result result = gibbs({"map"}, "3,2,1\n0,0,-inf\n");
  EXPECT_EQ(result.status, 0) << result.err;
  const auto rows = numbers_of(result.out);
  ASSERT_EQ(rows.size(), 2U);
  const double z = std::exp(3) + std::exp(2) + std::exp(1);
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(rows[0][static_cast<std::size_t>(i)], std::exp(3 - i) / z, 1e-15);
  EXPECT_EQ(result.out.substr(result.out.find('\n') + 1), "0.5,0.5,0\n");
}

TEST_F(Map, TemperatureChangesTheAnswer) {
  const auto cold = numbers_of(gibbs({"map", "--temperature", "0.5"}, "1,0\n").out);
  EXPECT_NEAR(cold[0][0], 1 / (1 + std::exp(-2)), 1e-15);
  EXPECT_EQ(gibbs({"map", "--temperature", "0"}, "1,0\n").out, "1,0\n");
  EXPECT_EQ(gibbs({"map", "--temperature", "inf"}, "1,0\n").out, "0.5,0.5\n");
}

TEST_F(Map, AlphaChangesTheAnswer) {
  EXPECT_EQ(gibbs({"map", "--alpha", "2"}, "1,0.5,-3\n").out, "0.75,0.25,0\n");
  EXPECT_EQ(gibbs({"map", "--alpha", "inf"}, "1,0.5,1\n").out, "0.5,0,0.5\n");
  const auto soft = numbers_of(gibbs({"map", "--alpha=1.5"}, "0.5,0\n").out);
  // p = [x / 2 - t]_+^2: the roots differ by 1/4 and their squares sum to 1.
  EXPECT_NEAR(std::sqrt(soft[0][0]) - std::sqrt(soft[0][1]), 0.25, 1e-15);
}

TEST_F(Map, LogGivesTheLogarithmOfTheSameProbabilities) {
  for (const char* alpha : {"1", "2"}) {
    const auto p = numbers_of(gibbs({"map", "--alpha", alpha}, "1,0.5,0.25\n").out);
    const auto log_p = numbers_of(gibbs({"map", "--log", "--alpha", alpha}, "1,0.5,0.25\n").out);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(log_p[0][i], std::log(p[0][i]), 1e-14);
  }
  EXPECT_EQ(gibbs({"map", "--log", "--alpha", "inf"}, "1,0\n").out, "0,-inf\n");
}

TEST_F(Map, LogOfSoftmaxReachesWhereProbabilitiesUnderflow) {
  EXPECT_EQ(gibbs({"map", "--log"}, "2000,0\n").out, "0,-2e3\n");
}

TEST_F(Map, KeptColumnsComeFirstAndNamesStay) {
  write("s.csv", kScores);
  const Result result = gibbs({"map", "s.csv", "--keep", "id", "--alpha", "inf"});
  EXPECT_EQ(result.out,
            "id,a,b,c\nx,1,0,0\ny,0.3333333333333333,0.3333333333333333,0.3333333333333333\n");
}

TEST_F(Map, ColumnsArePickedByNameOrByNumberInTheOrderAsked) {
  write("s.csv", kScores);
  const Result by_name = gibbs({"map", "s.csv", "--columns", "c,a", "--alpha", "inf"});
  const Result by_number = gibbs({"map", "s.csv", "--columns", "4,2", "--alpha", "inf"});
  EXPECT_EQ(by_name.out, "c,a\n0,1\n0.5,0.5\n");
  EXPECT_EQ(by_number.out, by_name.out) << by_number.err;
}

TEST_F(Map, ColumnsThatAreNeitherScoresNorKeptMayHoldAnything) {
  const Result result = gibbs({"map", "--columns", "2,3"}, "\"x\n,y\",1,1\n,2,2\n");
  EXPECT_EQ(result.out, "0.5,0.5\n0.5,0.5\n") << result.err;
}

TEST_F(Map, AFirstRowOfNumbersIsARowUnlessColumnsAreNamed) {
  EXPECT_EQ(gibbs({"map"}, "0,1\n5,5\n").out.substr(0, 2), "0.");
  EXPECT_EQ(gibbs({"map", "--columns", "0,1"}, "0,1\n5,5\n").out, "0,1\n0.5,0.5\n");
  EXPECT_EQ(gibbs({"map", "--header", "yes"}, "0,1\n5,5\n").out, "0,1\n0.5,0.5\n");
  const Result refused = gibbs({"map", "--header", "no"}, "a,b\n5,5\n");
  EXPECT_EQ(refused.err, "gibbs: stdin:1:1: \"a\" is not a number\n");
}

TEST_F(Map, NumbersMayBeInfiniteOrNanInAnyCase) {
  const Result result =
      gibbs({"map"}, "-inf,-Infinity,0\n+inf,0,INF\nNaN,1,2\n+1.5,\"1.5\", 1.5 \n");
  EXPECT_EQ(result.out,
            "0,0,1\n0.5,0,0.5\nnan,nan,nan\n0.3333333333333333,0.3333333333333333,"
            "0.3333333333333333\n")
      << result.err;
}

TEST_F(Map, AnEmptyCellMasksItsStateWhenAllowed) {
  EXPECT_EQ(gibbs({"map", "--missing", "mask"}, "1,,1\n,,\n\"\", ,3\n").out,
            "0.5,0,0.5\n0,0,0\n0,0,1\n");
}

TEST_F(Map, DegeneracyWeighsTheStates) {
  write("g.csv", "1,3\n");
  EXPECT_EQ(gibbs({"map", "--degeneracy", "g.csv"}, "0,0\n").out, "0.25,0.75\n");
  write("g.csv", "1\n3\n");
  EXPECT_EQ(gibbs({"map", "--degeneracy", "g.csv"}, "0,0\n").out, "0.25,0.75\n");
  write("g.npy", npy_of({1, 0}, 1, 2));
  EXPECT_EQ(gibbs({"map", "--degeneracy", "g.npy"}, "0,7\n").out, "1,0\n");
}

TEST_F(Map, DegeneracyIsMatchedByNameWhereBothFilesHaveNames) {
  write("g.csv", "b,c,a\n3,9,1\n");
  EXPECT_EQ(gibbs({"map", "--degeneracy", "g.csv"}, "a,b\n0,0\n").out, "a,b\n0.25,0.75\n");
}

TEST_F(Map, WithAddsColumnsInTheOrderAsked) {
  const Result result =
      gibbs({"map", "--alpha", "2", "--with", "support,threshold,entropy"}, "a,b,c\n1,0.5,-3\n");
  EXPECT_EQ(result.out, "a,b,c,support,threshold,entropy\n0.75,0.25,0,2,0.25,0.1875\n");
  const auto rows = numbers_of(gibbs({"map", "--with", "log_partition"}, "0,0\n").out);
  EXPECT_NEAR(rows[0][2], std::log(2), 1e-15);
}

TEST_F(Map, SparseListsTheSupportFromZero) {
  const Result result = gibbs({"map", "--alpha", "2", "--sparse"}, "1,0.5,-3\n0,0,9\n");
  EXPECT_EQ(result.out, "row,column,value\n0,0,0.75\n0,1,0.25\n1,2,1\n");
}

TEST_F(Map, SparseCountsRowsAcrossBlocks) {
  std::string scores;
  for (int i = 0; i < 300000; ++i) scores += "1,0,0\n";
  const Result result = gibbs({"map", "--alpha", "inf", "--sparse"}, scores);
  EXPECT_TRUE(result.out.ends_with("\n299999,0,1\n"));
}

TEST_F(Map, SparseLogLeavesOutLogZeroOnly) {
  EXPECT_EQ(gibbs({"map", "--sparse", "--log"}, "2000,0,-inf\n").out,
            "row,column,value\n0,0,0\n0,1,-2e3\n");
}

TEST_F(Map, DtypeSetsTheTypeOfTheNumbers) {
  EXPECT_EQ(gibbs({"map", "--dtype", "float32"}, "0,0,0\n").out,
            "0.33333334,0.33333334,0.33333334\n");
  EXPECT_EQ(gibbs({"map", "--dtype", "float16"}, "0,0,0\n").out, "0.3333,0.3333,0.3333\n");
  EXPECT_EQ(gibbs({"map", "--dtype", "bfloat16"}, "0,0,0\n").out, "0.334,0.334,0.334\n");
}

TEST_F(Map, TabsSeparateTsvInAndOut) {
  write("s.tsv", "id\ta\tb\n\"x\ty\"\t0\t0\nu,v\t0\t0\n");
  EXPECT_EQ(gibbs({"map", "s.tsv", "--keep", "id", "-o", "p.tsv"}).status, 0);
  EXPECT_EQ(read("p.tsv"), "id\ta\tb\n\"x\ty\"\t0.5\t0.5\nu,v\t0.5\t0.5\n");
  EXPECT_EQ(gibbs({"map", "s.tsv", "--keep", "id"}).out, "id,a,b\nx\ty,0.5,0.5\n\"u,v\",0.5,0.5\n");
}

TEST_F(Map, TheThreadsDoNotChangeABit) {
  std::string scores;
  for (int i = 0; i < 100000; ++i)
    scores += std::to_string(i % 977) + ".25," + std::to_string(i % 13) + "\n";
  const Result one =
      gibbs({"map", "--threads", "1", "--alpha", "1.3", "--temperature", "99"}, scores);
  const Result two =
      gibbs({"map", "--threads", "2", "--alpha", "1.3", "--temperature", "99"}, scores);
  EXPECT_EQ(one.status, 0);
  EXPECT_EQ(std::count(one.out.begin(), one.out.end(), '\n'), 100000);
  EXPECT_TRUE(one.out == two.out);
  EXPECT_EQ(gibbs({"map", "--threads", "1024"}, "0,0\n").err, "");
}

}  // namespace
}  // namespace gibbs::cli::testing
