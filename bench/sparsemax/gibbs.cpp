#include "driver/check.hpp"
#include "gibbs/entmax.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant sparsemax_gibbs(const Arena& arena) {
  return {"sparsemax/gibbs", [=] { gibbs::sparsemax(arena.in_rows(), arena.out_rows()); },
          [=] { return entmax_error(arena, arena.out_rows(), 2); }, 2e-6};
}

}  // namespace gibbs::bench
