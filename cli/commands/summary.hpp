#pragma once
// What a table of probabilities looks like as a whole, and its first rows.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "commands/family.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

// One row of the picture.
struct PictureRow {
  std::string label;
  std::vector<double> probabilities;
};

// What the summary says beside what it counts.
struct SummaryFacts {
  std::string input;
  FamilyRequest family;
  double temperature = 1;
  std::string_view dtype;
  std::vector<std::string> names;  // of the columns
  std::vector<std::string> kept;   // names of the kept columns
  bool logarithms = false;         // the numbers of a block are log p
  bool sparse = false;             // they are in block.sparse
};

class Summary {
 public:
  explicit Summary(SummaryFacts facts) : facts_(std::move(facts)) {}

  // Blocks in order, with the extras that the family has means of.
  template <Score T>
  void add(const Block<T>& block);

  // Sizes, means and the first rows as bars, `width` characters wide.
  std::string text(int width, bool colour) const;
  // One object: input, rows, columns, family, its settings, temperature, dtype, its means,
  // nan_rows, seconds. Means are over the rows without NaN; null where there is none.
  std::string json(double seconds) const;

 private:
  template <Score T>
  PictureRow picture_row(const Block<T>& block, std::int64_t row) const;
  std::string headline() const;
  std::string means(std::int64_t rows) const;
  double mean_of(Extra extra, std::int64_t rows) const;

  SummaryFacts facts_;
  std::int64_t rows_ = 0;
  std::int64_t nan_rows_ = 0;
  std::array<double, kExtraNames.size()> sums_{};
  std::vector<PictureRow> picture_;
};

}  // namespace gibbs::cli
