// Bad requests: one sentence, exit status 2, nothing read or written.

#include <string>
#include <vector>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class BadRequestTest : public CommandTest {
 protected:
  void expect_refused(std::vector<std::string> options, const std::string& sentence) const {
    write("s.csv", "id,a,b\nx,1,2\n");
    write("s.npy", npy_of({1, 2}, 1, 2));
    options.insert(options.begin(), "map");
    const Result result = gibbs(options);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.err, "gibbs: " + sentence + "\n");
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(files(), (std::vector<std::string>{"s.csv", "s.npy"}));
  }
};

TEST_F(BadRequestTest, UnknownWordsAreNamed) {
  expect_refused({"s.csv", "--colums", "a"}, "unknown option \"--colums\"");
  expect_refused({"s.csv", "t.csv"}, "unknown argument \"t.csv\"");
  const Result result = gibbs({"mop"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err,
            "gibbs: unknown command \"mop\"; there are map, loss, sample, thermo, mbar\n");
}

TEST_F(BadRequestTest, AWordIsShownAsItWasTyped) {
  EXPECT_EQ(gibbs({"loss", "s.csv", "--summary"}).err, "gibbs: unknown option \"--summary\"\n");
}

TEST_F(BadRequestTest, AnOptionBeforeTheCommandIsNotLost) {
  write("s.csv", "1,2\n");
  const Result result = gibbs({"--alpha", "2", "map", "s.csv"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, "gibbs: unknown option \"--alpha\"\n");
  EXPECT_EQ(gibbs({"map", "--", "s.csv"}).status, 0);
}

TEST_F(BadRequestTest, AnEmptyWordIsNotADefault) {
  expect_refused({"s.csv", "-o", ""}, "--output is empty");
  expect_refused({"s.csv", "--columns", ""}, "--columns is empty");
  expect_refused({""}, "INPUT is empty");
}

TEST_F(BadRequestTest, AlphaMustBeAboveZero) {
  expect_refused({"s.csv", "--alpha", "0"}, "--alpha must be above 0; got 0");
  expect_refused({"s.csv", "--alpha", "-1"}, "--alpha must be above 0; got -1");
  expect_refused({"s.csv", "--alpha", "nan"}, "--alpha must be above 0; got nan");
  expect_refused({"s.csv", "--alpha", "two"}, "--alpha must be a number or inf; got \"two\"");
}

TEST_F(BadRequestTest, ANumberBeyondADoubleIsNamedSo) {
  const std::string rule = ": \"1e400\" is out of the range of float64";
  for (const std::string option : {"--alpha", "--temperature"}) {
    expect_refused({"s.csv", option, "1e400"}, option + rule);
  }
  expect_refused({"s.csv", "--family", "budget", "--budget", "1e400"}, "--budget" + rule);
  expect_refused({"s.csv", "--alpha", "-1e400"},
                 "--alpha: \"-1e400\" is out of the range of float64");
}

TEST_F(BadRequestTest, TemperatureMustNotBeNegative) {
  expect_refused({"s.csv", "--temperature", "-1"}, "--temperature must not be negative; got -1");
  expect_refused({"s.csv", "--temperature=nan"}, "--temperature must be a number; got nan");
}

TEST_F(BadRequestTest, ThreadsMustBeAWholeNumber) {
  const std::string rule = "--threads must be a whole number from 1 to 1024; got ";
  expect_refused({"s.csv", "--threads", "0"}, rule + "\"0\"");
  expect_refused({"s.csv", "--threads", "2.5"}, rule + "\"2.5\"");
  expect_refused({"s.csv", "--threads", "99999999999"}, rule + "\"99999999999\"");
}

TEST_F(BadRequestTest, AnUnknownColumnListsTheKnownOnes) {
  expect_refused({"s.csv", "--columns", "a,z"},
                 "--columns: no column \"z\" in s.csv; the columns are \"id\", \"a\", \"b\"");
  expect_refused({"s.csv", "--keep", "9"},
                 "--keep: no column \"9\" in s.csv; the columns are \"id\", \"a\", \"b\"");
  expect_refused(
      {"s.npy", "--columns", "a"},
      "--columns: no column \"a\" in s.npy; the columns have no names, only numbers 1 to 2");
}

TEST_F(BadRequestTest, ANameThatTwoColumnsHaveMustBeANumber) {
  write("t.csv", "a,b,a\n1,2,3\n");
  const Result result = gibbs({"map", "t.csv", "--columns", "a,b"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err,
            "gibbs: --columns: columns 1 and 3 of t.csv are both named \"a\"; use the number\n");
  EXPECT_EQ(gibbs({"map", "t.csv", "--columns", "1,3", "--alpha", "inf"}).out, "a,a\n0,1\n");
}

TEST_F(BadRequestTest, AColumnIsAskedForOnce) {
  expect_refused({"s.csv", "--columns", "a,a"}, "--columns: \"a\" is asked for twice");
  expect_refused({"s.csv", "--columns", "a,b", "--keep", "a"},
                 "--keep: column \"a\" of s.csv is a score column already");
  expect_refused({"s.csv", "--keep", "id,a,b"}, "--keep: no score column is left in s.csv");
  expect_refused({"s.csv", "--columns", "a,\"b"},
                 "--columns: \"a,\"b\": the quote that opens here is never closed");
}

TEST_F(BadRequestTest, WordsOfAListAreChecked) {
  expect_refused({"s.csv", "--with", "entropy,mode"},
                 "--with of --family entmax must be one of log_partition, entropy, support, "
                 "threshold; got \"mode\"");
  expect_refused({"s.csv", "--with", "entropy,entropy"}, "--with: \"entropy\" is asked for twice");
  expect_refused({"s.csv", "--dtype", "int8"},
                 "--dtype must be one of float64, float32, float16, bfloat16; got \"int8\"");
  expect_refused({"s.csv", "--missing", "zero"},
                 "--missing must be one of error, mask; got \"zero\"");
  expect_refused({"s.csv", "--header", "2"}, "--header must be one of auto, yes, no; got \"2\"");
  expect_refused({"s.csv", "--summary=xml"}, "--summary must be one of text, json; got \"xml\"");
}

TEST_F(BadRequestTest, OptionsMustNotContradict) {
  expect_refused(
      {"s.csv", "--keep", "id", "--sparse", "--with", "entropy"},
      "--sparse writes triples of row, column and value, which leave no place for --with");
  expect_refused(
      {"s.csv", "--keep", "id", "--sparse"},
      "--sparse writes triples of row, column and value, which leave no place for --keep");
  expect_refused({"s.csv", "--keep", "id", "-o", "p.npy"},
                 "--keep copies text, and .npy holds numbers only; write .csv or .tsv");
  expect_refused({"s.npy", "--dtype", "bfloat16", "-o", "p.npy"},
                 "--dtype bfloat16 has no type in .npy; write .csv, or choose float32");
  expect_refused({"s.npy", "--dtype", "float16", "--with", "support", "-o", "p.npy"},
                 "--with in a .npy of float16 would round them; write .csv, or choose float32");
}

TEST_F(BadRequestTest, TheEndingNamesTheFormat) {
  expect_refused({"s.csv", "-o", "p.txt"},
                 "--output: \"p.txt\" does not end in .csv, .tsv or .npy");
  expect_refused({"scores"}, "input: \"scores\" does not end in .csv, .tsv or .npy");
}

TEST_F(BadRequestTest, StandardInputIsReadOnce) {
  const auto both = [](const std::string& first, const std::string& second) {
    return first + " and " + second + " both want standard input; name a file for one of them";
  };
  expect_refused({"-", "--degeneracy", "-"}, both("INPUT", "--degeneracy"));
  expect_refused({"--family", "capped", "--caps", "-"}, both("INPUT", "--caps"));
  expect_refused({"s.csv", "--family", "box", "--floors", "-", "--weights", "-"},
                 both("--floors", "--weights"));
  write("t.csv", "1,2\n");
  EXPECT_EQ(gibbs({"map", "t.csv", "--degeneracy", "-", "--alpha", "inf"}, "1,0\n").out, "1,0\n");
}

TEST_F(BadRequestTest, AnOptionWithoutItsValueIsRefused) {
  EXPECT_EQ(gibbs({"map", "s.csv", "--alpha"}).status, 2);
  expect_refused({"s.csv", "-o", "--summary"},
                 "--output needs a value; \"--summary\" is an option");
  expect_refused({"s.csv", "--keep", "-o", "p.csv"}, "--keep needs a value; \"-o\" is an option");
  expect_refused({"s.csv", "--with", "--alpha=2"},
                 "--with needs a value; \"--alpha\" is an option");
  expect_refused({"s.csv", "--keep", "id", "--columns", "--keep", "--help"},
                 "--columns needs a value; \"--keep\" is an option");
  expect_refused({"s.csv", "--keep=-o"},
                 "--keep: no column \"-o\" in s.csv; the columns are \"id\", \"a\", \"b\"");
  expect_refused({"s.csv", "-o", "--sumary"},
                 "--output: \"--sumary\" does not end in .csv, .tsv or .npy");
  EXPECT_EQ(gibbs({"map", "s.csv", "--alpha", "1", "--alpha", "2"}).status, 2);
}

}  // namespace
}  // namespace gibbs::cli::testing
