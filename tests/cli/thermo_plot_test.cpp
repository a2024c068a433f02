// What `gibbs thermo` draws.

#include <algorithm>
#include <string>
#include <vector>

#include "thermo_command.hpp"

namespace gibbs::cli::testing {
namespace {

TEST_F(Thermo, PicturesAreDrawnByGnuplot) {
  write("l.csv", kTwo);
  const auto draw = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"thermo", "l.csv", "-t", "0:4:0.1,inf", "--unit", "eV",
                                 "--boltzmann", "1", "--plot"});
    const Result result = gibbs(words);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.out.find("temperature,"), std::string::npos);
    return read(words.at(9));
  };
  const std::string by_stem = draw({"entropy.svg"});
  EXPECT_NE(by_stem.find("<svg"), std::string::npos);
  EXPECT_NE(by_stem.find("S / k"), std::string::npos);
  EXPECT_NE(by_stem.find("T (K)"), std::string::npos);
  EXPECT_NE(draw({"picture.svg"}).find("C_V / k"), std::string::npos);
  EXPECT_NE(draw({"u.svg", "--quantity", "mean_energy"}).find("U (eV)"), std::string::npos);
  const std::string levels = draw({"populations.svg"});
  EXPECT_NE(levels.find("level 0"), std::string::npos);
  EXPECT_NE(levels.find("level 1"), std::string::npos);
  EXPECT_EQ(draw({"c.png", "--quantity", "free_energy"}).substr(1, 3), "PNG");
  EXPECT_EQ(draw({"c.pdf"}).substr(0, 4), "%PDF");
}

// What gnuplot is told: a stand-in prints it as the picture.
class ThermoScript : public Thermo {
 protected:
  std::string script(const std::string& temperatures) {
    write("l.csv", kTwo);
    write("gnuplot", "#!/bin/sh\nexec cat\n");
    const Result result = shell(
        "mkdir -p bin; mv gnuplot bin; chmod +x bin/gnuplot; PATH=$PWD/bin:$PATH gibbs thermo "
        "l.csv --digits 2 --plot u.svg --quantity mean_energy -t " +
        temperatures);
    EXPECT_EQ(result.status, 0) << result.err;
    return read("u.svg");
  }
};

TEST_F(ThermoScript, ACurveRunsFromLeftToRightWhateverTheOrderOfTemperatures) {
  EXPECT_EQ(script("3,1,inf,2"), script("1,2,3"));
}

TEST_F(ThermoScript, ACurveIsPartedWhereTemperaturesChangeSign) {
  EXPECT_NE(script("-1,1").find("\n\n1 "), std::string::npos);
  EXPECT_NE(script("0,-0").find("-0 1.5\n\n0 0\n"), std::string::npos);
  EXPECT_EQ(script("-2,-1").find("\n\n"), std::string::npos);
}

TEST_F(ThermoScript, FewTemperaturesAreSeenOneByOne) {
  EXPECT_NE(script("1").find("with linespoints"), std::string::npos);
  EXPECT_NE(script("1:100:1").find("with lines linewidth"), std::string::npos);
}

TEST_F(Thermo, WithoutGnuplotAPictureIsRefused) {
  write("l.csv", kTwo);
  const Result result =
      shell("command=$(command -v gibbs); PATH=/nowhere $command thermo l.csv -t 1 --plot a.svg");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "gibbs: --plot draws with gnuplot, and there is none on the PATH (Debian: apt install "
            "gnuplot-nox)\n");
  EXPECT_EQ(files(), std::vector<std::string>{"l.csv"});
}

TEST_F(Thermo, AGnuplotThatFailsIsQuoted) {
  write("l.csv", kTwo);
  const Result result = shell(
      "mkdir bin; printf '#!/bin/sh\\necho no paper >&2; exit 1\\n' > bin/gnuplot; "
      "chmod +x bin/gnuplot; PATH=$PWD/bin:$PATH gibbs thermo l.csv -t 1 --plot a.svg");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("gibbs: gnuplot failed: \"no paper"), std::string::npos) << result.err;
  EXPECT_EQ(result.out, "");
  const auto left = files();
  EXPECT_EQ(std::count(left.begin(), left.end(), "a.svg"), 0);
}

TEST_F(Thermo, BadPicturesAreRefusedBeforeAnythingIsComputed) {
  expect_refused({"-t", "1", "--plot", "a.gif"}, 2,
                 "--plot: \"a.gif\" does not end in .svg, .png or .pdf");
  expect_refused({"-t", "1", "--quantity", "entropy"}, 2,
                 "--quantity is what --plot draws; add --plot");
  expect_refused({"-t", "1", "--plot", "a.svg", "--quantity", "magnetisation"}, 2,
                 "--quantity must be one of populations, log_partition, mean_energy, free_energy, "
                 "entropy, heat_capacity; got \"magnetisation\"");
  expect_refused({"-t", "inf", "--plot", "a.svg"}, 2,
                 "--plot: no temperature at which there is something finite");
}

}  // namespace
}  // namespace gibbs::cli::testing
