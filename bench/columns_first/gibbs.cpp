// The same softmax of an array whose columns lie one after the other, in and out.

#include "driver/check.hpp"
#include "gibbs/softmax.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant columns_first_gibbs(const Arena& arena) {
  return {"columns_first/gibbs", [=] { gibbs::softmax(arena.in_columns(), arena.out_columns()); },
          [=] { return softmax_error(arena, arena.out_columns()); }, 5e-7};
}

}  // namespace gibbs::bench
