#include "commands/mbar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <gibbs/parallel.hpp>
#include <gibbs/thermo/mbar.hpp>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "commands/text.hpp"
#include "commands/whole_table.hpp"
#include "commands/words.hpp"
#include "io/byte_source.hpp"
#include "io/output_file.hpp"

namespace gibbs::cli {

namespace {

using thermo::Mbar;

constexpr std::int64_t kWidestOverlap = 12;  // states whose overlap fits a terminal

struct RowsWord {
  std::string_view word;
  PotentialRows value;
};
constexpr std::array<RowsWord, 3> kRows = {{{"auto", PotentialRows::kAuto},
                                            {"states", PotentialRows::kStates},
                                            {"samples", PotentialRows::kSamples}}};

// States x samples, or its transpose: as the request says, or the numbers of samples.
Rows<const double> potentials_of(const WholeTable& table, const MbarRequest& request) {
  const auto states = std::ssize(request.samples);
  const std::int64_t samples =
      std::accumulate(request.samples.begin(), request.samples.end(), std::int64_t{0});
  const double* const u = table.values.data();
  if (request.rows != PotentialRows::kSamples && table.rows == states && table.cols == samples) {
    return {u, states, samples};
  }
  if (request.rows != PotentialRows::kStates && table.cols == states && table.rows == samples) {
    return {u, states, samples, 1, states};
  }
  throw bad_data(shown_name(request.input),
                 {0, 0,
                  fmt::format("{} x {} numbers, where --samples says {} and {}{}", table.rows,
                              table.cols, count(states, "state"), count(samples, "sample"),
                              request.rows == PotentialRows::kStates    ? ", a row for a state"
                              : request.rows == PotentialRows::kSamples ? ", a row for a sample"
                                                                        : "")});
}

// What the library refuses is in the file.
Mbar solve(Rows<const double> u, const MbarRequest& request) {
  try {
    thermo::MbarOptions options;
    options.solve.tolerance = request.tolerance;
    return {u, request.samples, options};
  } catch (const std::invalid_argument& refusal) {
    throw bad_data(shown_name(request.input), {0, 0, rule_of(refusal)});
  }
}

// What is printed of an answer.
class MbarTable {
 public:
  MbarTable(const MbarRequest& request, const Mbar& mbar, const thermo::Bootstrap* again)
      : request_(request), mbar_(mbar), again_(again) {}

  std::string text() const {
    std::string text =
        fmt::format("{}: {} states, {}\n{:>5}  {:>9}  {:>10}  {:>14}  {:>10}{}\n", request_.input,
                    mbar_.states(), mbar_.report().message, "state", "samples", "effective", "f",
                    "error", again_ ? fmt::format("  {:>10}", "bootstrap") : "");
    for (std::int64_t k = 0; k < mbar_.states(); ++k) text += line(k);
    if (request_.overlap || mbar_.states() <= kWidestOverlap) text += overlap_text();
    return text;
  }

  std::string json() const {
    const thermo::SolveReport& report = mbar_.report();
    std::string text = fmt::format(
        "{{\"input\": {}, \"status\": \"{}\", \"converged\": {}, \"iterations\": {}, "
        "\"gradient_norm\": {}, \"components\": [",
        json_string(request_.input), name(report.status), report.converged, report.iterations,
        json_number(report.gradient_norm));
    for (std::size_t c = 0; c < report.components.size(); ++c) {
      text += fmt::format("{}[{}]", c == 0 ? "" : ", ", fmt::join(report.components[c], ", "));
    }
    text += fmt::format("],\n \"samples\": [{}],\n \"effective_samples\": {},\n",
                        fmt::join(request_.samples, ", "),
                        json_list(mbar_.effective_samples().data(), mbar_.states()));
    text += fmt::format(" \"free_energies\": {},\n \"uncertainty\": {},\n \"overlap\": {}",
                        json_list(mbar_.free_energies().data(), mbar_.states()),
                        json_table(mbar_.uncertainty()), json_table(mbar_.overlap()));
    if (again_) text += fmt::format(",\n \"bootstrap\": {}", json_table(again_->uncertainty));
    return text + "}\n";
  }

 private:
  std::string line(std::int64_t k) const {
    const auto at = static_cast<std::size_t>(k);
    return fmt::format("{:>5}  {:>9}  {:>10.1f}  {:>14.8g}  {:>10.4g}{}\n", k, request_.samples[at],
                       mbar_.effective_samples()[at], mbar_.free_energies()[at],
                       mbar_.uncertainty()(0, k),
                       again_ ? fmt::format("  {:>10.4g}", again_->uncertainty(0, k)) : "");
  }
  std::string overlap_text() const {
    std::string text =
        "overlap: how likely a sample of the state at the left is one of that above\n";
    text += fmt::format("{:>5}", "");
    for (std::int64_t k = 0; k < mbar_.states(); ++k) text += fmt::format(" {:>5}", k);
    for (std::int64_t i = 0; i < mbar_.states(); ++i) {
      text += fmt::format("\n{:>5}", i);
      for (std::int64_t j = 0; j < mbar_.states(); ++j) {
        text += fmt::format(" {:>5.3f}", mbar_.overlap()(i, j));
      }
    }
    return text + "\n";
  }
  static std::string json_list(const double* values, std::int64_t number) {
    std::vector<std::string> words;
    for (std::int64_t i = 0; i < number; ++i) words.push_back(json_number(values[i]));
    return fmt::format("[{}]", fmt::join(words, ", "));
  }
  static std::string json_table(const thermo::Table& table) {
    std::vector<std::string> rows;
    for (std::int64_t i = 0; i < table.rows; ++i) {
      rows.push_back(json_list(table.values.data() + i * table.cols, table.cols));
    }
    return fmt::format("[{}]", fmt::join(rows, ",\n  "));
  }

  const MbarRequest& request_;
  const Mbar& mbar_;
  const thermo::Bootstrap* again_;
};

}  // namespace

MbarRequest make_request(const MbarWords& words, bool input_is_terminal) {
  MbarRequest request;
  request.input = read_input(words.input, input_is_terminal);
  if (words.samples.empty()) {
    throw BadRequest("--samples is missing: how many samples each state has, as 501,501,0");
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  std::int64_t samples = 0;
  for (const std::string& word : split_list("--samples", words.samples)) {
    request.samples.push_back(read_count("--samples", word, 0, kMost));
    samples += request.samples.back();
    if (samples > kMost) throw BadRequest("--samples must add up to at most 2^53");
  }
  if (!words.bootstrap.empty()) {
    request.bootstrap = read_count("--bootstrap", words.bootstrap, 2, 1'000'000);
  }
  if (!words.seed.empty()) {
    if (words.bootstrap.empty()) throw BadRequest("--seed is of --bootstrap, which is missing");
    request.seed = read_seed("--seed", words.seed);
  }
  request.tolerance = read_number("--tolerance", words.tolerance);
  if (!(request.tolerance > 0 && std::isfinite(request.tolerance))) {
    throw BadRequest(
        fmt::format("--tolerance must be finite and above 0; got {}", words.tolerance));
  }
  request.rows = choose("--rows", words.rows, kRows);
  if (!words.threads.empty()) request.threads = read_threads(words.threads);
  request.overlap = words.overlap;
  request.json = words.json;
  return request;
}

void run_mbar(const MbarRequest& request) {
  if (request.threads) set_num_threads(*request.threads);
  const WholeTable table = read_whole_table("input", request.input, Cells::kPotentials);
  const Mbar mbar = solve(potentials_of(table, request), request);
  std::optional<thermo::Bootstrap> again;
  if (request.bootstrap > 0) again = mbar.bootstrap(request.bootstrap, request.seed);
  const MbarTable answer(request, mbar, again ? &*again : nullptr);
  print(request.json ? answer.json() : answer.text());
  if (mbar.report().converged) return;
  throw bad_data(shown_name(request.input), {0, 0, mbar.report().message});
}

}  // namespace gibbs::cli
