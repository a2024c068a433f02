// The words of `gibbs thermo`.

#include <gibbs/thermo/units.hpp>

#include "commands/command.hpp"
#include "commands/thermo.hpp"
#include "io/output_file.hpp"

namespace gibbs::cli {

namespace {

constexpr const char* kHelp =
    R"(usage: gibbs thermo [LEVELS] --temperature T [-o OUTPUT] [OPTIONS]
  gibbs thermo levels.csv --temperature 10:1000:10 --unit cm-1
  gibbs thermo --model rotor:theta=2.77 --temperature 77,300 --unit K
LEVELS               .csv or .tsv: a column E (or energy), perhaps one g (or
                     degeneracy, 1 each); integers of any length count exactly
  --energy COLUMN  --degeneracy COLUMN  --log-degeneracy  --header WHEN
  --model M          two-level:gap= oscillator:quantum= rotor:theta= box:unit=
                     ising-chain:spins= ising-square:length= hydrogen:rydberg=
-t, --temperature T  a list of numbers and FROM:TO:STEP; 0, inf and T < 0 too
  --mean-energy U    instead of T: a list; prints beta and T
  --unit U           of E: cm-1, eV, J, K, kJ/mol, kcal/mol, hartree; T is in K
                     then. reduced: k = 1 (default). --boltzmann K another k
  --constants        prints the constants behind the units
  --populations      p of each level as well
  --occupations N    n of N systems: N p, or --whole: the most probable numbers
  --cut E  --growth S  bounds of what levels missing from E on could add
  --plot FILE        .svg .png .pdf by gnuplot;  --quantity heat_capacity ...
  --digits N         so many; else all.   -o, --output FILE  --threads N
A line has T, ln Z, U, F, S/k, C_V/k. Exit status: 0 done, 1 bad data, 2 bad
request. More: man gibbs-thermo
)";

class ThermoCommand : public Command {
 public:
  const char* name() const override { return "thermo"; }
  const char* help() const override { return kHelp; }

  void add_options(CLI::App& app) override {
    app.add_option("LEVELS", words_.input);
    app.add_option("-o,--output", words_.output);
    app.add_option("--model", words_.model);
    app.add_option("--energy", words_.energy);
    app.add_option("--degeneracy", words_.degeneracy);
    app.add_option("--header", words_.header);
    app.add_option("-t,--temperature", words_.temperature);
    app.add_option("--mean-energy", words_.mean_energy);
    app.add_option("--unit", words_.unit);
    app.add_option("--boltzmann", words_.boltzmann);
    app.add_option("--occupations", words_.occupations);
    app.add_option("--cut", words_.cut);
    app.add_option("--growth", words_.growth);
    app.add_option("--plot", words_.plot);
    app.add_option("--quantity", words_.quantity);
    app.add_option("--digits", words_.digits);
    app.add_option("--threads", words_.threads);
    app.add_flag("--log-degeneracy", words_.log_degeneracy);
    app.add_flag("--populations", words_.populations);
    app.add_flag("--whole", words_.whole);
    app.add_flag("--constants", words_.constants);
  }

  void run(const Terminals& terminals) override {
    if (words_.constants) return print_constants();
    run_thermo(make_request(words_, terminals.input));
  }

 private:
  void print_constants() const {
    ThermoWords alone;
    alone.constants = true;
    if (words_ != alone) throw BadRequest("--constants prints the constants and nothing else");
    print(thermo::describe());
  }

  ThermoWords words_;
};

}  // namespace

std::unique_ptr<Command> thermo_command() { return std::make_unique<ThermoCommand>(); }

}  // namespace gibbs::cli
