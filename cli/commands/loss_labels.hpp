#pragma once
// The labels of a block as numbers of score columns.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/block.hpp"

namespace gibbs::cli {

// A label is the name of a score column, or the column's number counted from 0.
class Classes {
 public:
  // `names` are those of the score columns, empty where the table has none.
  Classes(const std::vector<std::string>& names, std::int64_t count, std::int64_t field);

  // The labels that the block has kept; a label that is no class becomes its problem.
  template <Score T>
  std::vector<std::int64_t> labels_of(Block<T>& block) const;

 private:
  std::int64_t find(std::string_view label) const;  // -1: no class

  std::unordered_map<std::string, std::int64_t> places_;
  std::int64_t count_;
  std::int64_t field_;  // of the label, from 1
};

}  // namespace gibbs::cli
