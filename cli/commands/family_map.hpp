#pragma once
// The map that was asked for, as a call of the library.

#include <gibbs/rows.hpp>
#include <vector>

#include "commands/family.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

template <Score T>
class FamilyMap {
 public:
  FamilyMap(const FamilyRequest& request, double temperature, const ColumnNumbers& columns);

  // Scores to probabilities, in place, with each extra that the block has room for.
  // throws    std::invalid_argument: bounds that cannot hold the budget
  void operator()(Rows<T> numbers, Block<T>& block) const;

  // The same as logarithms, where the library has a map to them.
  bool has_logarithms() const;
  void logarithms(Rows<T> numbers, Block<T>& block) const;

  // The same without the zeros, where the library has a map to that.
  bool has_sparse() const;
  SparseRows<T> sparse(Rows<const T> numbers, Block<T>& block) const;

 private:
  using Numbers = std::vector<working_t<T>>;

  template <class Options>
  Options options(Block<T>& block) const;
  void capped(Rows<T> numbers, Block<T>& block) const;

  FamilyRequest request_;
  double temperature_;
  Numbers log_degeneracy_, caps_, floors_, weights_;
};

}  // namespace gibbs::cli
