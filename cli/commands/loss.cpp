#include "commands/loss.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <gibbs/losses/evaluation.hpp>
#include <gibbs/parallel.hpp>

#include "commands/loss_labels.hpp"
#include "commands/pipeline.hpp"
#include "commands/text.hpp"
#include "io/byte_source.hpp"
#include "io/number.hpp"
#include "io/output_file.hpp"
#include "io/progress.hpp"

namespace gibbs::cli {

namespace {

std::vector<double> read_alphas(const std::string& list) {
  std::vector<double> alphas;
  for (const std::string& word : split_list("--alpha", list)) alphas.push_back(read_alpha(word));
  return alphas;
}

// Only at alpha 1 is the loss -T log p, and from limits of T log p does not come back.
bool has_perplexity(double alpha, double temperature) {
  return alpha == 1 && temperature > 0 && std::isfinite(temperature);
}

double perplexity(const Evaluation& sums, double alpha, double temperature) {
  return has_perplexity(alpha, temperature) ? sums.perplexity(temperature) : std::nan("");
}

// What a table without rows does not have, or a map at this alpha.
constexpr const char* kNothing = "-";

std::string percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return kNothing;
  return fmt::format("{:.2f} %", 100 * mean(static_cast<double>(part), whole));
}

std::string figure(double value, bool exists) {
  return exists ? fmt::format("{:.6g}", value) : kNothing;
}

std::string text_line(const Evaluation& sums, double alpha, double temperature) {
  const bool any = sums.rows > 0;
  return fmt::format(
      "{:>6}  {:>10}  {:>10}  {:>9}  {:>9}  {:>8}  {:>9}\n", number_text(alpha),
      figure(sums.mean_loss(), any),
      figure(perplexity(sums, alpha, temperature), any && has_perplexity(alpha, temperature)),
      percent(sums.correct, sums.rows), percent(sums.in_top5, sums.rows),
      figure(mean(static_cast<double>(sums.support), sums.rows), any),
      percent(sums.covered, sums.rows));
}

std::string json_line(const Evaluation& sums, double alpha, double temperature) {
  const auto share = [&](std::int64_t part) {
    return json_number(mean(static_cast<double>(part), sums.rows));
  };
  return fmt::format(
      "{{\"alpha\": {}, \"mean_loss\": {}, \"perplexity\": {}, \"accuracy\": {}, "
      "\"top5_accuracy\": {}, \"mean_support\": {}, \"coverage\": {}}}",
      json_number(alpha), json_number(sums.mean_loss()),
      json_number(perplexity(sums, alpha, temperature)), share(sums.correct), share(sums.in_top5),
      share(sums.support), share(sums.covered));
}

class LossRun {
 public:
  LossRun(const LossRequest& request, CsvTable& table)
      : request_(request),
        table_(table),
        classes_(std::ssize(table.columns().scores)),
        labels_(class_names(), classes_, table.columns().kept.front() + 1),
        sums_(request.alphas.size()) {}

  void run(std::optional<std::int64_t> total_bytes) {
    Progress progress(!request_.quiet && isatty(STDERR_FILENO) == 1, total_bytes);
    const auto evaluate_block = [this](Block<double>& block) { evaluate_rows(block); };
    const auto done = [this, &progress](const Block<double>& block) {
      for (std::size_t k = 0; k < sums_.size(); ++k) sums_[k] += block.evaluations[k];
      progress.add(block.bytes);
    };
    Pipeline<double, CsvTable>(table_, evaluate_block, nullptr, done).run(num_threads());
  }

  std::string text() const {
    std::string text = fmt::format(
        "{}: {}, {}, temperature {}\n{:>6}  {:>10}  {:>10}  {:>9}  {:>9}  {:>8}  {:>9}\n",
        table_.name(), count(sums_.front().rows, "row"), classes_text(),
        number_text(request_.temperature), "alpha", "mean loss", "perplexity", "accuracy", "top 5",
        "support", "coverage");
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      text += text_line(sums_[k], request_.alphas[k], request_.temperature);
    }
    return text;
  }

  std::string json() const {
    std::string lines;
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      lines += (k == 0 ? "\n  " : ",\n  ") +
               json_line(sums_[k], request_.alphas[k], request_.temperature);
    }
    return fmt::format(
        "{{\"input\": {}, \"rows\": {}, \"classes\": {}, \"temperature\": {}, \"losses\": "
        "[{}\n]}}\n",
        json_string(table_.name()), sums_.front().rows, classes_, json_number(request_.temperature),
        lines);
  }

 private:
  std::vector<std::string> class_names() const {
    const ColumnPlan& plan = table_.columns();
    return plan.names.empty() ? std::vector<std::string>{} : names_of(plan, plan.scores);
  }
  std::string classes_text() const {
    return fmt::format("{} class{}", classes_, classes_ == 1 ? "" : "es");
  }

  void evaluate_rows(Block<double>& block) const {
    block.evaluations.assign(sums_.size(), {});
    const std::vector<std::int64_t> labels = labels_.labels_of(block);
    if (block.problem || block.rows == 0) return;
    const Rows<const double> scores(block.numbers.data(), block.rows, classes_);
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      block.evaluations[k] =
          evaluate(scores, labels, request_.alphas[k], {.temperature = request_.temperature});
    }
  }

  const LossRequest& request_;
  CsvTable& table_;
  std::int64_t classes_;
  Classes labels_;
  std::vector<Evaluation> sums_;  // one per alpha
};

}  // namespace

LossRequest make_request(const LossWords& words, bool input_is_terminal) {
  LossRequest request;
  request.input = read_input(words.input, input_is_terminal);
  request.input_format = format_of_file("input", request.input);
  if (request.input_format == FileFormat::kNpy) {
    throw BadRequest("gibbs loss reads .csv and .tsv: a .npy has no column of labels");
  }
  if (words.label.empty())
    throw BadRequest("--label is missing: it names the column of the labels");
  request.columns = {read_columns("--columns", words.columns), {words.label}, "--label"};
  request.header = choose("--header", words.header, kHeaders);
  request.empty_is_masked = choose("--missing", words.missing, kMissing);
  request.alphas = read_alphas(words.alpha);
  request.temperature = read_temperature(words.temperature);
  if (!words.threads.empty()) request.threads = read_threads(words.threads);
  request.json = words.json;
  request.quiet = words.quiet;
  return request;
}

void run_loss(const LossRequest& request) {
  if (request.threads) set_num_threads(*request.threads);
  FileSource source(request.input);
  CsvTable table(source, request.columns,
                 {.separator = request.input_format == FileFormat::kTsv ? '\t' : ',',
                  .header = request.header,
                  .empty_is_masked = request.empty_is_masked});
  LossRun run(request, table);
  run.run(source.size());
  print(request.json ? run.json() : run.text());
}

}  // namespace gibbs::cli
