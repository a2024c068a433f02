#pragma once
// A .npy file as blocks of rows of scores.

#include <cstdint>
#include <string>
#include <vector>

#include "io/block.hpp"
#include "io/byte_source.hpp"
#include "io/columns.hpp"
#include "io/npy_header.hpp"

namespace gibbs::cli {

// `next` gives out ranges of rows in order; `load` reads them, in parallel.
class NpyTable {
 public:
  // throws    BadData: see read_npy_header; BadRequest: see plan_columns
  NpyTable(const ByteSource& source, const ColumnRequest& request,
           std::int64_t block_bytes = std::int64_t{1} << 18);

  const ColumnPlan& columns() const { return plan_; }
  const std::string& name() const { return source_->name(); }
  const NpyHeader& header() const { return header_; }
  std::int64_t block_bytes() const { return block_rows_ * header_.cols * header_.bytes; }

  template <Score T>
  bool next(Block<T>& block);

  // A number that T could only hold as infinity, or a file that has shrunk meanwhile, becomes the
  // problem of the block. Rows of .npy have no lines: the "line" is the row.
  template <Score T>
  void load(Block<T>& block) const;

 private:
  template <Score Stored, Score T>
  void convert(Block<T>& block) const;
  void read_rows(std::int64_t first_row, std::int64_t rows, char* to) const;
  void read_numbers(std::int64_t first, std::int64_t count, char* to) const;

  const ByteSource* source_;
  NpyHeader header_;
  ColumnPlan plan_;
  std::int64_t block_rows_ = 1;
  std::int64_t next_row_ = 0;
};

}  // namespace gibbs::cli
