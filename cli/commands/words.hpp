#pragma once
// The words of options, as the commands share them. What throws, throws BadRequest.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_table.hpp"
#include "io/problem.hpp"
#include "io/writer.hpp"

namespace gibbs::cli {

enum class Dtype { kFloat64, kFloat32, kFloat16, kBfloat16 };

template <class Value>
struct Choice {
  std::string_view word;
  Value value;
};

inline constexpr std::array kDtypes = {
    Choice<Dtype>{"float64", Dtype::kFloat64}, Choice<Dtype>{"float32", Dtype::kFloat32},
    Choice<Dtype>{"float16", Dtype::kFloat16}, Choice<Dtype>{"bfloat16", Dtype::kBfloat16}};
inline constexpr std::array kHeaders = {Choice<Header>{"auto", Header::kAuto},
                                        Choice<Header>{"yes", Header::kYes},
                                        Choice<Header>{"no", Header::kNo}};
inline constexpr std::array kMissing = {Choice<bool>{"error", false}, Choice<bool>{"mask", true}};

// One of the words of `choices`.
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

double read_number(std::string_view option, std::string_view word);
std::int64_t read_count(std::string_view option, std::string_view word, std::int64_t least,
                        std::int64_t most);
// Any 64 bits.
std::uint64_t read_seed(std::string_view option, std::string_view word);
// From 0, without 0, to inf.
double read_alpha(const std::string& word);
// From 0 to inf.
double read_temperature(const std::string& word);
int read_threads(const std::string& word);
// A list of columns; none for no word.
std::vector<std::string> read_columns(std::string_view option, const std::string& list);
// The file, or "-" where something else than a terminal is on standard input.
std::string read_input(const std::string& word, bool input_is_terminal);

// By the ending of the name, in any case; what is no regular file and has no ending holds CSV.
FileFormat format_of_file(std::string_view option, const std::string& path);

}  // namespace gibbs::cli
