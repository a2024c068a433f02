#pragma once
// The multistate Bennett acceptance ratio: free energies of all states from the samples of all.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gibbs/rows.hpp"
#include "gibbs/thermo/potentials.hpp"
#include "gibbs/thermo/solution.hpp"

namespace gibbs::thermo {

namespace detail {
struct Answer;
}

//   initial  a first guess of the free energies, one per state; if empty, from the medians of the
//            differences between states (a linear response along their minimum spanning tree)
struct MbarOptions {
  SolveOptions solve = {};
  std::span<const double> initial = {};
};

// free_energies: replicates x states. uncertainty(i, j): the standard deviation of f_j - f_i over
// the replicates that converged; `failed` did not.
struct Bootstrap {
  Table free_energies;
  Table uncertainty;
  std::int64_t failed = 0;
};

// Free energies of states that were not sampled, in the gauge of the others. uncertainty: of the
// differences among all, those of the MBAR first.
struct NewStates {
  std::vector<double> free_energies;
  Table uncertainty;
};

// f_k = -ln sum_n exp(-u_k(n)) / D_n,  D_n = sum_l N_l exp(f_l - u_l(n)),  f_0 = 0,
//
// the minimum of the convex sum_n ln D_n - sum_k N_k f_k, by Newton's method with line search; from
// afar, where that leads nowhere, by way of u / tau, tau falling to 1. The samples of state 0 come
// first, then those of state 1, and so on; they must be independent (take every g-th, g the
// statistical inefficiency).
//
// range     u up to 1e300 on either side of 0, +inf included; N_k >= 0: a state without samples
//           gets f_k from the others
// accuracy  the gradient certifies it (report()); of f about tolerance / overlap. Adding constants
//           to the u of a state or of a sample changes nothing but f_k by that constant, and costs
//           no digit but those that u itself loses, up to |u| = 2^53
// edges     states that share no samples: f is right within components, uncertainty between them
//           +inf, and status kDisconnected names them. Slow convergence is a status too, which
//           names none: uncertainty between what may be components is then NaN. The answer does
//           not depend on the number of threads, to the bit
// cost      a step computes K N exponentials and K^2 N / 2 products, less where states are far
//           from samples; memory beside the input: 4096 K, 512 K per thread, at most 64 K^2
// throws    std::invalid_argument: NaN, -inf or beyond the range in u, by its row and column; a
//           sample that no sampled state allows; N_k < 0, or another sum than the number of
//           samples; no sample
// source    Shirts & Chodera 2008; Kong et al. 2003 (covariance); Tan 2004 (the convex form)
class Mbar {
 public:
  Mbar(Potentials u, std::span<const std::int64_t> samples, const MbarOptions& options = {});

  std::int64_t states() const { return u_.states(); }
  const std::vector<double>& free_energies() const { return free_energies_; }
  const SolveReport& report() const { return report_; }

  // The standard deviation of f_j - f_i, in the limit of many samples: from
  // Theta = (diag(N)^-1 - W'W)^+ over the states.
  const Table& uncertainty() const { return uncertainty_; }
  // O(i, j) = N_j sum_n W_ni W_nj: how likely a sample of state i is one of state j. Rows sum to 1.
  const Table& overlap() const { return overlap_; }
  // 1 / sum_n W_nk^2: how many samples of state k itself would tell as much (Kish).
  const std::vector<double>& effective_samples() const { return effective_samples_; }

  // The weights W_nk of samples first, first + 1, ... in state k, into weights(k, j). Each row of
  // the whole sums to 1.
  // throws    std::invalid_argument: another shape, samples that do not exist
  void weights(std::int64_t first, Rows<double> weights) const;

  // <A> = sum_n W_nk A(n) of observables x samples, in one of the states or in one that `other`
  // holds, with the error in the limit of many samples.
  // throws    std::invalid_argument: another shape, an observable that is not finite, no such state
  std::vector<Estimate> expectations(Rows<const double> observables, std::int64_t state) const;
  std::vector<Estimate> expectations(Rows<const double> observables, const Potentials& other) const;

  // throws    std::invalid_argument: another number of samples, NaN or -inf
  NewStates free_energies_of(const Potentials& others) const;

  // Samples drawn again within each state, with the random bits of (seed, replicate), and solved
  // from the answer to 1e-6.
  // cost      about three steps each; replicates go to threads, each with N numbers
  // throws    std::invalid_argument: fewer than 2 replicates
  Bootstrap bootstrap(std::int64_t replicates, std::uint64_t seed = 0) const;

 private:
  Potentials u_;
  SolveReport report_;
  std::vector<double> free_energies_, effective_samples_;
  Table uncertainty_, overlap_;
  std::shared_ptr<const detail::Answer> answer_;
};

}  // namespace gibbs::thermo
