#pragma once
// A table of levels: a column of energies, perhaps one of degeneracies.

#include <gibbs/thermo/levels.hpp>
#include <string>

#include "io/csv_table.hpp"

namespace gibbs::cli {

// Names or numbers of columns; empty: E or energy, g or degeneracy, in any case; without a header
// the first column, and the second if there are two.
struct LevelColumns {
  std::string energy, degeneracy;
  bool logarithms = false;  // the degeneracies are ln g
  Header header = Header::kAuto;
};

// Degeneracies are read as text: integers of any length count exactly.
// throws    BadRequest: no such column; BadData: a bad row, with file, line and column
thermo::Levels read_levels(const std::string& path, const LevelColumns& columns);

}  // namespace gibbs::cli
