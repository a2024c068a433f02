// The words of `gibbs sample`.

#include "commands/command.hpp"
#include "commands/sample.hpp"

namespace gibbs::cli {

namespace {

constexpr const char* kHelp =
    R"(usage: gibbs sample [INPUT] [-o OUTPUT] [OPTIONS]: draws from rows of scores
  gibbs sample scores.csv -n 10 --seed 7
  gibbs sample scores.csv -n 100000 --histogram --temperature 0.8
INPUT  -o, --output OUTPUT  --columns A,B  --keep A,B  --header WHEN
  --missing mask  --threads N  --quiet           as gibbs map; no .npy out
-n, --draws N        draws of each row (1)
  --seed S           64 bits; the same seed gives the same draws everywhere (0)
  --stream S         64 bits; draws that share no noise with another stream (0)
  --alpha A          the law: 1 softmax (default), 1.5 entmax, 2 sparsemax, inf
  --temperature T  --top-k K  --top-p P  --min-p P  --typical P  --epsilon E
  --eta E  --top-h A  --top-n-sigma N  --p-less  --xtc P,T
                     filters of softmax, in the order in which they are given
  --preset P         llama-cpp, hugging-face: their order, defaults, boundaries
  --gumbel           noise of each category's own: a filter keeps the others'
  --without-replacement   N different categories of each row, in order
  --relaxed          points of the simplex; --tau T: 0 one-hot, inf uniform (1)
  --histogram        frequencies beside their law, and a chi-square test
  --self-test        the statistical battery: does this machine draw right?
A line has row and draw, counted from 0, the token (its column's name or number
from 0) and log p: of one without replacement, given those drawn before.
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-sample
)";

// They act in the order in which they are given.
void add_filters(CLI::App& sample, std::vector<FilterWord>& filters) {
  const auto add = [&](const std::string& name) {
    const auto keep = [&filters, name](const std::string& value) {
      filters.push_back({name, value});
    };
    sample.add_option_function<std::string>("--" + name, keep)->trigger_on_parse();
  };
  add("temperature");
  for (const char* const name : kFilterNames) add(name);
  sample.add_flag_callback("--p-less",
                           [&filters] {
                             filters.push_back({"p-less", ""});
                           })
      ->trigger_on_parse();
}

class SampleCommand : public Command {
 public:
  const char* name() const override { return "sample"; }
  const char* help() const override { return kHelp; }

  void add_options(CLI::App& app) override {
    app.add_option("INPUT", words_.input);
    app.add_option("-o,--output", words_.output);
    app.add_option("--columns", words_.columns);
    app.add_option("--keep", words_.keep);
    app.add_option("--header", words_.header);
    app.add_option("--missing", words_.missing);
    app.add_option("-n,--draws", words_.draws);
    app.add_option("--seed", words_.seed);
    app.add_option("--stream", words_.stream);
    app.add_option("--alpha", words_.alpha);
    add_filters(app, words_.filters);
    app.add_option("--preset", words_.preset);
    app.add_option("--tau", words_.tau);
    app.add_option("--threads", words_.threads);
    app.add_flag("--gumbel", words_.gumbel);
    app.add_flag("--without-replacement", words_.without_replacement);
    app.add_flag("--relaxed", words_.relaxed);
    app.add_flag("--histogram", words_.histogram);
    app.add_flag("--self-test", words_.self_test);
    app.add_flag("--quiet", words_.quiet);
  }

  void run(const Terminals& terminals) override {
    if (words_.self_test) return run_self_test(words_);
    run_sample(make_request(words_, terminals.input));
  }

 private:
  SampleWords words_;
};

}  // namespace

std::unique_ptr<Command> sample_command() { return std::make_unique<SampleCommand>(); }

}  // namespace gibbs::cli
