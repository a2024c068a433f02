#include "roster.hpp"

#include <utility>

namespace gibbs::bench {
namespace {

// Where threads wait for the memory: what they could gain.
void add_copies(const Arena& arena, std::vector<Contestant>& contestants) {
  if (!arena.shape.out_of_cache() || arena.shape.rows > 4) return;
  contestants.push_back(two_threads_memcpy(arena, 1));
  contestants.push_back(two_threads_memcpy(arena, 2));
}

// Those of one row of a vocabulary.
void add_one_row(const Arena& arena, std::vector<Contestant>& contestants) {
  if (arena.shape.rows != 1) return;
  for (Contestant& one : truncations_gibbs(arena)) contestants.push_back(std::move(one));
  contestants.push_back(alias_gibbs(arena));
  contestants.push_back(top_p_sort(arena));
  contestants.push_back(top_k_partial_sort(arena));
}

}  // namespace

std::vector<Contestant> roster(const Arena& arena) {
  if (arena.shape.roster == Roster::kThreads) {
    return {two_threads_gibbs(arena, 1), two_threads_gibbs(arena, 2)};
  }
  if (arena.shape.roster == Roster::kSweeps) return {sweep_gibbs(arena), sweep_textbook(arena)};
  std::vector<Contestant> all{
      softmax_memcpy(arena),      softmax_gibbs(arena),        softmax_onednn(arena),
      softmax_eigen(arena),       softmax_textbook(arena),     log_sum_exp_gibbs(arena),
      log_sum_exp_read(arena),    sparsemax_gibbs(arena),      sparsemax_sort(arena),
      entmax_gibbs(arena, 1.5),   entmax_gibbs(arena, 1.25),   entmax_gibbs(arena, 1.05),
      softmax_vjp_gibbs(arena),   two_threads_gibbs(arena, 1), two_threads_gibbs(arena, 2),
      columns_first_gibbs(arena), loss_gibbs(arena, 1),        loss_gibbs(arena, 1.5),
      loss_gibbs(arena, 2),       budget_gibbs(arena),         capped_softmax_gibbs(arena),
      fermi_dirac_gibbs(arena),   sample_gibbs(arena),         gumbel_max_gibbs(arena),
      gumbel_softmax_gibbs(arena)};
  add_copies(arena, all);
  add_one_row(arena, all);
  return all;
}

}  // namespace gibbs::bench
