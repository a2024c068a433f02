// What `gibbs loss` counts, prints and refuses.

#include <cmath>
#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class Loss : public CommandTest {
 protected:
  // The words of the line of the k-th alpha.
  static std::string line(const std::string& text, int k) {
    std::size_t at = 0;
    for (int i = 0; i < k + 2; ++i) at = text.find('\n', at) + 1;
    return text.substr(at, text.find('\n', at) - at);
  }
};

constexpr const char* kTable = "a,b,c,y\n2,0,0,a\n0,0.5,0,1\n0,1,0,c\n";

TEST_F(Loss, SaysWhatTheDefinitionsSay) {
  write("s.csv", kTable);
  const Result result = gibbs({"loss", "s.csv", "--label", "y", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto number = [&](const std::string& name, int alpha) {
    std::size_t at = 0;
    for (int i = 0; i <= alpha; ++i) at = result.out.find('"' + name + "\": ", at + 1);
    return std::stod(result.out.substr(at + name.size() + 4));
  };
  const double loss = (std::log(1 + 2 * std::exp(-2)) + std::log(1 + 2 * std::exp(-0.5)) +
                       std::log(2 + std::exp(1.0))) /
                      3;
  EXPECT_NEAR(number("mean_loss", 0), loss, 1e-15);
  EXPECT_NEAR(number("perplexity", 0), std::exp(loss), 1e-14);
  EXPECT_NEAR(number("accuracy", 0), 2.0 / 3, 1e-15);
  EXPECT_EQ(number("mean_support", 0), 3);
  EXPECT_EQ(number("coverage", 0), 1);
  // sparsemax: (1, 0, 0), then (1/6, 2/3, 1/6), then (0, 1, 0).
  EXPECT_NEAR(number("mean_support", 2), 5.0 / 3, 1e-15);
  EXPECT_NEAR(number("coverage", 2), 2.0 / 3, 1e-15);
}

TEST_F(Loss, HasNoPerplexityAtTheLimitsOfTemperature) {
  write("s.csv", kTable);
  for (const std::string temperature : {"0", "inf"}) {
    const std::vector<std::string> words{"loss",    "s.csv", "--label",       "y",
                                         "--alpha", "1",     "--temperature", temperature};
    const Result result = gibbs(words);
    EXPECT_EQ(result.out.find("nan"), std::string::npos) << result.out;
    EXPECT_NE(line(result.out, 0).find(" -  "), std::string::npos) << result.out;
  }
}

TEST_F(Loss, PrintsALineForEachAlpha) {
  write("s.csv", kTable);
  const Result result = gibbs({"loss", "s.csv", "--label", "y", "--alpha", "2,inf"});
  EXPECT_EQ(result.out.substr(0, result.out.find('\n')), "s.csv: 3 rows, 3 classes, temperature 1");
  EXPECT_NE(line(result.out, 0).find("66.67 %"), std::string::npos) << result.out;
  EXPECT_EQ(line(result.out, 1).substr(0, 6), "   inf");
}

TEST_F(Loss, LabelsAreNamesOrNumbersAndNamesComeFirst) {
  const auto accuracy = [&](const std::string& table) {
    write("t.csv", table);
    const std::string out = gibbs({"loss", "t.csv", "--label", "y", "--alpha", "1"}).out;
    return line(out, 0).find("100.00 %") != std::string::npos;
  };
  EXPECT_TRUE(accuracy("y,a,b\nb,0,1\n"));
  EXPECT_TRUE(accuracy("y,a,b\n1,0,1\n"));
  EXPECT_TRUE(accuracy("y,1,0\n1,3,2\n"));  // the column named 1
  EXPECT_TRUE(accuracy("y,\"a,b\",c\n\"a,b\",3,2\n"));
}

TEST_F(Loss, ColumnsTemperatureAndMissingChangeTheAnswer) {
  write("s.csv", "a,b,c,y\n2,1,,a\n");
  EXPECT_EQ(gibbs({"loss", "s.csv", "--label", "y"}).status, 1);
  const auto line_of = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"loss", "s.csv", "--label", "y", "--alpha", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return line(gibbs(words).out, 0);
  };
  EXPECT_EQ(line_of({"--missing", "mask"}), line_of({"--columns", "a,b"}));
  EXPECT_NE(line_of({"--columns", "a,b"}), line_of({"--columns", "a"}));
  EXPECT_NE(line_of({"--columns", "a,b"}), line_of({"--columns", "a,b", "--temperature", "2"}));
}

TEST_F(Loss, ManyBlocksAndThreadsGiveTheSame) {
  std::string table = "a,b,y\n";
  for (int i = 0; i < 200000; ++i) table += i % 3 == 0 ? "1.5,0,b\n" : "0.25,-1,a\n";
  write("s.csv", table);
  const Result one = gibbs({"loss", "s.csv", "--label", "y", "--threads", "1"});
  EXPECT_EQ(one.status, 0);
  EXPECT_NE(one.out.find("200000 rows"), std::string::npos);
  EXPECT_EQ(one.out, gibbs({"loss", "s.csv", "--label", "y", "--threads", "2"}).out);
}

TEST_F(Loss, AnEmptyTableHasNoFigures) {
  write("s.csv", "a,b,y\n");
  const Result result = gibbs({"loss", "s.csv", "--label", "y", "--alpha", "1"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("0 rows"), std::string::npos);
  EXPECT_NE(line(result.out, 0).find(" - "), std::string::npos);
}

TEST_F(Loss, ARowOfNaNMakesTheMeanNaN) {
  const Result result = gibbs({"loss", "--label", "3", "--alpha", "1,2"}, "nan,1,0\n1,2,1\n");
  EXPECT_NE(line(result.out, 0).find("nan         nan"), std::string::npos) << result.out;
  EXPECT_NE(line(result.out, 1).find("nan           -"), std::string::npos) << result.out;
}

TEST_F(Loss, ABadLabelIsNamedWithItsPlace) {
  write("s.csv", "a,b,y\n1,2,a\n\n\"1\",2,0\n1,2,d\n");
  EXPECT_EQ(gibbs({"loss", "s.csv", "--label", "y"}).err,
            "gibbs: s.csv:5:3: the label \"d\" is neither the name of a score column nor a number "
            "from 0 to 1\n");
  write("s.csv", "a,b,y\n1,2,\n");
  EXPECT_EQ(gibbs({"loss", "s.csv", "--label", "y"}).status, 1);
  write("s.csv", "a,b,y\n1,2,-1\n");
  EXPECT_EQ(gibbs({"loss", "s.csv", "--label", "y"}).status, 1);
  write("s.csv", "a,b,y\n1,x,1\n");
  EXPECT_EQ(gibbs({"loss", "s.csv", "--label", "y"}).err,
            "gibbs: s.csv:2:2: \"x\" is not a number\n");
}

TEST_F(Loss, ABadRequestIsRefused) {
  write("s.csv", kTable);
  const auto refusal = [&](const std::vector<std::string>& words) {
    const Result result = gibbs(words);
    EXPECT_EQ(result.status, 2);
    return result.err;
  };
  EXPECT_EQ(refusal({"loss", "s.csv"}),
            "gibbs: --label is missing: it names the column of the labels\n");
  EXPECT_EQ(refusal({"loss", "s.csv", "--label", "z"}).substr(0, 28),
            "gibbs: --label: no column \"z");
  EXPECT_EQ(refusal({"loss", "s.csv", "--label", "y", "--columns", "a,y"}),
            "gibbs: --label: column \"y\" of s.csv is a score column already\n");
  EXPECT_NE(refusal({"loss", "s.csv", "--label", "y", "--alpha", "1,0"}).find("--alpha"),
            std::string::npos);
  EXPECT_NE(refusal({"loss", "s.csv", "--label", "y", "--temperature", "-1"}).find("negative"),
            std::string::npos);
  EXPECT_EQ(refusal({"loss", "s.npy", "--label", "y"}),
            "gibbs: gibbs loss reads .csv and .tsv: a .npy has no column of labels\n");
  EXPECT_NE(refusal({"loss", "s.csv", "--label", "y", "--log"}).find("unknown option"),
            std::string::npos);
}

}  // namespace
}  // namespace gibbs::cli::testing
