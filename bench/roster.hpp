#pragma once
// Every contestant: function task_rival is in file task/rival.cpp.

#include <vector>

#include "driver/contestant.hpp"

namespace gibbs::bench {

Contestant softmax_memcpy(const Arena& arena);
Contestant softmax_gibbs(const Arena& arena);
Contestant softmax_onednn(const Arena& arena);
Contestant softmax_eigen(const Arena& arena);
Contestant softmax_textbook(const Arena& arena);
Contestant log_sum_exp_gibbs(const Arena& arena);
Contestant log_sum_exp_read(const Arena& arena);
Contestant sparsemax_gibbs(const Arena& arena);
Contestant sparsemax_sort(const Arena& arena);
Contestant entmax_gibbs(const Arena& arena, double alpha);
Contestant softmax_vjp_gibbs(const Arena& arena);
Contestant two_threads_gibbs(const Arena& arena, int threads);
Contestant two_threads_memcpy(const Arena& arena, int threads);
Contestant columns_first_gibbs(const Arena& arena);
Contestant loss_gibbs(const Arena& arena, double alpha);  // with its gradient
Contestant budget_gibbs(const Arena& arena);
Contestant capped_softmax_gibbs(const Arena& arena);
Contestant fermi_dirac_gibbs(const Arena& arena);
Contestant sample_gibbs(const Arena& arena);  // one draw per row, at a temperature
Contestant gumbel_max_gibbs(const Arena& arena);
Contestant gumbel_softmax_gibbs(const Arena& arena);
Contestant alias_gibbs(const Arena& arena);  // as many draws of one row as it has columns
Contestant top_p_sort(const Arena& arena);
Contestant top_k_partial_sort(const Arena& arena);
std::vector<Contestant> truncations_gibbs(const Arena& arena);  // of one row
Contestant sweep_gibbs(const Arena& arena);
Contestant sweep_textbook(const Arena& arena);

// Those that compete on the arena's shape.
std::vector<Contestant> roster(const Arena& arena);

}  // namespace gibbs::bench
