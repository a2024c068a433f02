#pragma once
// What the relaxation of yes-or-no states, its density and their derivatives share.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "gibbs/types.hpp"
#include "maps/column_sums.hpp"
#include "maps/threads.hpp"
#include "sampling/perturbed_gradients.hpp"

namespace gibbs::sampling {

// x / T; at T = 0 and infinity its limit, infinite scores staying what they are.
inline double score_over_t(double x, double temperature) {
  if (x == 0 || std::isinf(x) || std::isnan(x)) return x;
  return temperature == 0 ? std::copysign(std::numeric_limits<double>::infinity(), x)
                          : x / temperature;
}

// What the gradient in z moves the score and T by.
inline double by_score(double by_z, double temperature) {
  return is_limit(temperature) ? 0 : by_z / temperature;
}
inline double by_temperature(double by_z, double x, double temperature) {
  if (is_limit(temperature) || by_z == 0 || std::isinf(x)) return 0;
  return -by_z * (x / temperature) / temperature;
}

// body(row) gives the ByRow of each row, which are then delivered.
template <class W, class Body>
void for_each_row(std::int64_t rows, std::int64_t cols, std::span<W> grad_temperature,
                  std::span<W> grad_tau, const Body& body) {
  std::vector<ByRow> all(static_cast<std::size_t>(rows));
  const std::int64_t step = maps::rows_per_group(rows);
  maps::for_each_task((rows + step - 1) / step, rows * std::max<std::int64_t>(cols, 1),
                      [&](std::int64_t task) {
                        const std::int64_t end = std::min(rows, (task + 1) * step);
                        for (std::int64_t row = task * step; row < end; ++row) {
                          all[static_cast<std::size_t>(row)] = body(row);
                        }
                      });
  deliver(all, grad_temperature, grad_tau);
}

}  // namespace gibbs::sampling
