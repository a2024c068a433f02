#pragma once
// A CSV or TSV file as blocks of rows of scores.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/block.hpp"
#include "io/byte_source.hpp"
#include "io/columns.hpp"
#include "io/csv_blocks.hpp"
#include "io/csv_rows.hpp"

namespace gibbs::cli {

enum class Header { kAuto, kYes, kNo };

struct CsvOptions {
  char separator = ',';
  Header header = Header::kAuto;
  bool empty_is_masked = false;
  Cells cells = Cells::kScores;
  BlockSizes sizes = {};
};

// Which columns to read, by the fields of the first row.
using ColumnChooser = std::function<ColumnRequest(const std::vector<std::string>&)>;

// Reads ahead to the first row; the rest comes block by block: `next` in order, `load` in parallel.
class CsvTable {
 public:
  // A first row in which some score is not a number is a header; so is the first row of a table
  // whose columns are asked for by name.
  // throws    BadData: no row at all, a bad first row; BadRequest: see plan_columns
  CsvTable(ByteSource& source, const ColumnRequest& request, const CsvOptions& options);
  CsvTable(ByteSource& source, const ColumnChooser& choose, const CsvOptions& options);

  const ColumnPlan& columns() const { return plan_; }
  const std::string& name() const { return source_->name(); }
  char separator() const { return options_.separator; }
  // What a block takes, about, as text.
  std::int64_t block_bytes() const { return static_cast<std::int64_t>(first_.size()); }

  // The next lines, as text. False at the end.
  template <Score T>
  bool next(Block<T>& block);

  // Text to scores; a bad row becomes the problem of the block.
  template <Score T>
  void load(Block<T>& block) const {
    if (!block.problem) read_rows(layout_, block);
  }

 private:
  void read_first_row(const ColumnChooser& choose);
  bool has_header(const std::vector<std::string_view>& fields, const ColumnRequest& request) const;
  void plan_layout(std::size_t count);

  ByteSource* source_;
  CsvOptions options_;
  CsvBlocks blocks_;
  ColumnPlan plan_;
  CsvLayout layout_;
  std::string first_;          // the block that holds the first row of numbers
  std::size_t first_row_ = 0;  // where in it
  std::int64_t first_lines_ = 0;
  bool at_first_ = true;
};

}  // namespace gibbs::cli
