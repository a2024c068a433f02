// The floor: reading the scores.

#include <algorithm>
#include <cmath>
#include <memory>

#include "floor/loops.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant log_sum_exp_read(const Arena& arena) {
  const auto largest = std::make_shared<float>();
  const std::int64_t count = arena.shape.elements();
  return {"log_sum_exp/read", [=] { *largest = largest_of_all(arena.scores, count); },
          [=] {
            const float exact = *std::max_element(arena.scores, arena.scores + count);
            return std::abs(static_cast<double>(*largest) - static_cast<double>(exact));
          },
          0};
}

}  // namespace gibbs::bench
