#include <fmt/format.h>

#include "driver/check.hpp"
#include "gibbs/entmax.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant entmax_gibbs(const Arena& arena, double alpha) {
  return {fmt::format("entmax_{}/gibbs", alpha),
          [=] { gibbs::entmax(arena.in_rows(), arena.out_rows(), {.alpha = alpha}); },
          [=] { return entmax_error(arena, arena.out_rows(), alpha); }, 1e-5};
}

}  // namespace gibbs::bench
