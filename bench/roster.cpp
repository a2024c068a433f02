#include "roster.hpp"

namespace gibbs::bench {

std::vector<Contestant> roster(const Arena& arena) {
  if (arena.shape.threads_only) return {two_threads_gibbs(arena, 1), two_threads_gibbs(arena, 2)};
  return {softmax_memcpy(arena),       softmax_gibbs(arena),        softmax_onednn(arena),
          softmax_eigen(arena),        softmax_textbook(arena),     log_sum_exp_gibbs(arena),
          sparsemax_gibbs(arena),      sparsemax_sort(arena),       entmax_gibbs(arena, 1.5),
          entmax_gibbs(arena, 1.25),   entmax_gibbs(arena, 1.05),   softmax_vjp_gibbs(arena),
          two_threads_gibbs(arena, 1), two_threads_gibbs(arena, 2), columns_first_gibbs(arena),
          loss_gibbs(arena, 1),        loss_gibbs(arena, 1.5),      loss_gibbs(arena, 2),
          budget_gibbs(arena),         capped_softmax_gibbs(arena), fermi_dirac_gibbs(arena)};
}

}  // namespace gibbs::bench
