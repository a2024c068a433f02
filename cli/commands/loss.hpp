#pragma once
// `gibbs loss`: how scores fare against labels.

#include <optional>
#include <string>
#include <vector>

#include "commands/words.hpp"
#include "io/columns.hpp"

namespace gibbs::cli {

// The options as words, before anything has been made of them.
struct LossWords {
  std::string input;
  std::string label;
  std::string columns;
  std::string header = "auto";
  std::string missing = "error";
  std::string alpha = "1,1.5,2";
  std::string temperature = "1";
  std::string threads;
  bool json = false;
  bool quiet = false;
};

struct LossRequest {
  std::string input = "-";
  FileFormat input_format = FileFormat::kCsv;
  ColumnRequest columns;  // kept: the label
  Header header = Header::kAuto;
  bool empty_is_masked = false;
  std::vector<double> alphas;
  double temperature = 1;
  std::optional<int> threads;
  bool json = false;
  bool quiet = false;
};

// throws    BadRequest: a value out of its range, no label, no input, an input that is no text
LossRequest make_request(const LossWords& words, bool input_is_terminal);

// throws    BadRequest: no such column; BadData: a bad row, a label that is no class
void run_loss(const LossRequest& request);

}  // namespace gibbs::cli
