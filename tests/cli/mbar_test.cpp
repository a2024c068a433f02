// What `gibbs mbar` finds, prints and refuses.

#include <cmath>
#include <string>
#include <vector>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class MbarCommand : public CommandTest {
 protected:
  // Oscillators around 0, 1 and 2, each with 9 points of its law's shape; the middle one unsampled.
  static std::vector<double> potentials() {
    std::vector<double> u;
    for (int k = 0; k < 3; ++k) {
      for (const double centre : {0.0, 2.0}) {
        for (int i = -4; i <= 4; ++i) {
          const double from = centre + 0.4 * i - k;
          u.push_back(from * from / 2 + 5 * k);
        }
      }
    }
    return u;
  }
  static double number(const std::string& text, const std::string& name, int place) {
    std::size_t at = text.find('"' + name + "\": [") + name.size() + 5;
    for (int i = 0; i < place; ++i) at = text.find(',', at) + 1;
    return std::stod(text.substr(at));
  }
};

TEST_F(MbarCommand, FindsTheFreeEnergiesOfANpyFile) {
  write("u.npy", npy_of(potentials(), 3, 18));
  const Result result = gibbs({"mbar", "u.npy", "--samples", "9,0,9", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("\"status\": \"converged\", \"converged\": true"), std::string::npos);
  EXPECT_EQ(number(result.out, "free_energies", 0), 0);
  EXPECT_NEAR(number(result.out, "free_energies", 2), 10, 1e-12);  // by symmetry
  EXPECT_LT(number(result.out, "free_energies", 1), 5.5);
}

TEST_F(MbarCommand, RowsMayBeStatesOrSamples) {
  const std::vector<double> u = potentials();
  std::vector<double> turned(u.size());
  for (std::size_t k = 0; k < 3; ++k) {
    for (std::size_t n = 0; n < 18; ++n) turned[n * 3 + k] = u[k * 18 + n];
  }
  write("u.npy", npy_of(u, 3, 18));
  write("t.npy", npy_of(turned, 18, 3));
  const std::string states = gibbs({"mbar", "u.npy", "--samples", "9,0,9"}).out;
  const std::string samples = gibbs({"mbar", "t.npy", "--samples", "9,0,9"}).out;
  EXPECT_EQ(states.substr(1), samples.substr(1));
}

TEST_F(MbarCommand, OfAsManySamplesAsStatesTheRowsMustBeTold) {
  const std::string table = "0,1,3\n2,0,1\n4,3,0\n", turned = "0,2,4\n1,0,3\n3,1,0\n";
  const auto out = [&](const std::string& csv, const std::string& rows) {
    return gibbs({"mbar", "--samples", "1,1,1", "--rows", rows}, csv).out;
  };
  EXPECT_EQ(out(table, "states"), gibbs({"mbar", "--samples", "1,1,1"}, table).out);
  EXPECT_EQ(out(table, "samples"), out(turned, "states"));
  EXPECT_NE(out(table, "samples"), out(table, "states"));
  const Result wrong = gibbs({"mbar", "--samples", "2,1", "--rows", "samples"}, "0,1,2\n0,1,2\n");
  EXPECT_EQ(wrong.err,
            "gibbs: stdin: 2 x 3 numbers, where --samples says 2 states and 3 samples, a row for a "
            "sample\n");
}

TEST_F(MbarCommand, FindsWhatIsFarAway) {
  const Result result =
      gibbs({"mbar", "--samples", "2,2", "--json"}, "0,0,1e6,1e6\n-1e6,1e6,0,0\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NEAR(number(result.out, "free_energies", 1), -1e6 + std::log(2), 1e-9);
}

TEST_F(MbarCommand, ReadsCsvWithInfinity) {
  const Result result = gibbs({"mbar", "--samples", "2,2"}, "0,0,0,0\n0,inf,0,0\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("-: 2 states, converged"), std::string::npos) << result.out;
}

TEST_F(MbarCommand, PrintsErrorsOverlapAndTheBootstrap) {
  write("u.npy", npy_of(potentials(), 3, 18));
  const std::string plain = gibbs({"mbar", "u.npy", "--samples", "9,0,9"}).out;
  EXPECT_NE(plain.find("state    samples   effective               f       error\n"),
            std::string::npos)
      << plain;
  EXPECT_NE(plain.find("overlap:"), std::string::npos);
  const std::vector<std::string> words{"mbar", "u.npy", "--samples", "9,0,9", "--bootstrap", "20"};
  const std::string again = gibbs(words).out;
  EXPECT_NE(again.find("error   bootstrap\n"), std::string::npos) << again;
  EXPECT_EQ(again, gibbs(words).out);
  std::vector<std::string> seeded = words;
  seeded.insert(seeded.end(), {"--seed", "7"});
  EXPECT_NE(again, gibbs(seeded).out);
}

TEST_F(MbarCommand, ManyStatesShowTheirOverlapOnRequest) {
  std::string csv;
  for (int n = 0; n < 13; ++n) {
    for (int k = 0; k < 13; ++k)
      csv += std::to_string(0.1 * std::abs(n - k)) + (k < 12 ? "," : "\n");
  }
  const std::string samples = "1,1,1,1,1,1,1,1,1,1,1,1,1";
  EXPECT_EQ(gibbs({"mbar", "--samples", samples}, csv).out.find("overlap:"), std::string::npos);
  EXPECT_NE(gibbs({"mbar", "--samples", samples, "--overlap"}, csv).out.find("overlap:"),
            std::string::npos);
}

TEST_F(MbarCommand, DisconnectedStatesAreDiagnosed) {
  write("u.csv", "0,0,900,900\n900,900,0,0\n");
  const Result result = gibbs({"mbar", "u.csv", "--samples", "2,2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("u.csv: disconnected"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("0 | 1"), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("inf"), std::string::npos);
}

TEST_F(MbarCommand, BadDataIsNamed) {
  write("u.csv", "0,1,2\n0,nan,0\n");
  const Result nan = gibbs({"mbar", "u.csv", "--samples", "2,1"});
  EXPECT_EQ(nan.status, 1);
  EXPECT_EQ(nan.err, "gibbs: u.csv:2:2: a potential must be a number or inf; got nan\n");
  write("t.tsv", "a\tb\n0\t1\n\n2\t-inf\n");
  EXPECT_EQ(gibbs({"mbar", "t.tsv", "--samples", "1,1"}).err,
            "gibbs: t.tsv:4:2: a potential must be a number or inf; got -inf\n");
  write("u.npy", npy_of({0, 1, 2, 3, 4, std::nan("")}, 3, 2));
  EXPECT_EQ(gibbs({"mbar", "u.npy", "--samples", "2,1"}).err,
            "gibbs: u.npy:3:2: a potential must be a number or inf; got nan\n");
  write("empty.csv", "0,1\n,0\n");
  EXPECT_EQ(gibbs({"mbar", "empty.csv", "--samples", "1,1"}).err,
            "gibbs: empty.csv:2:1: an empty cell where a potential must be\n");
  write("u.csv", "0,1,2\n0,1,0\n");
  const Result shape = gibbs({"mbar", "u.csv", "--samples", "2,2"});
  EXPECT_EQ(shape.err,
            "gibbs: u.csv: 2 x 3 numbers, where --samples says 2 states and 4 samples\n");
  EXPECT_EQ(gibbs({"mbar", "u.csv", "--samples", "1"}).err,
            "gibbs: u.csv: 2 x 3 numbers, where --samples says 1 state and 1 sample\n");
}

TEST_F(MbarCommand, BadRequestsAreNamed) {
  const auto words = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all{"mbar"};
    all.insert(all.end(), more.begin(), more.end());
    const Result result = gibbs(all, "0,0\n0,0\n");
    EXPECT_EQ(result.status, 2);
    return result.err;
  };
  EXPECT_EQ(words({}),
            "gibbs: --samples is missing: how many samples each state has, as 501,501,0\n");
  std::string many = "9007199254740992";  // 2^53
  for (int i = 0; i < 11; ++i) many += "," + many;
  EXPECT_EQ(words({"--samples", many}), "gibbs: --samples must add up to at most 2^53\n");
  EXPECT_NE(words({"--samples", "1,x"}).find("--samples"), std::string::npos);
  EXPECT_NE(words({"--samples", "1,1", "--bootstrap", "1"}).find("--bootstrap"), std::string::npos);
  EXPECT_EQ(words({"--samples", "1,1", "--tolerance", "0"}),
            "gibbs: --tolerance must be finite and above 0; got 0\n");
  EXPECT_EQ(words({"--samples", "1,1", "--tolerance", "inf"}),
            "gibbs: --tolerance must be finite and above 0; got inf\n");
  EXPECT_EQ(words({"--samples", "1,1", "--seed", "7"}),
            "gibbs: --seed is of --bootstrap, which is missing\n");
  EXPECT_EQ(words({"--samples", "1,1", "--rows", "x"}),
            "gibbs: --rows must be one of auto, states, samples; got \"x\"\n");
}

}  // namespace
}  // namespace gibbs::cli::testing
