#include "commands/sample.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <gibbs/parallel.hpp>
#include <gibbs/sampling/self_test.hpp>
#include <memory>

#include "commands/pipeline.hpp"
#include "commands/sample_writer.hpp"
#include "commands/text.hpp"
#include "io/byte_source.hpp"
#include "io/csv_table.hpp"
#include "io/npy_table.hpp"
#include "io/output_file.hpp"
#include "io/progress.hpp"

namespace gibbs::cli {

namespace {

// Without a header a token is the number of its column, counted from 0.
std::vector<std::string> token_names(const ColumnPlan& plan) {
  if (!plan.names.empty()) return names_of(plan, plan.scores);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plan.scores.size(); ++i) names.push_back(std::to_string(i));
  return names;
}

template <Score T, class Table>
void draw_table(const SampleRequest& request, Table& table, char separator,
                std::optional<std::int64_t> total_bytes) {
  const ColumnPlan& plan = table.columns();
  const char out_separator = request.output_format == FileFormat::kTsv ? '\t' : ',';
  const SampleTable names{names_of(plan, plan.kept), token_names(plan), separator == out_separator};
  OutputFile file(request.output);
  SampleWriter<T> tokens(request, names, file);
  HistogramWriter<T> histogram(request, names, file);
  Writer<T>& writer = request.histogram ? static_cast<Writer<T>&>(histogram) : tokens;
  writer.start();
  {
    const bool visible = !request.quiet && isatty(STDERR_FILENO) == 1 &&
                         !(request.output == "-" && isatty(STDOUT_FILENO) == 1);
    Progress progress(visible, total_bytes);
    Pipeline<T, Table>(
        table, [](Block<T>&) {}, &writer,
        [&progress](const Block<T>& block) { progress.add(block.bytes); })
        .run(num_threads());
  }
  file.commit();
  if (tokens.rows_without_token() == 0) return;
  fmt::print(stderr, "gibbs: {} without a token: no state, or a NaN\n",
             count(tokens.rows_without_token(), "row"));
}

void draw_npy(const SampleRequest& request, const FileSource& source) {
  NpyTable table(source, request.columns);
  const auto run = [&]<Score T>() { draw_table<T>(request, table, ',', source.size()); };
  const std::int64_t bytes = table.header().bytes;
  if (bytes == 8) return run.template operator()<double>();
  if (bytes == 4) return run.template operator()<float>();
  run.template operator()<float16>();
}

}  // namespace

void run_sample(const SampleRequest& request) {
  if (request.threads) set_num_threads(*request.threads);
  FileSource source(request.input);
  if (request.input_format == FileFormat::kNpy) return draw_npy(request, source);
  const char separator = request.input_format == FileFormat::kTsv ? '\t' : ',';
  CsvTable table(source, request.columns,
                 {.separator = separator,
                  .header = request.header,
                  .empty_is_masked = request.empty_is_masked});
  draw_table<double>(request, table, separator, source.size());
}

void run_self_test(const SampleWords& words) {
  if (!words.input.empty()) throw BadRequest("--self-test draws scores of its own: name no input");
  SampleWords alone;
  alone.self_test = true;
  alone.seed = words.seed;
  alone.threads = words.threads;
  alone.quiet = words.quiet;
  if (words != alone) {
    throw BadRequest("--self-test goes with --seed, --threads and --quiet, and with nothing else");
  }
  if (!words.threads.empty()) set_num_threads(read_threads(words.threads));
  std::vector<SelfTestResult> results;
  {
    const bool visible = !words.quiet && isatty(STDERR_FILENO) == 1;
    Progress progress(visible, std::nullopt);
    results = self_test({.seed = read_seed("--seed", words.seed),
                         .progress = [&](std::int64_t, std::int64_t) { progress.add(0); }});
  }
  std::int64_t failed = 0;
  std::string text = fmt::format("{:<55}  {:>9}  {:>8}\n", "test", "statistic", "p-value");
  for (const SelfTestResult& result : results) {
    failed += result.passed ? 0 : 1;
    text += fmt::format("{:<55}  {:>9.4g}  {:>8.2g}  {}  {}\n", result.name, result.statistic,
                        result.p_value, result.passed ? "ok    " : "FAILED", result.detail);
  }
  print(text);
  if (failed > 0) throw BadData(fmt::format("{} failed", count(failed, "test")));
}

}  // namespace gibbs::cli
