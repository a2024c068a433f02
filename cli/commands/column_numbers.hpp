#pragma once
// What files say of the score columns: a number for each.

#include <string>
#include <vector>

namespace gibbs::cli {

// Paths; none where nothing is said.
struct ColumnFiles {
  std::string degeneracy;  // weights g >= 0 of the states
  std::string caps;        // p is at most that: >= 0
  std::string floors;      // p is at least that: >= 0
  std::string weights;     // w > 0 of the budget <w, p>

  // Those that there are, as messages call them.
  std::vector<std::string> given() const;
};

// One number per score column from each file, or none.
struct ColumnNumbers {
  std::vector<double> degeneracy, caps, floors, weights;
};

// Each file is one row or one column of a .csv, .tsv or .npy. Matched by name where both the file
// and the table have names, else by place. `names` is empty without names.
// throws    BadData: not one number per column, one that is out of its range
ColumnNumbers read_column_numbers(const ColumnFiles& files, const std::vector<std::string>& names,
                                  std::size_t columns);

}  // namespace gibbs::cli
