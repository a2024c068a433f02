// What `gibbs sample` draws, prints and refuses.

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class Sample : public CommandTest {
 protected:
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  static std::string token(const std::string& line) {
    const std::size_t from = line.find(',', line.find(',') + 1) + 1;
    return line.substr(from, line.find(',', from) - from);
  }
};

constexpr const char* kTable = "cat,dog,bird\n1,2,0\n0,-inf,3\n";

TEST_F(Sample, ALineHasRowDrawTokenAndItsLogProbability) {
  write("s.csv", kTable);
  const Result result = gibbs({"sample", "s.csv", "-n", "50", "--seed", "7"});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto all = lines(result.out);
  ASSERT_EQ(all.size(), 101u);
  EXPECT_EQ(all[0], "row,draw,token,log_probability");
  EXPECT_EQ(all[51].substr(0, 4), "1,0,");
  const double z = 1 + std::exp(1.0) + std::exp(2.0);
  for (std::size_t i = 1; i <= 50; ++i) {
    const double score = token(all[i]) == "cat" ? 1 : token(all[i]) == "dog" ? 2 : 0;
    EXPECT_NEAR(std::stod(all[i].substr(all[i].rfind(',') + 1)), score - std::log(z), 1e-14);
    EXPECT_NE(token(all[50 + i]), "dog");
  }
}

TEST_F(Sample, TheSameSeedDrawsTheSameOnAnyNumberOfThreads) {
  std::string table = "a,b,c,d\n";
  for (int i = 0; i < 20000; ++i) table += "1,2,3,4\n";
  write("s.csv", table);
  const auto draw = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"sample", "s.csv", "-n", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return gibbs(words).out;
  };
  const std::string here = draw({"--threads", "1"});
  EXPECT_EQ(draw({"--threads", "2"}), here);
  EXPECT_NE(draw({"--seed", "1"}), here);
  EXPECT_NE(draw({"--stream", "1"}), here);
  EXPECT_NE(draw({"--temperature", "0.5"}), here);
  EXPECT_NE(draw({"--alpha", "2"}), here);
  EXPECT_NE(draw({"--gumbel"}), here);
  EXPECT_NE(draw({"--without-replacement"}), here);
}

TEST_F(Sample, WithoutReplacementNoTokenComesTwice) {
  write("s.csv", kTable);
  const auto all = lines(gibbs({"sample", "s.csv", "-n", "3", "--without-replacement"}).out);
  EXPECT_NE(token(all[1]), token(all[2]));
  EXPECT_NE(token(all[2]), token(all[3]));
  EXPECT_EQ(all[3].substr(all[3].rfind(',')), ",0");  // the last one is certain
  EXPECT_EQ(all[6], "1,2,,");                         // the second row has two states
}

TEST_F(Sample, WithoutAHeaderTokensAreColumnsFromZero) {
  write("s.csv", "-inf,-inf,5\n");
  EXPECT_EQ(lines(gibbs({"sample", "s.csv", "--header", "no"}).out)[1], "0,0,2,0");
}

TEST_F(Sample, KeptColumnsComeFirst) {
  write("s.csv", "id,a,b\n\"x,y\",0,-inf\n");
  const auto all = lines(gibbs({"sample", "s.csv", "--keep", "id"}).out);
  EXPECT_EQ(all[0], "id,row,draw,token,log_probability");
  EXPECT_EQ(all[1], "\"x,y\",0,0,a,0");
}

TEST_F(Sample, RelaxedDrawsAreProbabilitiesAndOneHotAtTauZero) {
  write("s.csv", kTable);
  const auto soft = lines(gibbs({"sample", "s.csv", "--relaxed", "--tau", "0.5"}).out);
  EXPECT_EQ(soft[0], "row,draw,cat,dog,bird");
  double sum = 0;
  std::istringstream numbers(soft[1].substr(4));
  for (std::string word; std::getline(numbers, word, ',');) sum += std::stod(word);
  EXPECT_NEAR(sum, 1, 1e-15);
  const auto hard = lines(gibbs({"sample", "s.csv", "--relaxed", "--tau", "0"}).out);
  EXPECT_TRUE(hard[1] == "0,0,1,0,0" || hard[1] == "0,0,0,1,0" || hard[1] == "0,0,0,0,1");
}

TEST_F(Sample, AHistogramComparesWithTheLaw) {
  write("s.csv", kTable);
  const std::string out = gibbs({"sample", "s.csv", "-n", "100000", "--histogram"}).out;
  EXPECT_NE(out.find("row 0: 100000 draws, chi-square"), std::string::npos) << out;
  EXPECT_NE(out.find("with 2 degrees of freedom, p-value 0."), std::string::npos) << out;
  EXPECT_NE(out.find("with 1 degree of freedom"), std::string::npos) << out;
  EXPECT_NE(out.find("dog       0.665241"), std::string::npos) << out;
}

TEST_F(Sample, FiltersActInTheOrderGiven) {
  write("s.csv", "a,b,c,d\n4,3,2,1\n");
  const auto kept = [&](const std::vector<std::string>& filters) {
    std::vector<std::string> words{"sample", "s.csv"};
    words.insert(words.end(), filters.begin(), filters.end());
    const std::string line = lines(gibbs(words).out).at(1);
    return line.substr(line.rfind(',') + 1);
  };
  // p = .64, .24, .09, .03; at temperature 2 .46, .28, .17, .10.
  EXPECT_EQ(kept({"--top-p", "0.85", "--temperature", "2"}), "2");
  EXPECT_EQ(kept({"--temperature", "2", "--top-p", "0.85"}), "3");
  EXPECT_EQ(kept({"--top-k", "3", "--min-p", "0.3"}), "2");
  EXPECT_EQ(kept({"--top-k", "1"}), "1");
  EXPECT_EQ(kept({"--typical", "0.2"}), "1");
  EXPECT_EQ(kept({"--epsilon", "0.05"}), "3");
  EXPECT_EQ(kept({"--eta", "0.3"}), "2");
  EXPECT_EQ(kept({"--top-h", "0.7"}), "2");
  EXPECT_EQ(kept({"--top-n-sigma", "1"}), "2");
  EXPECT_EQ(kept({"--p-less"}), "1");
  EXPECT_EQ(kept({"--xtc", "1,0.1"}), "");
  EXPECT_EQ(kept({"--preset", "llama-cpp", "--min-p", "0.2"}), "2");
  EXPECT_EQ(kept({"--preset", "hugging-face", "--top-k", "3"}), "3");
}

TEST_F(Sample, ACutRowTellsBothLawsAndTheMassKept) {
  write("s.csv", "a,b,c\n0.6931471805599453,0,-inf\n");
  const auto all = lines(gibbs({"sample", "s.csv", "--top-k", "1"}).out);
  EXPECT_EQ(all[0], "row,draw,token,log_probability,full_log_probability,kept_mass,kept");
  std::istringstream fields(all[1]);
  std::vector<std::string> words;
  for (std::string word; std::getline(fields, word, ',');) words.push_back(word);
  EXPECT_EQ(words[2], "a");
  EXPECT_EQ(words[3], "0");
  EXPECT_NEAR(std::stod(words[4]), std::log(2.0 / 3), 1e-12);
  EXPECT_NEAR(std::stod(words[5]), 2.0 / 3, 1e-12);
  EXPECT_EQ(words[6], "1");
}

TEST_F(Sample, AHistogramCountsTheTokensThatAreDrawn) {
  write("s.csv", kTable);
  int dogs = 0;
  for (const auto& line : lines(gibbs({"sample", "s.csv", "-n", "1000"}).out)) {
    dogs += token(line) == "dog" ? 1 : 0;
  }
  const std::string out = gibbs({"sample", "s.csv", "-n", "1000", "--histogram"}).out;
  EXPECT_NE(out.find("  " + std::to_string(dogs) + "  #"), std::string::npos) << dogs << out;
  EXPECT_NE(gibbs({"sample", "s.csv", "-n", "2000001", "--histogram"}).out.find("2000001 draws"),
            std::string::npos);
}

TEST_F(Sample, AHistogramKnowsTheLawThatIsLeft) {
  write("s.csv", kTable);
  const std::string out =
      gibbs({"sample", "s.csv", "-n", "10000", "--top-k", "2", "--histogram"}).out;
  EXPECT_NE(out.find("dog       0.731059"), std::string::npos) << out;
  EXPECT_EQ(out.find("bird"), out.rfind("bird")) << out;  // of the second row alone
}

TEST_F(Sample, RowsWithoutATokenAreToldOf) {
  write("s.csv", "a,b\n-inf,-inf\n0,1\nnan,1\n");
  const Result result = gibbs({"sample", "s.csv"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(lines(result.out)[1], "0,0,,");
  EXPECT_EQ(lines(result.out)[3], "2,0,,");
  EXPECT_EQ(result.err, "gibbs: 2 rows without a token: no state, or a NaN\n");
  EXPECT_NE(gibbs({"sample", "s.csv", "--histogram"}).out.find("row 0: no state to draw"),
            std::string::npos);
}

// A row's draws are the same however many of them there are: the first of very many, which are
// drawn piece by piece, are those of few.
TEST_F(Sample, ManyDrawsBeginAsFewDo) {
  write("s.csv", "id,a,b,c\nx,1,2,0\ny,0,-inf,3\n");
  using Words = std::vector<std::string>;
  for (const Words& more : {Words{}, Words{"--gumbel"}, Words{"--top-p", "0.9"},
                            Words{"--xtc", "0.5,0.1"}, Words{"--relaxed"}}) {
    const auto draw = [&](const char* count) {
      Words words{"sample", "s.csv", "--keep", "id", "-n", count};
      words.insert(words.end(), more.begin(), more.end());
      return lines(gibbs(words).out);
    };
    const auto many = draw("150000"), few = draw("9");
    ASSERT_EQ(many.size(), 300001u);
    for (std::size_t i = 1; i <= 9; ++i) {
      EXPECT_EQ(many[i], few[i]);
      EXPECT_EQ(many[150000 + i], few[9 + i]);
    }
    EXPECT_EQ(many.back().substr(0, 11), "y,1,149999,");
  }
}

// Those without replacement end with the last category.
TEST_F(Sample, DrawsBeyondTheCategoriesAreEmpty) {
  write("s.csv", "a,b,c\n1,2,0\n0,-inf,3\n");
  const auto many = lines(gibbs({"sample", "s.csv", "--without-replacement", "-n", "150000"}).out);
  const auto three = lines(gibbs({"sample", "s.csv", "--without-replacement", "-n", "3"}).out);
  ASSERT_EQ(many.size(), 300001u);
  for (std::size_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(many[i], three[i]);
    EXPECT_EQ(many[150000 + i], three[3 + i]);
  }
  EXPECT_EQ(many[140000], "0,139999,,");
  EXPECT_EQ(many.back(), "1,149999,,");
}

TEST_F(Sample, MemoryGrowsNeitherWithTheRowsNorWithTheDraws) {
  std::string table;
  for (int i = 0; i < 400; ++i) table += "1,2,3,4,5,6,7,8,9,10\n";
  write("s.csv", table);
  // 15 to 25 MB, by the machine; all that is written would be 60 and 85.
  const auto expect_little = [&](const char* count, const char* kind) {
    const Result result = gibbs({"sample", "s.csv", "-n", count, kind, "-o", "out.csv"});
    EXPECT_EQ(result.status, 0) << result.err;
    const auto written = static_cast<double>(std::filesystem::file_size(directory() / "out.csv"));
    EXPECT_LT(1024 * static_cast<double>(result.peak_kilobytes), 0.6 * written) << kind;
  };
  expect_little("5000", "--gumbel");
  expect_little("1000", "--relaxed");
}

TEST_F(Sample, WhatCannotBeIsRefused) {
  write("s.csv", kTable);
  const auto refused = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"sample", "s.csv"};
    words.insert(words.end(), more.begin(), more.end());
    const Result result = gibbs(words);
    EXPECT_EQ(result.status, 2) << result.out;
    return result.err;
  };
  EXPECT_EQ(refused({"-n", "0"}),
            "gibbs: -n must be a whole number from 1 to 10000000; got \"0\"\n");
  EXPECT_EQ(refused({"--seed", "-1"}),
            "gibbs: --seed must be a whole number of at most 64 bits; got \"-1\"\n");
  EXPECT_EQ(refused({"--temperature", "-1"}),
            "gibbs: --temperature must not be negative; got -1\n");
  EXPECT_EQ(refused({"--relaxed", "--tau", "-1"}), "gibbs: --tau must not be negative; got -1\n");
  EXPECT_EQ(refused({"--tau", "1"}),
            "gibbs: --tau is how far a --relaxed draw is relaxed; add --relaxed\n");
  EXPECT_EQ(refused({"--gumbel", "--relaxed"}),
            "gibbs: --gumbel, --without-replacement and --relaxed are ways to draw: choose one\n");
  EXPECT_EQ(refused({"--relaxed", "--histogram"}),
            "gibbs: --histogram compares draws with their law, which are independent only with "
            "replacement\n");
  EXPECT_EQ(refused({"-o", "t.npy"}),
            "gibbs: gibbs sample writes .csv and .tsv: tokens may be names\n");
  EXPECT_EQ(refused({"--self-test"}),
            "gibbs: --self-test draws scores of its own: name no input\n");
  EXPECT_EQ(gibbs({"sample", "--self-test", "--alpha", "2"}).err,
            "gibbs: --self-test goes with --seed, --threads and --quiet, and with nothing else\n");
  EXPECT_EQ(refused({"--histogram", "-o", "h.csv"}),
            "gibbs: --histogram prints a picture, no table for --output: redirect it instead\n");
  EXPECT_EQ(refused({"--top-k", "-1"}).substr(0, 42), "gibbs: --top-k must be a whole number from");
  EXPECT_EQ(refused({"--min-p", "a"}), "gibbs: --min-p must be a number or inf; got \"a\"\n");
  EXPECT_EQ(refused({"--xtc", "0.5", "--histogram"}),
            "gibbs: --histogram needs one law for all draws, and --xtc flips a coin for each\n");
  EXPECT_EQ(refused({"--xtc", "1,2,3"}), "gibbs: --xtc takes a probability and a threshold\n");
  EXPECT_EQ(refused({"--relaxed", "--tau", "nan"}), "gibbs: --tau must be a number; got nan\n");
  EXPECT_EQ(refused({"--top-k", "2", "--alpha", "2"}),
            "gibbs: filters cut the law of softmax: --alpha, --gumbel, --without-replacement and "
            "--relaxed do not go with them\n");
  EXPECT_EQ(refused({"--preset", "llama"}),
            "gibbs: --preset must be one of llama-cpp, hugging-face; got \"llama\"\n");
  EXPECT_EQ(refused({"--preset", "llama-cpp", "--eta", "1"}),
            "gibbs: --eta is no setting of --preset llama-cpp\n");
  EXPECT_EQ(refused({"--nonsense"}), "gibbs: unknown option \"--nonsense\"\n");
}

TEST_F(Sample, AFilterIsRefusedByTheNameOfItsOption) {
  write("s.csv", kTable);
  const auto refuse = [&](std::vector<std::string> words, const std::string& sentence) {
    words.insert(words.begin(), {"sample", "s.csv"});
    const Result result = gibbs(words);
    EXPECT_EQ(result.status, 2) << sentence;
    EXPECT_EQ(result.err, "gibbs: " + sentence + "\n");
    EXPECT_EQ(result.out, "");
  };
  refuse({"--top-p", "1.5"}, "--top-p must be above 0 and at most 1, got 1.5");
  refuse({"--min-p", "-1"}, "--min-p must be from 0 to 1, got -1");
  refuse({"--typical", "0"}, "--typical must be above 0 and at most 1, got 0");
  refuse({"--epsilon", "2"}, "--epsilon must be from 0 to 1, got 2");
  refuse({"--eta", "2"}, "--eta must be from 0 to 1, got 2");
  refuse({"--top-h", "0"}, "--top-h must be above 0 and at most 1, got 0");
  refuse({"--top-n-sigma", "-1"}, "--top-n-sigma must not be negative, got -1");
  refuse({"--xtc", "2"}, "the probability of --xtc must be from 0 to 1, got 2");
  refuse({"--xtc", "0.5,2"}, "the threshold of --xtc must be above 0 and at most 1, got 2");
  refuse({"--typical", "0", "--preset", "hugging-face"},
         "--typical must be above 0 and below 1, got 0");
  refuse({"--epsilon", "nan", "--preset", "hugging-face"}, "--epsilon must be a number; got nan");
}

}  // namespace
}  // namespace gibbs::cli::testing
