#pragma once
// What `gibbs sample` is asked for.

#include <cstdint>
#include <gibbs/sampling/chain.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands/words.hpp"
#include "io/columns.hpp"

namespace gibbs::cli {

// An option that changes or cuts the law: its name without "--", and its value.
struct FilterWord {
  std::string name, value;

  bool operator==(const FilterWord&) const = default;
};

// The options as words, before anything has been made of them.
struct SampleWords {
  std::string input;
  std::string output;
  std::string columns;
  std::string keep;
  std::string header = "auto";
  std::string missing = "error";
  std::string draws = "1";
  std::string seed = "0";
  std::string stream = "0";
  std::string alpha = "1";
  std::string tau;
  std::string preset;
  std::vector<FilterWord> filters;  // and the temperature, in the order in which they were given
  std::string threads;
  bool gumbel = false;
  bool without_replacement = false;
  bool relaxed = false;
  bool histogram = false;
  bool self_test = false;
  bool quiet = false;

  bool operator==(const SampleWords&) const = default;
};

enum class DrawKind { kSample, kGumbelMax, kWithoutReplacement, kRelaxed };

struct SampleRequest {
  std::string input = "-";
  FileFormat input_format = FileFormat::kCsv;
  std::string output = "-";
  FileFormat output_format = FileFormat::kCsv;
  ColumnRequest columns;
  Header header = Header::kAuto;
  bool empty_is_masked = false;
  DrawKind kind = DrawKind::kSample;
  std::int64_t draws = 1;
  std::uint64_t seed = 0, stream = 0;
  double alpha = 1, temperature = 1, tau = 1;
  std::optional<Chain> chain;  // of filters; holds the temperature too
  std::optional<int> threads;
  bool histogram = false;
  bool quiet = false;
};

// The names of the filters that take a value.
inline constexpr const char* kFilterNames[] = {
    "top-k", "top-p", "min-p", "typical", "epsilon", "eta", "top-h", "top-n-sigma", "xtc"};

// throws    BadRequest: a value out of its range, options that contradict each other
SampleRequest make_request(const SampleWords& words, bool input_is_terminal);

}  // namespace gibbs::cli
