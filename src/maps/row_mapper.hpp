#pragma once
// Blocks of lanes mapped, whatever their laws and degeneracies are.

#include "maps/map_rows.hpp"

namespace gibbs::maps {

// Maps rows of one batch at that batch's alpha, temperature and log degeneracy (empty: 0).
template <class W>
class RowMapper {
 public:
  RowMapper(const PerRow& alpha, const PerRow& temperature, const Rows<const W>& log_degeneracy)
      : alpha_(alpha), temperature_(temperature), log_degeneracy_(log_degeneracy) {}

  Law law(std::int64_t row) const { return {alpha_[row], temperature_[row]}; }
  bool weighted() const { return !log_degeneracy_.empty(); }
  // One law for all rows.
  bool uniform() const { return alpha_.is_one_number() && temperature_.is_one_number(); }
  // One law, and one that the fast kernels take.
  bool plain() const { return uniform() && !weighted() && is_plain<W>(law(0)); }

  // Whether a row's kernel makes the loss and the gradient of its label as it maps it.
  bool takes_label(std::int64_t row) const {
    const Law of_row = law(row);
    return !weighted() && is_plain<W>(of_row) && of_row.limit().limit == kernels::Limit::kRegular;
  }

  // `rows` are rows [first, first + count) of the batch; summaries may be null. Where the rows have
  // labels, those that do not take them are mapped as without.
  void map(const RowsToMap<W>& rows, std::int64_t first, std::int64_t count,
           kernels::RowSummary* summaries) const;

 private:
  void map_one_by_one(RowsToMap<W> rows, std::int64_t first, std::int64_t count,
                      kernels::RowSummary* summaries) const;

  const PerRow& alpha_;
  const PerRow& temperature_;
  const Rows<const W>& log_degeneracy_;
};

}  // namespace gibbs::maps
