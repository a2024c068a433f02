#pragma once
// A table that is needed as a whole.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_rows.hpp"

namespace gibbs::cli {

struct WholeTable {
  std::vector<std::string> names;  // of the columns; empty where the file has none
  std::vector<double> values;      // row after row
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

// Reads a .csv, .tsv or .npy, or CSV from "-". `option` is what a refusal calls the file.
// throws    BadData: a bad row, by line and field (of .npy: row and column); BadRequest: another
//           ending
WholeTable read_whole_table(std::string_view option, const std::string& path,
                            Cells cells = Cells::kNumbers);

}  // namespace gibbs::cli
