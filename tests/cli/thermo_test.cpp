// What `gibbs thermo` prints, draws and refuses.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

// A table with a header, as numbers by column.
using Columns = std::map<std::string, std::vector<double>>;

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, separator);) fields.push_back(field);
  return fields;
}

Columns columns_of(const std::string& csv, char separator = ',') {
  std::istringstream in(csv);
  std::string line;
  std::getline(in, line);
  const auto names = split(line, separator);
  Columns columns;
  while (std::getline(in, line)) {
    const auto fields = split(line, separator);
    for (std::size_t i = 0; i < names.size(); ++i) {
      columns[names[i]].push_back(std::strtod(fields.at(i).c_str(), nullptr));
    }
  }
  return columns;
}

class Thermo : public CommandTest {
 protected:
  Columns columns(std::vector<std::string> words, std::string_view input = "") const {
    words.insert(words.begin(), "thermo");
    const Result result = gibbs(words, input);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return columns_of(result.out);
  }
  void expect_refused(std::vector<std::string> words, int status, const std::string& sentence,
                      std::string_view input = "E,g\n0,1\n1,1\n") const {
    words.insert(words.begin(), "thermo");
    const Result result = gibbs(words, input);
    EXPECT_EQ(result.status, status) << sentence;
    EXPECT_EQ(result.err, "gibbs: " + sentence + "\n");
    EXPECT_EQ(result.out, "");
  }
};

constexpr const char* kTwo = "E,g\n0,2\n1.5,3\n";

TEST_F(Thermo, ALineHasEverythingThatFollowsFromThePartitionFunction) {
  const auto found = columns({"-t", "0.5,2"}, kTwo);
  ASSERT_EQ(found.size(), 6U);
  for (std::size_t i = 0; i < 2; ++i) {
    const double t = i == 0 ? 0.5 : 2;
    const double x = 1.5 / t, weight = 3 * std::exp(-x), z = 2 + weight, p = weight / z;
    EXPECT_EQ(found.at("temperature")[i], t);
    EXPECT_NEAR(found.at("log_partition")[i], std::log(z), 1e-15);
    EXPECT_NEAR(found.at("mean_energy")[i], 1.5 * p, 1e-15);
    EXPECT_NEAR(found.at("free_energy")[i], -t * std::log(z), 2e-15);
    EXPECT_NEAR(found.at("entropy")[i], std::log(z) + x * p, 1e-15);
    EXPECT_NEAR(found.at("heat_capacity")[i], x * x * p * (1 - p), 1e-15);
  }
}

TEST_F(Thermo, TemperaturesAreListsAndRangesOfDecimals) {
  const auto temperatures = [&](const std::string& word) {
    return columns({"--temperature", word}, kTwo).at("temperature");
  };
  EXPECT_EQ(temperatures("0.1:0.5:0.1"), (std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5}));
  EXPECT_EQ(temperatures("10:35:10"), (std::vector<double>{10, 20, 30}));
  EXPECT_EQ(temperatures("3:1:-1,7"), (std::vector<double>{3, 2, 1, 7}));
  EXPECT_EQ(temperatures("-2:2:2"), (std::vector<double>{-2, 0, 2}));
  EXPECT_EQ(temperatures("1e-3:2e-3:1e-3"), (std::vector<double>{0.001, 0.002}));
  EXPECT_EQ(temperatures("5:5:1"), (std::vector<double>{5}));
  EXPECT_EQ(temperatures("0:1000000:2").size(), 500001U);
}

TEST_F(Thermo, TemperaturesOfNothingInfinityAndBelowZeroAreLimits) {
  const auto found = columns({"-t", "0,inf,-1,-0"}, kTwo);
  EXPECT_EQ(found.at("mean_energy")[0], 0);
  EXPECT_NEAR(found.at("entropy")[0], std::log(2), 1e-15);
  EXPECT_NEAR(found.at("mean_energy")[1], 0.9, 1e-15);
  EXPECT_NEAR(found.at("entropy")[1], std::log(5), 1e-15);
  EXPECT_GT(found.at("mean_energy")[2], 0.9);
  EXPECT_EQ(found.at("mean_energy")[3], 1.5);
  EXPECT_NEAR(found.at("entropy")[3], std::log(3), 1e-15);
}

TEST_F(Thermo, AUnitTurnsKelvinIntoEnergies) {
  const double k = 0.6950348004861274;
  const auto found = columns({"-t", "300", "--unit", "cm-1"}, kTwo);
  EXPECT_NEAR(found.at("log_partition")[0], std::log(2 + 3 * std::exp(-1.5 / (k * 300))), 1e-15);
  const auto other = columns({"-t", "300", "--boltzmann", "0.5"}, kTwo);
  EXPECT_NEAR(other.at("log_partition")[0], std::log(2 + 3 * std::exp(-1.5 / 150)), 1e-15);
}

TEST_F(Thermo, ColumnsAreFoundByNameNumberOrPlace) {
  const auto log_z = [&](const std::vector<std::string>& words, std::string_view input) {
    std::vector<std::string> all{"-t", "inf"};
    all.insert(all.end(), words.begin(), words.end());
    return std::exp(columns(all, input).at("log_partition").at(0));
  };
  EXPECT_NEAR(log_z({}, "0,2\n1,3\n"), 5, 1e-14);
  EXPECT_NEAR(log_z({}, "0\n1\n2\n"), 3, 1e-14);
  EXPECT_NEAR(log_z({}, "level\n1\n2\n"), 2, 1e-14);
  EXPECT_NEAR(log_z({}, "v,Energy,J,DEGENERACY\na,0,7,2\nb,1,7,6\n"), 8, 1e-14);
  EXPECT_NEAR(log_z({"--energy", "2"}, "1,5\n1,5\n1,6\n"), 3, 1e-14);
  EXPECT_NEAR(log_z({"--energy", "x", "--degeneracy", "y"}, "E,g,x,y\n0,1,0,5\n"), 5, 1e-14);
  EXPECT_NEAR(log_z({"--degeneracy", "1"}, "4,0\n5,1\n"), 9, 1e-14);
  EXPECT_NEAR(log_z({"--header", "no"}, "1,2\n"), 2, 1e-14);
  EXPECT_NEAR(log_z({"--log-degeneracy"}, "E,g\n0,0\n1,-inf\n2,1\n"), 1 + std::exp(1), 1e-13);
}

TEST_F(Thermo, DegeneraciesOfAnyLengthCountExactly) {
  std::string table =
      "E,g\n0,1" + std::string(300, '0') + "\n1,\"2" + std::string(400, '0') + "\"\n";
  const auto found = columns({"-t", "inf"}, table);
  EXPECT_NEAR(found.at("log_partition")[0], std::log(2) + 400 * std::log(10), 1e-12);
  EXPECT_NEAR(found.at("mean_energy")[0], 1, 1e-15);
}

TEST_F(Thermo, ALevelAtInfinityOrWithoutStatesIsNeverOccupied) {
  const auto found = columns({"-t", "inf,1", "--populations"}, "E,g\n0,1\ninf,5\n2,0\n1,1\n");
  EXPECT_EQ(found.at("p_0")[0], 0.5);
  EXPECT_EQ(found.at("p_1")[0], 0);
  EXPECT_EQ(found.at("p_2")[1], 0);
  EXPECT_NEAR(found.at("p_3")[1], 1 / (1 + std::exp(1)), 1e-16);
}

TEST_F(Thermo, OccupationsAreSharesOfSystems) {
  const auto found = columns({"-t", "1", "--occupations", "1000", "--populations"}, kTwo);
  EXPECT_NEAR(found.at("n_0")[0] + found.at("n_1")[0], 1000, 1e-10);
  EXPECT_NEAR(found.at("n_1")[0], 1000 * found.at("p_1")[0], 1e-10);
}

TEST_F(Thermo, OccupationsCanBeTheMostProbableWholeNumbers) {
  // p = (6, 1, 3) / 10: 4, 0, 2 and the seventh where p / (n + 1) is largest. Halves: a tie.
  const auto found =
      columns({"-t", "inf", "--occupations", "7", "--whole"}, "E,g\n2,6\n0,1\n1,3\n");
  EXPECT_EQ(found.at("n_0")[0], 5);
  EXPECT_EQ(found.at("n_1")[0], 0);
  EXPECT_EQ(found.at("n_2")[0], 2);
  const auto tie = columns({"-t", "inf", "--occupations", "7", "--whole"}, "E\n1\n0\n");
  EXPECT_EQ(tie.at("n_0")[0], 3);
  EXPECT_EQ(tie.at("n_1")[0], 4);
  const auto cold = columns({"-t", "0,-0.0", "--occupations", "7", "--whole"}, "E\n1\n0\n");
  EXPECT_EQ(cold.at("n_1"), (std::vector<double>{7, 0}));
}

TEST_F(Thermo, AMeanEnergyHasATemperature) {
  const auto found = columns({"--mean-energy", "0.75,0.5,0.25"}, "E\n0\n1\n");
  EXPECT_NEAR(found.at("beta")[0], -std::log(3), 1e-13);
  EXPECT_NEAR(found.at("temperature")[0], -1 / std::log(3), 1e-13);
  EXPECT_EQ(found.at("beta")[1], 0);
  EXPECT_NEAR(found.at("temperature")[2], 1 / std::log(3), 1e-13);
}

TEST_F(Thermo, ACutBoundsWhatIsMissing) {
  const auto cut = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--model", "rotor:theta=1,count=6", "-t", "5", "--cut", "42"};
    words.insert(words.end(), more.begin(), more.end());
    return columns(words).at("log_partition_error")[0];
  };
  const double whole = columns({"--model", "rotor:theta=1", "-t", "5"}).at("log_partition").at(0);
  const double short_of =
      columns({"--model", "rotor:theta=1,count=6", "-t", "5"}).at("log_partition").at(0);
  EXPECT_GE(cut({}), whole - short_of);
  EXPECT_LT(cut({}), 20 * (whole - short_of));
  EXPECT_GT(cut({"--growth", "3"}), cut({}));
}

TEST_F(Thermo, ModelsMakeTheirLevels) {
  const auto at = [&](const std::string& model, const std::string& column) {
    return columns({"--model", model, "-t", "1.25"}).at(column).at(0);
  };
  const double b = 1 / 1.25;
  EXPECT_NEAR(at("two-level:gap=1,g1=3", "log_partition"), std::log1p(3 * std::exp(-b)), 1e-15);
  EXPECT_NEAR(at("oscillator:quantum=1", "log_partition"), -b / 2 - std::log1p(-std::exp(-b)),
              1e-14);
  EXPECT_NEAR(at("oscillator:quantum=1,zero-point=no", "mean_energy"), 1 / std::expm1(b), 1e-14);
  EXPECT_NEAR(at("rotor:theta=0.02,even=1,odd=0", "mean_energy"), 1.25, 0.01);
  EXPECT_NEAR(at("box:unit=1,count=1", "mean_energy"), 1, 1e-15);
  EXPECT_NEAR(at("ising-chain:spins=3,coupling=2,field=0", "log_partition"),
              std::log(2 * std::exp(6 * b) + 6 * std::exp(-2 * b)), 1e-14);
  EXPECT_NEAR(at("ising-square:length=2", "log_partition"),
              std::log(2 * std::exp(8 * b) + 12 + 2 * std::exp(-8 * b)), 1e-14);
  EXPECT_NEAR(at("hydrogen:rydberg=1,last=2", "log_partition"),
              std::log(2 * std::exp(b) + 8 * std::exp(b / 4)), 1e-14);
}

TEST_F(Thermo, ALadderIsAsLongAsTheHighestTemperatureNeeds) {
  const auto alone = columns({"--model", "rotor:theta=2.77", "-t", "10", "--unit", "K"});
  const auto beside = columns({"--model", "rotor:theta=2.77", "-t", "10,3000", "--unit", "K"});
  for (const auto& [name, values] : alone) {
    EXPECT_NEAR(values[0], beside.at(name)[0], 3e-15 * std::abs(values[0])) << name;
  }
}

TEST_F(Thermo, ConstantsArePrinted) {
  const Result result = gibbs({"thermo", "--constants"});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.out.find("k    1.380649e-23 J/K\n"), std::string::npos);
  EXPECT_NE(result.out.find("k    0.6950348004861274 cm-1/K\n"), std::string::npos);
}

TEST_F(Thermo, DigitsAreAsManyAsAskedFor) {
  const Result result = gibbs({"thermo", "-t", "0.5", "--digits", "4"}, kTwo);
  EXPECT_EQ(result.out.substr(result.out.find('\n')), "\n0.5,0.7652,0.1042,-0.3826,0.9736,0.582\n");
}

TEST_F(Thermo, TheOutputIsCsvOrTsvAndAppearsWholeOrNotAtAll) {
  write("l.csv", kTwo);
  EXPECT_EQ(gibbs({"thermo", "l.csv", "-t", "1", "-o", "out.tsv"}).status, 0);
  EXPECT_EQ(columns_of(read("out.tsv"), '\t').at("temperature")[0], 1);
  EXPECT_EQ(gibbs({"thermo", "l.csv", "-t", "1", "-o", "bad.csv", "--cut", "0.5"}).status, 2);
  EXPECT_EQ(files(), (std::vector<std::string>{"l.csv", "out.tsv"}));
}

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

TEST_F(Thermo, BadDataIsNamedByFileLineAndColumn) {
  const auto refuse = [&](const std::string& table, const std::string& sentence,
                          const std::vector<std::string>& more = {}) {
    write("l.csv", table);
    std::vector<std::string> words{"l.csv", "-t", "1"};
    words.insert(words.end(), more.begin(), more.end());
    expect_refused(words, 1, "l.csv:" + sentence);
  };
  refuse("E,g\n0,1\nx,1\n", "3:1: \"x\" is not a number");
  refuse("E,g\n0,1\n\n,1\n", "4:1: an empty cell where an energy must be");
  refuse("E,g\nnan,1\n", "2:1: an energy must be a number or inf; got nan");
  refuse("g,E\n1,0\n1,-inf\n", "3:2: an energy must be a number or inf; got -inf");
  refuse("E,g\n0,1\n1,-2\n", "3:2: a degeneracy must be a number from 0 to 1e1000000, got \"-2\"");
  refuse("E,g\n0,1\n\n1,\n2,1\n",
         "4:2: a degeneracy must be a number from 0 to 1e1000000, got \"\"");
  refuse("E,g\n0,nan\n", "2:2: a degeneracy must be a number from 0 to 1e1000000, got \"nan\"");
  refuse("E,g\n0,1\n1\n", "3:2: 1 field where the first row has 2");
  refuse("E,g\n0,0\n1,inf\n", "3:2: ln g must be -inf or from -1e15 to 1e15, got inf",
         {"--log-degeneracy"});
  refuse("E,g\n0,0\n1,x\n", "3:2: \"x\" is not a number", {"--log-degeneracy"});
  refuse("", " the file is empty");
}

TEST_F(Thermo, ATableWithoutARecognisedColumnIsAsked) {
  expect_refused({"-t", "1"}, 2,
                 "which column of stdin has the energies? name it with --energy; the columns are "
                 "\"v\", \"g\", \"U\"",
                 "v,g,U\n0,1,0\n");
  expect_refused({"-t", "1"}, 2,
                 "which column of stdin has the energies? name it with --energy; the columns have "
                 "no names, only numbers 1 to 3",
                 "0,1,0\n");
  expect_refused({"-t", "1", "--energy", "u"}, 2,
                 "--energy: no column \"u\" in stdin; the columns are \"E\", \"g\"");
  expect_refused({"-t", "1", "--degeneracy", "E"}, 2,
                 "--degeneracy: column \"E\" of stdin is that of the energies already");
}

TEST_F(Thermo, BadRequestsAreOneSentence) {
  expect_refused({"-t", "1", "-t", "2"}, 2, "--temperature is given twice");
  expect_refused({"-t"}, 2, "--temperature needs a value");
  expect_refused({"-t", "1"}, 1, "stdin has no levels", "E,g\n");
  expect_refused({"-t", "1", "--cut", "2"}, 1, "stdin has no level that can be occupied",
                 "E,g\n0,0\ninf,1\n");
  expect_refused({"-t", "1"}, 2, "stdin has columns \"E\" and \"energy\": name one with --energy",
                 "E,energy\n0,1\n");
  expect_refused({"--constants", "--unit", "K"}, 2,
                 "--constants prints the constants and nothing else");
  expect_refused({"--model", "two-level:gap=1,gap=2", "-t", "1"}, 2,
                 "--model two-level: gap is given twice");
  expect_refused({}, 2, "at which temperature? give --temperature, or --mean-energy to find it");
  expect_refused({"-t", "1", "--mean-energy", "1"}, 2,
                 "--mean-energy finds the temperature: give one of it and --temperature");
  expect_refused({"--mean-energy", "1", "--populations"}, 2,
                 "--populations, --occupations, --cut and --plot need --temperature, not "
                 "--mean-energy");
  expect_refused({"-t", "1", "--whole"}, 2,
                 "--whole is how --occupations counts; add --occupations N");
  expect_refused({"-t", "warm"}, 2, "--temperature must be a number or inf; got \"warm\"");
  expect_refused({"-t", "nan"}, 2, "--temperature must not be nan");
  expect_refused({"-t", "1:2"}, 2, "--temperature: the range \"1:2\" must be FROM:TO:STEP");
  expect_refused({"-t", "1:2:0"}, 2, "--temperature: the range \"1:2:0\" never reaches its end");
  expect_refused({"-t", "1:2:-1"}, 2, "--temperature: the range \"1:2:-1\" never reaches its end");
  expect_refused({"-t", "1:inf:1"}, 2,
                 "--temperature: the range \"1:inf:1\" must be of finite numbers");
  expect_refused({"-t", "0:1e9:1"}, 2,
                 "--temperature: the range \"0:1e9:1\" has more than a million numbers");
  expect_refused({"-t", "0:1e300:1"}, 2,
                 "--temperature: the range \"0:1e300:1\" has a step too small for its numbers");
  expect_refused({"-t", "1", "--unit", "erg"}, 2,
                 "--unit must be one of reduced, J, eV, cm-1, K, kJ/mol, kcal/mol, hartree; got "
                 "\"erg\"");
  expect_refused({"-t", "1", "--boltzmann", "0"}, 2,
                 "--boltzmann must be above 0 and finite; got 0");
  expect_refused({"-t", "1", "--occupations", "0"}, 2,
                 "--occupations must be a whole number from 1 to 4503599627370496; got \"0\"");
  expect_refused({"-t", "1", "--growth", "1"}, 2,
                 "--growth is how levels go on beyond --cut; add --cut");
  expect_refused({"-t", "1", "--digits", "0"}, 2,
                 "--digits must be a whole number from 1 to 17; got \"0\"");
  expect_refused({"-t", "1", "-o", "a.npy"}, 2, "gibbs thermo writes .csv and .tsv");
  expect_refused({"levels.npy", "-t", "1"}, 2,
                 "a table of levels is .csv or .tsv: degeneracies may be integers of any size");
  expect_refused({"--mean-energy", "7"}, 2, "--mean-energy must be from 0 to 1, got 7");
  expect_refused({"-t", "1", "--cut", "0.5"}, 2,
                 "--cut must not be below the highest level, 1, got 0.5");
  expect_refused({"-t", "1", "--cut", "2", "--growth", "-1"}, 2,
                 "--growth must not be negative, got -1");
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

TEST_F(Thermo, BadModelsAreOneSentence) {
  const auto refuse = [&](const std::string& model, const std::string& sentence) {
    expect_refused({"-t", "1", "--model", model}, 2, sentence);
  };
  refuse("spinner",
         "--model must be one of two-level, oscillator, rotor, box, ising-chain, ising-square, "
         "hydrogen; got \"spinner\"");
  refuse("rotor", "--model rotor: theta is not given");
  refuse("rotor:theta", "--model rotor: \"theta\" is no KEY=VALUE");
  refuse("rotor:theta=x", "--model rotor theta must be a number or inf; got \"x\"");
  refuse("rotor:theta=1,spin=2",
         "--model rotor: no parameter \"spin\"; there are theta, even, odd, count");
  refuse("rotor:theta=1,theta=2", "--model rotor: theta is given twice");
  refuse("rotor:theta=-1", "--model rotor: theta must be positive and finite, got -1");
  refuse("two-level:gap=1,g1=-1", "--model two-level: g1 must be finite and not negative, got -1");
  refuse("rotor:theta=1,count=0",
         "--model rotor count must be a whole number from 1 to 1000000000; got \"0\"");
  refuse("oscillator:quantum=1,zero-point=maybe",
         "--model oscillator zero-point must be one of yes, no; got \"maybe\"");
  refuse("ising-square:length=9", "--model ising-square: length must be from 2 to 8, got 9");
  refuse("hydrogen:rydberg=1", "--model hydrogen: last is not given");
  const std::string endless =
      "--model: a ladder without an end needs count=N at T = inf, below 0, and for --mean-energy";
  expect_refused({"-t", "1,inf", "--model", "rotor:theta=1"}, 2, endless);
  expect_refused({"-t", "-1", "--model", "box:unit=1"}, 2, endless);
  expect_refused({"--mean-energy", "1", "--model", "oscillator:quantum=1"}, 2, endless);
  expect_refused({"l.csv", "-t", "1", "--model", "rotor:theta=1"}, 2,
                 "--model makes its own levels: name no input");
  expect_refused({"-t", "1", "--model", "rotor:theta=1", "--energy", "E"}, 2,
                 "--energy, --degeneracy and --log-degeneracy are of a table, not of --model");
}

}  // namespace
}  // namespace gibbs::cli::testing
