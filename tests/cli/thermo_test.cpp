// What `gibbs thermo` prints.

#include <cmath>
#include <string>
#include <vector>

#include "thermo_command.hpp"

namespace gibbs::cli::testing {
namespace {

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

}  // namespace
}  // namespace gibbs::cli::testing
