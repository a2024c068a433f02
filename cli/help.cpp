#include "help.hpp"

namespace gibbs::cli {

const char* const kHelp = R"(gibbs: scores to probabilities

usage: gibbs COMMAND [OPTIONS]

commands:
  map    a table of scores in, probabilities out: softmax, entmax, sparsemax
  loss   scores against labels: loss, accuracy, what a sparse map keeps
  sample scores in, tokens drawn from their law out
  thermo energies and degeneracies in, ln Z, U, F, S and C_V out
  mbar   potentials of samples in several states in, free energies out

examples:
  gibbs map scores.csv                  softmax of every row, to look at
  gibbs map scores.npy --alpha 1.5 --temperature 0.7 -o p.npy
  gibbs loss scores.csv --label label   how good the scores are
  gibbs sample scores.csv -n 10 --seed 7
  gibbs thermo levels.csv --temperature 10:1000:10 --unit cm-1

options:
  -h, --help    this text; `gibbs map --help` lists the options of map
  --version     the version and the SIMD target in use
GIBBS_NUM_THREADS in the environment bounds the number of threads.
Exit status: 0 done, 1 bad data, 2 bad request.
)";

}  // namespace gibbs::cli
