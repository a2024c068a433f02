#pragma once
// Text to scores, a block at a time.

#include <cstdint>
#include <vector>

#include "io/block.hpp"

namespace gibbs::cli {

// What the cells are. Only scores may be masked; nan and -inf are no energy and no potential.
enum class Cells { kScores, kNumbers, kEnergies, kPotentials };

// What each column of the text is for.
struct CsvLayout {
  enum class Use : char { kSkip, kScore, kKeep };
  struct Column {
    Use use = Use::kSkip;
    std::int64_t slot = 0;  // which score, which kept field
  };
  std::vector<Column> columns;
  std::int64_t scores = 0;
  std::int64_t kept = 0;
  char separator = ',';
  bool empty_is_masked = false;
  Cells cells = Cells::kScores;
};

// Reads all records of block.text, which ends with a line end, into block.numbers, block.kept and
// block.rows, and counts block.lines on. A bad record becomes block.problem, its line counted from
// the start of the block, and the records after it are not read. Blank lines are skipped where a
// row has more than one field.
template <Score T>
void read_rows(const CsvLayout& layout, Block<T>& block);

}  // namespace gibbs::cli
