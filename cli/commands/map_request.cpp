#include "commands/map_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "commands/words.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

constexpr std::array kSummaries = {Choice<SummaryForm>{"text", SummaryForm::kText},
                                   Choice<SummaryForm>{"json", SummaryForm::kJson}};

std::vector<Extra> read_extras(const std::string& list, const FamilyRequest& family) {
  std::vector<Choice<Extra>> choices;
  for (const Extra extra : family.extras) choices.push_back({extra_name(extra), extra});
  const std::string option = fmt::format("--with of --family {}", family.name);
  std::vector<Extra> extras;
  for (const std::string& word : split_list("--with", list)) {
    const Extra extra = choose(option, word, choices);
    if (std::find(extras.begin(), extras.end(), extra) != extras.end()) {
      throw BadRequest(fmt::format("--with: {} is asked for twice", in_quotes(word)));
    }
    extras.push_back(extra);
  }
  return extras;
}

// Without -o and --summary: a summary on a terminal, else the table itself.
void choose_target(MapRequest& request, const MapWords& words, bool output_is_terminal) {
  if (!words.summary.empty()) request.summary = choose("--summary", words.summary, kSummaries);
  if (!words.output.empty()) {
    request.output = words.output;
  } else if (request.summary == SummaryForm::kNone && output_is_terminal) {
    request.summary = SummaryForm::kText;
  } else if (request.summary == SummaryForm::kNone) {
    request.output.emplace(1, '-');
  }
  if (request.output) request.output_format = format_of_file("--output", *request.output);
}

void refuse_if(bool contradiction, const char* sentence) {
  if (contradiction) throw BadRequest(sentence);
}

// It can be read once.
void refuse_shared_input(const MapRequest& request) {
  const ColumnFiles& files = request.family.files;
  std::vector<std::string_view> users;
  const auto add = [&users](std::string_view name, const std::string& path) {
    if (path == "-") users.push_back(name);
  };
  add("INPUT", request.input);
  add("--degeneracy", files.degeneracy);
  add("--caps", files.caps);
  add("--floors", files.floors);
  add("--weights", files.weights);
  if (users.size() < 2) return;
  throw BadRequest(fmt::format("{} and {} both want standard input; name a file for one of them",
                               users[0], users[1]));
}

void check_together(const MapRequest& request) {
  const bool npy = request.output && request.output_format == FileFormat::kNpy;
  refuse_if(request.sparse && !request.extras.empty(),
            "--sparse writes triples of row, column and value, which leave no place for --with");
  refuse_if(request.sparse && !request.columns.keep.empty(),
            "--sparse writes triples of row, column and value, which leave no place for --keep");
  refuse_if(npy && !request.columns.keep.empty(),
            "--keep copies text, and .npy holds numbers only; write .csv or .tsv");
  refuse_if(npy && request.dtype == Dtype::kBfloat16,
            "--dtype bfloat16 has no type in .npy; write .csv, or choose float32");
  refuse_if(npy && request.dtype == Dtype::kFloat16 && !request.extras.empty(),
            "--with in a .npy of float16 would round them; write .csv, or choose float32");
}

}  // namespace

MapRequest make_request(const MapWords& words, bool input_is_terminal, bool output_is_terminal) {
  MapRequest request;
  request.input = read_input(words.input, input_is_terminal);
  request.input_format = format_of_file("input", request.input);
  choose_target(request, words, output_is_terminal);
  request.columns = {read_columns("--columns", words.columns), read_columns("--keep", words.keep)};
  request.header = choose("--header", words.header, kHeaders);
  request.empty_is_masked = choose("--missing", words.missing, kMissing);
  request.family = read_family(words.family);
  request.temperature = read_temperature(words.temperature);
  if (!words.with.empty()) request.extras = read_extras(words.with, request.family);
  if (!words.dtype.empty()) request.dtype = choose("--dtype", words.dtype, kDtypes);
  if (!words.threads.empty()) request.threads = read_threads(words.threads);
  request.log = words.log;
  request.sparse = words.sparse;
  request.quiet = words.quiet;
  check_together(request);
  refuse_shared_input(request);
  return request;
}

}  // namespace gibbs::cli
