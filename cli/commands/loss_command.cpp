// The words of `gibbs loss`.

#include "commands/command.hpp"
#include "commands/loss.hpp"

namespace gibbs::cli {

namespace {

constexpr const char* kHelp =
    R"(usage: gibbs loss [INPUT] --label COLUMN [OPTIONS]
How scores fare against labels: one line for each alpha.
  gibbs loss scores.csv --label label
  gibbs loss scores.csv --label label --alpha 1,2 --temperature 0.7 --json
INPUT              .csv, .tsv; - or nothing: CSV on standard input
  --label COLUMN   the column of the labels, by name or number from 1; a label
                   is the name of a score column, or its number counted from 0
  --columns A,B    score columns, by name or number from 1 (all but the label)
  --header WHEN    is the first row of CSV a header: yes, no, auto
  --missing mask   an empty cell leaves its state out (else it is an error)
  --alpha A,B      1 softmax, 1.5 entmax, 2 sparsemax, inf argmax (1,1.5,2)
  --temperature T  from 0 to inf, in units of the scores (1)
  --json           for programs
  --threads N      at most N threads
  --quiet          no progress bar
mean loss: the loss that the map is trained by. perplexity: exp of the mean of
-log p, at alpha 1. top 5: the label is among the five highest scores. support:
how many classes have p > 0. coverage: how often the label is one of them.
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-loss
)";

class LossCommand : public Command {
 public:
  const char* name() const override { return "loss"; }
  const char* help() const override { return kHelp; }

  void add_options(CLI::App& app) override {
    app.add_option("INPUT", words_.input);
    app.add_option("--label", words_.label);
    app.add_option("--columns", words_.columns);
    app.add_option("--header", words_.header);
    app.add_option("--missing", words_.missing);
    app.add_option("--alpha", words_.alpha);
    app.add_option("--temperature", words_.temperature);
    app.add_option("--threads", words_.threads);
    app.add_flag("--json", words_.json);
    app.add_flag("--quiet", words_.quiet);
  }

  void run(const Terminals& terminals) override { run_loss(make_request(words_, terminals.input)); }

 private:
  LossWords words_;
};

}  // namespace

std::unique_ptr<Command> loss_command() { return std::make_unique<LossCommand>(); }

}  // namespace gibbs::cli
