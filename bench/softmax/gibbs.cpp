#include "driver/check.hpp"
#include "gibbs/softmax.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant softmax_gibbs(const Arena& arena) {
  return {"softmax/gibbs", [=] { gibbs::softmax(arena.in_rows(), arena.out_rows()); },
          [=] { return softmax_error(arena, arena.out_rows()); }, 5e-7};
}

}  // namespace gibbs::bench
