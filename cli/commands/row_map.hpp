#pragma once
// The map of one block: scores to probabilities, in place.

#include <cstdint>
#include <string>
#include <vector>

#include "commands/map_request.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

template <Score T>
class RowMap {
 public:
  // `degeneracy` is empty or holds one weight per column.
  RowMap(const MapRequest& request, std::int64_t cols, const std::vector<double>& degeneracy);

  void operator()(Block<T>& block) const;

 private:
  void make_room(Block<T>& block) const;
  void map_dense(Block<T>& block) const;
  void map_sparse(Block<T>& block) const;
  bool wants(Extra extra) const;
  template <class Options>
  Options options(Block<T>& block) const;

  double alpha_;
  double temperature_;
  bool log_;
  bool sparse_;
  std::vector<Extra> extras_;
  std::int64_t cols_;
  std::vector<working_t<T>> log_degeneracy_;
};

}  // namespace gibbs::cli
