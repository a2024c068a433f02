// What `gibbs thermo` refuses.

#include <string>
#include <vector>

#include "thermo_command.hpp"

namespace gibbs::cli::testing {
namespace {

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
  refuse("E,g\n0,0\n1,1e400\n", "3:2: \"1e400\" is out of the range of float64",
         {"--log-degeneracy"});
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
  expect_refused({"-t", "1,1e400"}, 2, "--temperature: \"1e400\" is out of the range of float64");
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
  refuse("two-level:foo=1", "--model two-level: no parameter \"foo\"; there are gap, g0, g1");
  refuse("hydrogen:rydberg=1,first=1",
         "--model hydrogen: no parameter \"first\"; there are rydberg, last");
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
