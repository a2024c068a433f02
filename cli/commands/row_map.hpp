#pragma once
// The map of one block: scores to probabilities, in place.

#include <cstdint>
#include <vector>

#include "commands/family_map.hpp"
#include "commands/map_request.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

template <Score T>
class RowMap {
 public:
  // throws    BadData or BadRequest: the columns' numbers and the budget leave no probabilities,
  //           whatever the scores are
  RowMap(const MapRequest& request, std::int64_t cols, const ColumnNumbers& columns);

  void operator()(Block<T>& block) const;

 private:
  void check(const FamilyRequest& family) const;
  void make_room(Block<T>& block) const;
  void map_dense(Block<T>& block) const;
  void map_sparse(Block<T>& block) const;
  bool wants(Extra extra) const;

  FamilyMap<T> map_;
  bool log_;
  bool sparse_;
  std::vector<Extra> extras_;
  std::int64_t cols_;
};

}  // namespace gibbs::cli
