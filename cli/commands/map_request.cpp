#include "commands/map_request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "io/number.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

constexpr int kMostThreads = 1024;

template <class Value>
struct Choice {
  std::string_view word;
  Value value;
};

constexpr std::array kExtras = {
    Choice<Extra>{"log_partition", Extra::kLogPartition}, Choice<Extra>{"entropy", Extra::kEntropy},
    Choice<Extra>{"support", Extra::kSupport}, Choice<Extra>{"threshold", Extra::kThreshold}};
constexpr std::array kDtypes = {
    Choice<Dtype>{"float64", Dtype::kFloat64}, Choice<Dtype>{"float32", Dtype::kFloat32},
    Choice<Dtype>{"float16", Dtype::kFloat16}, Choice<Dtype>{"bfloat16", Dtype::kBfloat16}};
constexpr std::array kHeaders = {Choice<Header>{"auto", Header::kAuto},
                                 Choice<Header>{"yes", Header::kYes},
                                 Choice<Header>{"no", Header::kNo}};
constexpr std::array kMissing = {Choice<bool>{"error", false}, Choice<bool>{"mask", true}};
constexpr std::array kSummaries = {Choice<SummaryForm>{"text", SummaryForm::kText},
                                   Choice<SummaryForm>{"json", SummaryForm::kJson}};

template <class Choices>
auto choose(std::string_view option, std::string_view word, const Choices& choices) {
  const auto found = std::find_if(choices.begin(), choices.end(),
                                  [word](const auto& choice) { return choice.word == word; });
  if (found != choices.end()) return found->value;
  std::vector<std::string_view> words;
  for (const auto& choice : choices) words.push_back(choice.word);
  throw BadRequest(
      fmt::format("{} must be one of {}; got {}", option, fmt::join(words, ", "), in_quotes(word)));
}

double real_number(std::string_view option, std::string_view word) {
  double value = 0;
  if (parse_number(word, value) == Parsed::kNumber) return value;
  throw BadRequest(fmt::format("{} must be a number or inf; got {}", option, in_quotes(word)));
}

double read_alpha(const std::string& word) {
  const double alpha = real_number("--alpha", word);
  if (alpha > 0) return alpha;
  throw BadRequest(fmt::format("--alpha must be above 0; got {}", word));
}

double read_temperature(const std::string& word) {
  const double temperature = real_number("--temperature", word);
  if (temperature >= 0) return temperature;
  throw BadRequest(fmt::format("--temperature must not be negative; got {}", word));
}

int read_threads(const std::string& word) {
  int threads = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, threads);
  if (error == std::errc() && stop == end && threads >= 1 && threads <= kMostThreads) {
    return threads;
  }
  throw BadRequest(fmt::format("--threads must be a whole number from 1 to {}; got {}",
                               kMostThreads, in_quotes(word)));
}

std::vector<Extra> read_extras(const std::string& list) {
  std::vector<Extra> extras;
  for (const std::string& word : split_list("--with", list)) {
    const Extra extra = choose("--with", word, kExtras);
    if (std::find(extras.begin(), extras.end(), extra) != extras.end()) {
      throw BadRequest(fmt::format("--with: {} is asked for twice", in_quotes(word)));
    }
    extras.push_back(extra);
  }
  return extras;
}

std::vector<std::string> read_columns(std::string_view option, const std::string& list) {
  return list.empty() ? std::vector<std::string>{} : split_list(option, list);
}

std::string read_input(const MapWords& words, bool input_is_terminal) {
  if (!words.input.empty()) return words.input;
  if (!input_is_terminal) return "-";
  throw BadRequest("no input: name a file, or pipe CSV into the command");
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

FileFormat format_of_file(std::string_view option, const std::string& path) {
  if (path == "-") return FileFormat::kCsv;
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (ending == ".csv") return FileFormat::kCsv;
  if (ending == ".tsv") return FileFormat::kTsv;
  if (ending == ".npy") return FileFormat::kNpy;
  std::error_code none;
  const auto status = std::filesystem::status(path, none);
  if (std::filesystem::is_other(status) || std::filesystem::is_fifo(status) ||
      std::filesystem::is_character_file(status)) {
    return FileFormat::kCsv;
  }
  throw BadRequest(
      fmt::format("{}: {} does not end in .csv, .tsv or .npy", option, in_quotes(path)));
}

MapRequest make_request(const MapWords& words, bool input_is_terminal, bool output_is_terminal) {
  MapRequest request;
  request.input = read_input(words, input_is_terminal);
  request.input_format = format_of_file("input", request.input);
  choose_target(request, words, output_is_terminal);
  request.columns = {read_columns("--columns", words.columns), read_columns("--keep", words.keep)};
  request.header = choose("--header", words.header, kHeaders);
  request.empty_is_masked = choose("--missing", words.missing, kMissing);
  request.alpha = read_alpha(words.alpha);
  request.temperature = read_temperature(words.temperature);
  if (!words.degeneracy.empty()) request.degeneracy = words.degeneracy;
  if (!words.with.empty()) request.extras = read_extras(words.with);
  if (!words.dtype.empty()) request.dtype = choose("--dtype", words.dtype, kDtypes);
  if (!words.threads.empty()) request.threads = read_threads(words.threads);
  request.log = words.log;
  request.sparse = words.sparse;
  request.quiet = words.quiet;
  check_together(request);
  return request;
}

}  // namespace gibbs::cli
