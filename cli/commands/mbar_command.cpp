// The words of `gibbs mbar`.

#include "commands/command.hpp"
#include "commands/mbar.hpp"

namespace gibbs::cli {

namespace {

constexpr const char* kHelp =
    R"(usage: gibbs mbar [INPUT] --samples N0,N1,... [OPTIONS]
Free energies of states from the samples of all, by MBAR: in units of k T, with
errors and the overlap of the states.
  gibbs mbar u_kn.npy --samples 501,501,0,501
  gibbs mbar u_kn.csv --samples 501,501 --bootstrap 200 --seed 7
INPUT              .csv, .tsv, .npy; - or nothing: CSV on standard input: the
                   reduced potential of each sample in each state, a row for a
                   state or a row for a sample; inf where a state forbids it.
                   Samples of the first state come first, and are independent
  --rows WHAT      what a row is: states or samples. auto (the default): as
                   --samples fits; states where there are as many samples
  --samples N,N    how many samples each state has; 0: f comes from the others
  --bootstrap R    errors also from R replicates; --seed S: of 64 bits (0)
  --tolerance T    of the gradient, relative to the samples of a state (1e-12)
  --overlap        the overlap, also of more than 12 states
  --json           for programs
  --threads N      at most N threads
effective: how many samples of the state itself would tell as much. error: one
standard deviation of f less that of the first state, inf where no samples
connect them. States that share no samples are named.
Exit status: 0 done, 1 bad data or no convergence, 2 bad request. More: man
gibbs-mbar
)";

class MbarCommand : public Command {
 public:
  const char* name() const override { return "mbar"; }
  const char* help() const override { return kHelp; }

  void add_options(CLI::App& app) override {
    app.add_option("INPUT", words_.input);
    app.add_option("--samples", words_.samples);
    app.add_option("--bootstrap", words_.bootstrap);
    app.add_option("--seed", words_.seed);
    app.add_option("--rows", words_.rows);
    app.add_option("--tolerance", words_.tolerance);
    app.add_option("--threads", words_.threads);
    app.add_flag("--overlap", words_.overlap);
    app.add_flag("--json", words_.json);
  }

  void run(const Terminals& terminals) override { run_mbar(make_request(words_, terminals.input)); }

 private:
  MbarWords words_;
};

}  // namespace

std::unique_ptr<Command> mbar_command() { return std::make_unique<MbarCommand>(); }

}  // namespace gibbs::cli
