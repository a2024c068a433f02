#include "driver/check.hpp"
#include "gibbs/softmax.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant softmax_vjp_gibbs(const Arena& arena) {
  const Rows<const float> p(arena.probabilities, arena.shape.rows, arena.shape.cols);
  const Rows<const float> v(arena.upstream, arena.shape.rows, arena.shape.cols);
  return {"softmax_vjp/gibbs", [=] { gibbs::softmax_vjp(p, v, arena.out_rows()); },
          [=] { return softmax_vjp_error(arena, arena.out_rows()); }, 5e-6};
}

}  // namespace gibbs::bench
