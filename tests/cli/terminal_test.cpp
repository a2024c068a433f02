// What a person sees.

#include <cstdlib>
#include <string>

#include "command.hpp"
#include "io/progress.hpp"

namespace gibbs::cli::testing {
namespace {

class Terminal : public CommandTest {
 protected:
  Terminal() { write("s.csv", "id,a,b,c\nx,1,0.5,-3\ny,0,0,0\n"); }
};

using Words = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Terminal, WithoutAnOutputItShowsASummary) {
  const Result result = terminal({"map", "s.csv", "--keep", "id", "--alpha", "2"});
  EXPECT_TRUE(has(result.out, "s.csv: 2 rows, 3 columns, sparsemax (alpha 2), temperature 1"));
  EXPECT_TRUE(has(result.out, "mean entropy 0.2604, mean support 2.5 of 3")) << result.out;
  EXPECT_FALSE(has(result.out, "0.75,0.25")) << result.out;
}

TEST_F(Terminal, ThePictureHasABarForEachClassAndADotForExactlyZero) {
  const Result result = gibbs({"map", "s.csv", "--keep", "id", "--alpha", "2", "--summary"});
  EXPECT_TRUE(has(result.out, "   1  x  \u2586\u2586 \u2582\u2582 \u00b7\u00b7  a 0.750\n"))
      << result.out;
  EXPECT_TRUE(has(result.out, "   2  y  \u2583\u2583 \u2583\u2583 \u2583\u2583  a 0.333\n"))
      << result.out;
}

TEST_F(Terminal, ColourIsForTerminalsThatWantIt) {
  EXPECT_TRUE(has(terminal({"map", "s.csv", "--keep", "id"}).out, "\x1b["));
  EXPECT_FALSE(has(gibbs({"map", "s.csv", "--keep", "id", "--summary"}).out, "\x1b["));
  setenv("NO_COLOR", "1", 1);
  const Result plain = terminal({"map", "s.csv", "--keep", "id"});
  unsetenv("NO_COLOR");
  EXPECT_FALSE(has(plain.out, "\x1b[")) << plain.out;
  EXPECT_TRUE(has(plain.out, "mean entropy"));
}

TEST_F(Terminal, ThePictureFitsTheWidth) {
  std::string scores(1, '0');
  for (int i = 1; i < 500; ++i) scores += "," + std::to_string(i % 7);
  write("wide.csv", scores + "\n");
  setenv("NO_COLOR", "1", 1);
  const Result result = terminal({"map", "wide.csv"});
  unsetenv("NO_COLOR");
  const std::size_t row = result.out.find("   1  ");
  ASSERT_NE(row, std::string::npos) << result.out;
  const std::string line = result.out.substr(row, result.out.find('\r', row) - row);
  std::size_t columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  EXPECT_LE(columns, 60U) << line;
  EXPECT_TRUE(has(result.out, "each bar: the largest of")) << result.out;
}

TEST_F(Terminal, RowsOfNanAreShownAndLeftOutOfTheMeans) {
  const Result result = gibbs({"map", "--summary"}, "nan,1\n0,0\n-inf,-inf\n");
  EXPECT_TRUE(has(result.out, "mean support 1 of 2")) << result.out;
  EXPECT_TRUE(has(result.out, "1 row of NaN, left out of the means")) << result.out;
  EXPECT_TRUE(has(result.out, "   1  nan\n")) << result.out;
  EXPECT_TRUE(has(result.out, "no state\n")) << result.out;
}

TEST_F(Terminal, TheSummaryForProgramsIsJson) {
  const Result result =
      gibbs({"map", "s.csv", "--keep", "id", "--alpha", "2", "--summary", "json"});
  EXPECT_TRUE(has(result.out,
                  "{\"input\": \"s.csv\", \"rows\": 2, \"columns\": 3, \"family\": \"entmax\", "
                  "\"alpha\": 2, \"temperature\": 1, \"dtype\": \"float64\", \"mean_entropy\": "
                  "0.2604166666666667, "
                  "\"mean_support\": 2.5, \"nan_rows\": 0, \"seconds\": "))
      << result.out;
  const Result none = gibbs({"map", "--alpha", "inf", "--summary", "json"}, "a\n");
  EXPECT_TRUE(has(none.out, "\"alpha\": \"inf\"")) << none.out;
  EXPECT_TRUE(has(none.out, "\"mean_entropy\": null")) << none.out;
}

TEST_F(Terminal, TheSummaryOfAFamilySaysWhatItWasGivenAndWhatItHasMeansOf) {
  const Words fermi = {"map", "s.csv", "--keep", "id", "--family", "fermi", "--budget", "1.5"};
  const Result shown = terminal(fermi);
  EXPECT_TRUE(has(shown.out, "s.csv: 2 rows, 3 columns, Fermi-Dirac (budget 1.5), temperature 1"));
  EXPECT_TRUE(has(shown.out, "mean support 3 of 3")) << shown.out;
  const Result sink = gibbs({"map", "--family", "sink", "--summary"}, "0,0\n");
  EXPECT_TRUE(has(sink.out, "sink softmax (sink 0), temperature 1\nmean sink probability 0.3333\n"))
      << sink.out;
  const Result json = gibbs({"map", "--family", "topk", "--k", "1", "--summary=json"}, "1,0\n");
  EXPECT_TRUE(has(json.out, "\"family\": \"topk\", \"k\": 1, \"alpha\": 1, \"temperature\": 1, "))
      << json.out;
  const Result nan = gibbs({"map", "--family", "budget", "--budget", "1", "--summary", "--sparse"},
                           "nan,0\n0,9\n");
  EXPECT_TRUE(has(nan.out, "mean support 1 of 2\n1 row of NaN")) << nan.out;
}

TEST_F(Terminal, ASummaryBesideAnOutputLeavesTheOutputAlone) {
  const Result file = gibbs({"map", "s.csv", "--keep", "id", "-o", "p.csv", "--summary=json"});
  EXPECT_TRUE(has(file.out, "\"rows\": 2"));
  EXPECT_TRUE(has(read("p.csv"), "id,a,b,c\nx,"));
  const Result stream = gibbs({"map", "s.csv", "--keep", "id", "-o", "-", "--summary=json"});
  EXPECT_TRUE(has(stream.err, "\"rows\": 2"));
  EXPECT_EQ(stream.out, read("p.csv"));
}

TEST_F(Terminal, TheWordAfterSummaryMayBeMissing) {
  const Result result = gibbs({"map", "--summary", "s.csv", "--columns", "a,b"});
  EXPECT_TRUE(has(result.out, "s.csv: 2 rows, 2 columns")) << result.err;
}

TEST_F(Terminal, TheProgressBarShowsShareRateAndTimeLeft) {
  const std::string line = progress_line(250'000'000, 1'000'000'000, 2);
  EXPECT_TRUE(has(line, " 25% ")) << line;
  EXPECT_TRUE(has(line, "125 MB/s")) << line;
  EXPECT_TRUE(has(line, "0:06 left")) << line;
  EXPECT_EQ(progress_line(250'000'000, std::nullopt, 2), "250 MB  125 MB/s");
}

TEST_F(Terminal, TheProgressBarIsDrawnOnlyOnATerminalAndNotWhenQuiet) {
  std::string rows;
  for (int i = 0; i < 100000; ++i) rows += "0.123456789,1.23456789,2.3456789,3.456789\n";
  write("rows.csv", rows);
  // Longer than the half second in which nothing is drawn, on any machine.
  const std::string line =
      "(cat rows.csv; sleep 0.7; cat rows.csv) | gibbs map - -o p.csv --threads 1";
  EXPECT_TRUE(has(shell_on_terminal(line).out, "MB/s"));
  EXPECT_EQ(shell_on_terminal(line + " --quiet").out, "");
  EXPECT_EQ(shell(line).err, "");
}

TEST_F(Terminal, WithoutInputItAsksForOne) {
  const Result result = terminal({"map"});
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(has(result.out, "no input: name a file, or pipe CSV into the command"));
}

}  // namespace
}  // namespace gibbs::cli::testing
