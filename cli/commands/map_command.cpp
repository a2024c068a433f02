// The words of `gibbs map`.

#include "commands/command.hpp"
#include "commands/map.hpp"
#include "io/output_file.hpp"

namespace gibbs::cli {

namespace {

constexpr const char* kHelp =
    R"(usage: gibbs map [INPUT] [-o OUTPUT] [OPTIONS]: rows of scores to probabilities
  gibbs map scores.csv --keep label                              look at it
  gibbs map scores.npy --alpha 1.5 --temperature 0.7 -o p.npy    write it
  gibbs map - --alpha 2 --sparse < scores.csv > triples.csv      pipe it
INPUT                .csv, .tsv, .npy; - or nothing: CSV on standard input
  --columns A,B      score columns, by name or number from 1 (all but the kept)
  --keep A,B         columns to copy through
  --header WHEN      is the first row of CSV a header: yes, no, auto
  --missing mask     an empty cell leaves its state out (else it is an error)
  --alpha A          1 softmax (default), 1.5 entmax, 2 sparsemax, inf argmax
  --family F         another map: capped, budget, topk, ...; see --help-family
  --temperature T    from 0 to inf, in units of the scores (1)
  --degeneracy FILE  a weight g >= 0 for each score column
  --log              log-probabilities
-o, --output OUTPUT  .csv, .tsv, .npy; - is CSV on standard output
  --with W,W         more columns: log_partition, entropy, support, threshold
  --sparse           only what is above 0: row,column,value, counted from 0
  --dtype D          float64, float32, float16, bfloat16 (else as input)
  --summary [json]   sizes, mean entropy, mean support, a picture of first rows
  --threads N        at most N threads
  --quiet            no progress bar
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-map
)";

constexpr const char* kFamilyHelp =
    R"(usage: gibbs map [INPUT] [-o OUTPUT] --family FAMILY [OPTIONS]
Maps beside entmax; all other options are those of `gibbs map --help`.
  gibbs map scores.csv --family budget --budget 3 --with multiplier
  gibbs map scores.csv --family capped --caps caps.csv --alpha 2 -o p.csv
capped      softmax (--alpha 2: sparsemax) with p <= --caps, and p >= --floors
budget      a subset of --budget states, sparse: 0 <= p <= 1, sum p = budget
fermi       the same by entropy, Fermi-Dirac: p = g / (1 + exp((tau - x) / T))
box         sparse, p from --floors to --caps, sum --weights p = --budget (1)
normmax     the sparse map of the norm of index --alpha, above 1 (2)
topk        entmax of the --k highest scores, at --alpha (1)
tempered    softmax with the exponential exp_t, --t below 2: entmax at 2 - t
sink        softmax beside a state of score --sink (0) that is not written
reverse-kl, chi-square, hellinger, jensen-shannon
            softmax with this divergence from g in place of Kullback-Leibler's
  --budget K  --k K  --t T  --sink S           numbers
  --caps FILE  --floors FILE  --weights FILE   one number for each score column
  --with: value and multiplier (its derivative in the budget), support; normmax
  value, support, threshold; sink log_partition, sink_probability; topk and
  tempered as without --family. --degeneracy: for all but normmax
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-map
)";

class MapCommand : public Command {
 public:
  const char* name() const override { return "map"; }
  const char* help() const override { return kHelp; }

  void add_options(CLI::App& app) override {
    app.add_option("INPUT", words_.input);
    app.add_option("-o,--output", words_.output);
    app.add_option("--columns", words_.columns);
    app.add_option("--keep", words_.keep);
    app.add_option("--header", words_.header);
    app.add_option("--missing", words_.missing);
    app.add_option("--family", words_.family.family);
    app.add_option("--alpha", words_.family.alpha);
    app.add_option("--budget", words_.family.budget);
    app.add_option("--k", words_.family.k);
    app.add_option("--t", words_.family.t);
    app.add_option("--sink", words_.family.sink);
    app.add_option("--degeneracy", words_.family.files.degeneracy);
    app.add_option("--caps", words_.family.files.caps);
    app.add_option("--floors", words_.family.files.floors);
    app.add_option("--weights", words_.family.files.weights);
    app.add_option("--temperature", words_.temperature);
    app.add_option("--with", words_.with);
    app.add_option("--dtype", words_.dtype);
    app.add_option("--threads", words_.threads);
    app.add_option("--summary", words_.summary);
    app.add_flag("--log", words_.log);
    app.add_flag("--sparse", words_.sparse);
    app.add_flag("--quiet", words_.quiet);
    app.add_flag("--help-family", words_.help_family);
  }

  void run(const Terminals& terminals) override {
    if (words_.help_family) return print(kFamilyHelp);
    run_map(make_request(words_, terminals.input, terminals.output));
  }

 private:
  MapWords words_;
};

}  // namespace

std::unique_ptr<Command> map_command() { return std::make_unique<MapCommand>(); }

}  // namespace gibbs::cli
