#include <span>

#include "driver/check.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant log_sum_exp_gibbs(const Arena& arena) {
  const std::span<float> log_z(arena.log_partition, static_cast<std::size_t>(arena.shape.rows));
  return {"log_sum_exp/gibbs", [=] { gibbs::log_sum_exp(arena.in_rows(), log_z); },
          [=] { return log_sum_exp_error(arena); }, 1e-5};
}

}  // namespace gibbs::bench
