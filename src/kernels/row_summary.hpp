#pragma once
// What a kernel can tell about a row beside its probabilities.

#include <cstdint>
#include <limits>

namespace gibbs::kernels {

// As in gibbs/options.hpp; the defaults are those of a row without any state.
struct RowSummary {
  double log_partition = -std::numeric_limits<double>::infinity();
  // log Z = max / T + excess, which rounds to log_partition; max: the largest score of a state.
  double max = -std::numeric_limits<double>::infinity();
  double excess = 0;
  double entropy = 0;
  double threshold = -std::numeric_limits<double>::infinity();
  std::int64_t support = 0;

  static RowSummary nan() {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {kNan, kNan, kNan, kNan, kNan, 0};
  }
};

}  // namespace gibbs::kernels
