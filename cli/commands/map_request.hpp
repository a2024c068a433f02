#pragma once
// What `gibbs map` was asked to do.

#include <optional>
#include <string>
#include <vector>

#include "commands/family.hpp"
#include "commands/words.hpp"
#include "io/columns.hpp"

namespace gibbs::cli {

enum class SummaryForm { kNone, kText, kJson };

// The options as words, before anything has been made of them.
struct MapWords {
  std::string input;
  std::string output;
  std::string columns;
  std::string keep;
  std::string header = "auto";
  std::string missing = "error";
  FamilyWords family;
  std::string temperature = "1";
  std::string with;
  std::string dtype;
  std::string threads;
  std::string summary;
  bool log = false;
  bool sparse = false;
  bool quiet = false;
  bool help_family = false;
};

struct MapRequest {
  std::string input = "-";
  std::optional<std::string> output;  // none: a summary only
  FileFormat input_format = FileFormat::kCsv;
  FileFormat output_format = FileFormat::kCsv;
  ColumnRequest columns;
  Header header = Header::kAuto;
  bool empty_is_masked = false;
  FamilyRequest family;
  double temperature = 1;
  std::vector<Extra> extras;
  std::optional<Dtype> dtype;
  std::optional<int> threads;
  SummaryForm summary = SummaryForm::kNone;
  bool log = false;
  bool sparse = false;
  bool quiet = false;
};

// throws    BadRequest: a value out of its range, options that contradict each other, no input
MapRequest make_request(const MapWords& words, bool input_is_terminal, bool output_is_terminal);

}  // namespace gibbs::cli
