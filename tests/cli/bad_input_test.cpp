// Bad data: one sentence with the place, exit status 1, no file left behind.

#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class BadInput : public CommandTest {
 protected:
  void expect_refused(std::string_view csv, const std::string& sentence,
                      std::vector<std::string> options = {}) const {
    write("scores.csv", csv);
    options.insert(options.begin(), {"map", "scores.csv", "-o", "p.csv"});
    const Result result = gibbs(options);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "gibbs: scores.csv" + sentence + "\n");
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(files(), std::vector<std::string>{"scores.csv"});
  }
};

TEST_F(BadInput, ACellThatIsNoNumberIsNamedWithItsPlace) {
  std::string csv = "a,b,c\n";
  for (int i = 0; i < 15; ++i) csv += "1,2,3\n";
  expect_refused(csv + "1,2,abc\n1,x,2\n", ":17:3: \"abc\" is not a number");
  expect_refused("1,2\n1,1_0\n", ":2:2: \"1_0\" is not a number");
  expect_refused("1,2\n0x10,1\n", ":2:1: \"0x10\" is not a number");
  expect_refused("1,2\n+-1,1\n", ":2:1: \"+-1\" is not a number");
  expect_refused("1,2\n1e,1\n", ":2:1: \"1e\" is not a number");
  expect_refused("1,2\n1,5 2\n", ":2:2: \"5 2\" is not a number");
}

TEST_F(BadInput, AnEmptyCellIsAnErrorUnlessMasked) {
  expect_refused("1,2\n1,\n", ":2:2: an empty cell (--missing mask leaves its state out)");
  expect_refused("1\n\n2\n", ":2:1: an empty cell (--missing mask leaves its state out)");
}

TEST_F(BadInput, ARowWithAnotherNumberOfFieldsIsRefused) {
  expect_refused("a,b,c\n1,2,3\n1,2\n", ":3:3: 2 fields where the first row has 3");
  expect_refused("a,b,c\n1,2,3\n1,2,3,4\n", ":3:4: 4 fields where the first row has 3");
  expect_refused("a,b,c\n1\n", ":2:2: 1 field where the first row has 3");
}

TEST_F(BadInput, ANumberTooLargeForTheTypeIsRefused) {
  expect_refused("1,2\n1e400,1\n", ":2:1: \"1e400\" is out of the range of float64");
  expect_refused("1,2\n1,1e39\n", ":2:2: \"1e39\" is out of the range of float32",
                 {"--dtype", "float32"});
  expect_refused("1,2\n1,70000\n", ":2:2: \"70000\" is out of the range of float16",
                 {"--dtype", "float16"});
}

TEST_F(BadInput, ANulByteIsRefusedWhereverItStands) {
  expect_refused(std::string("a,b\n1,2\n1,\0002\n", 13), ":3:2: a NUL byte");
  expect_refused(std::string("a\0,b\n1,2\n", 9), ":1:1: a NUL byte");
  expect_refused(std::string("i,a,b\nx,1,2\n\"\n\0\",1,2\n", 21), ":4:1: a NUL byte",
                 {"--keep", "i"});
}

TEST_F(BadInput, AnotherEncodingIsRefused) {
  expect_refused(std::string("\xFF\xFE"
                             "1\0,\0",
                             6),
                 ": the text is UTF-16; it must be UTF-8");
}

TEST_F(BadInput, LinesThatEndWithACarriageReturnAloneAreRefused) {
  expect_refused("1,2\r3,4\r",
                 ":1:2: a carriage return without a line feed; lines end with LF or CR LF");
  expect_refused("1,2\n3\r,4\n", ":2:1: \"3\\x0d\" is not a number");
}

TEST_F(BadInput, AQuoteThatIsNeverClosedIsNamedWhereItOpens) {
  expect_refused("i,a\n\"x\ny\",1\nz,2\n\"u,3\nv,4\n",
                 ":5:1: the quote that opens here is never closed", {"--keep", "i"});
  expect_refused("\"a,b\n1,2\n", ":1:1: the quote that opens here is never closed");
}

TEST_F(BadInput, TextAfterAClosingQuoteIsRefused) {
  expect_refused("1,2\n\"1\"x,2\n", ":2:1: \"x\" after the closing quote");
}

TEST_F(BadInput, LinesInsideQuotesAreCounted) {
  expect_refused("i,a\n\"one\ntwo\",1\nz,x\n", ":4:2: \"x\" is not a number", {"--keep", "i"});
  expect_refused("i,a\n\"one\ntwo\",x\n", ":3:2: \"x\" is not a number", {"--keep", "i"});
}

TEST_F(BadInput, AnEmptyFileIsRefused) {
  expect_refused("", ": the file is empty");
  expect_refused("\n\r\n\n", ": the file is empty");
  expect_refused("\xEF\xBB\xBF", ": the file is empty");
}

TEST_F(BadInput, ThePlaceIsExactInALaterBlock) {
  std::string csv = "a,b\r\n";
  for (int i = 0; i < 400000; ++i) csv += "1.5,\"2\"\r\n";
  expect_refused(csv + "1,oops\r\n" + csv, ":400002:2: \"oops\" is not a number");
}

TEST_F(BadInput, TenMegabytesOnOneLineAreOneShortSentence) {
  // NOLINTNEXTLINE(bugprone-string-constructor): so large on purpose
  expect_refused("1,2\n" + std::string(10'000'000, 'x') + "\n",
                 ":2:1: \"" + std::string(40, 'x') + "...\" is not a number");
}

TEST_F(BadInput, ABadDegeneracyIsRefusedInItsFile) {
  write("scores.csv", "a,b\n1,2\n");
  const auto refuse = [this](std::string_view bytes, const std::string& sentence) {
    write("g.csv", bytes);
    const Result result = gibbs({"map", "scores.csv", "--degeneracy", "g.csv", "-o", "p.csv"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "gibbs: g.csv" + sentence + "\n");
  };
  refuse("1,-1\n", ":1:2: a degeneracy must be finite and not negative; got -1");
  refuse("1\nnan\n", ":2:1: a degeneracy must be finite and not negative; got nan");
  refuse("1,2,3\n", ": 1 x 3 numbers, where one for each of 2 score columns is needed");
  refuse("1,x\n",
         ": 0 x 2 numbers below its header, where one for each of 2 score columns is needed");
  refuse("a,c\n1,2\n", ":1: no degeneracy for column \"b\"");
  refuse("1,x\n2,y\n", ":2:2: \"y\" is not a number");
}

TEST_F(BadInput, StandardInputIsCalledStdin) {
  write("scores.csv", "a,b\n1,2\n");
  const auto refuse = [this](const std::vector<std::string>& words, std::string_view input,
                             const std::string& sentence) {
    const Result result = gibbs(words, input);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "gibbs: stdin" + sentence + "\n");
  };
  refuse({"map", "scores.csv", "--degeneracy", "-"}, "1,2,3\n",
         ": 1 x 3 numbers, where one for each of 2 score columns is needed");
  refuse({"map", "scores.csv", "--family", "capped", "--caps", "-"}, "0.25,0.25\n",
         ": the upper bounds hold 0.5, less than the budget 1");
  refuse({"mbar", "--samples", "3,1"}, "0,0\n0,0\n",
         ": 2 x 2 numbers, where --samples says 2 states and 4 samples");
}

TEST_F(BadInput, AFileThatIsNotThereIsNamed) {
  const Result result = gibbs({"map", "none.csv"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "gibbs: cannot read \"none.csv\": No such file or directory\n");
  EXPECT_EQ(gibbs({"map", "."}).status, 2);
}

TEST_F(BadInput, ControlCharactersAreNotSentToTheTerminal) {
  expect_refused("1\n\x1b[31mred\n", ":2:1: \"\\x1b[31mred\" is not a number");
}

}  // namespace
}  // namespace gibbs::cli::testing
