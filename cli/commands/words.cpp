#include "commands/words.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>

#include "io/number.hpp"

namespace gibbs::cli {

namespace {

constexpr int kMostThreads = 1024;

}  // namespace

double read_number(std::string_view option, std::string_view word) {
  double value = 0;
  const Parsed parsed = parse_number(word, value);
  if (parsed == Parsed::kNumber) return value;
  if (parsed == Parsed::kOutOfRange) {
    throw BadRequest(fmt::format("{}: {}", option, out_of_range<double>(in_quotes(word))));
  }
  throw BadRequest(fmt::format("{} must be a number or inf; got {}", option, in_quotes(word)));
}

std::int64_t read_count(std::string_view option, std::string_view word, std::int64_t least,
                        std::int64_t most) {
  std::int64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error == std::errc() && stop == end && number >= least && number <= most) return number;
  throw BadRequest(fmt::format("{} must be a whole number from {} to {}; got {}", option, least,
                               most, in_quotes(word)));
}

std::uint64_t read_seed(std::string_view option, std::string_view word) {
  std::uint64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error == std::errc() && stop == end) return number;
  throw BadRequest(
      fmt::format("{} must be a whole number of at most 64 bits; got {}", option, in_quotes(word)));
}

double read_alpha(const std::string& word) {
  const double alpha = read_number("--alpha", word);
  if (alpha > 0) return alpha;
  throw BadRequest(fmt::format("--alpha must be above 0; got {}", word));
}

double read_temperature(const std::string& word) {
  const double temperature = read_number("--temperature", word);
  if (temperature >= 0) return temperature;
  throw BadRequest(fmt::format("--temperature must {}; got {}",
                               std::isnan(temperature) ? "be a number" : "not be negative", word));
}

int read_threads(const std::string& word) {
  return static_cast<int>(read_count("--threads", word, 1, kMostThreads));
}

std::vector<std::string> read_columns(std::string_view option, const std::string& list) {
  return list.empty() ? std::vector<std::string>{} : split_list(option, list);
}

std::string read_input(const std::string& word, bool input_is_terminal) {
  if (!word.empty()) return word;
  if (!input_is_terminal) return "-";
  throw BadRequest("no input: name a file, or pipe CSV into the command");
}

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

}  // namespace gibbs::cli
