#pragma once
// The state at which a cumulative law reaches a uniform number.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/truncation.hpp"
#include "sampling/row_law.hpp"

namespace gibbs::sampling {

// Of a law whose sums() are known: in double, by blocks of kernels::kSumBlock.
template <class W>
class InverseCdf {
 public:
  // `room` holds the cumulative masses.
  InverseCdf(const RowLaw<W>& law, std::vector<double>& room) : law_(law), cumulative_(room) {
    double sum = 0;
    cumulative_.clear();
    for (std::int64_t b = 0; b < kernels::sum_blocks(law.places()); ++b) {
      cumulative_.push_back(sum += law.blocks()[b]);
    }
  }

  // The place of u, 0 < u < 1; some weight is positive. Never a place without weight.
  std::int64_t at(double u) const {
    const double target = u * cumulative_.back();
    const auto block =
        std::min(std::upper_bound(cumulative_.begin(), cumulative_.end(), target),
                 std::lower_bound(cumulative_.begin(), cumulative_.end(), cumulative_.back()));
    const std::int64_t first = (block - cumulative_.begin()) * kernels::kSumBlock;
    const std::int64_t end = std::min(first + kernels::kSumBlock, law_.places());
    double sum = block == cumulative_.begin() ? 0 : *(block - 1);
    std::int64_t last = first;
    for (std::int64_t i = first; i < end; ++i) {
      const auto w = static_cast<double>(law_.weight_at(i));
      if (!(w > 0)) continue;
      last = i;
      sum += w;
      if (sum > target) break;
    }
    return last;
  }

 private:
  const RowLaw<W>& law_;
  std::vector<double>& cumulative_;
};

}  // namespace gibbs::sampling
