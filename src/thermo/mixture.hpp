#pragma once
// The samples of several states as one mixture, read block by block: what MBAR, BAR and WHAM share.

#include <Eigen/Dense>
#include <cstdint>
#include <functional>
#include <vector>

#include "thermo/source.hpp"

namespace gibbs::thermo::detail {

// The states with samples, and the free energies f_k = centre_k + rest_k that they have so far. The
// centre is near, so that rest is small: a double near 1e4 could not tell p to 1e-12. It is whole,
// and 0 for one state, so that centre - u is exact whatever a sample's u have in common.
struct Mixture {
  const Source* source = nullptr;
  std::vector<std::int64_t> index = {};  // of each such state among all
  std::vector<double> counts = {};       // N_k
  std::vector<double> centre = {}, rest = {};
  std::size_t anchor = 0;         // the state whose centre is 0: one of small u
  const double* roots = nullptr;  // of the weights of samples; null: all 1
  bool serial = false;            // on the calling thread alone

  std::int64_t states() const { return static_cast<std::int64_t>(index.size()); }
  // f_k of each of them, up to a constant.
  void start_at(const std::vector<double>& f);
};

// At the mixture's free energies: the objective sum_n ln D_n - sum_k N_k rest_k; sum_n p_k(n) -
// N_k, its gradient; and sum_n p_i(n) p_j(n). magnitude: of the terms of the objective.
struct Evaluation {
  double objective = 0, magnitude = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd shared;
};
Evaluation evaluate(const Mixture& mixture);

// The free energy f, centre whole.
struct FreeEnergy {
  double centre = 0, rest = 0;
};
FreeEnergy split(long double f);

// -ln sum_n exp(-u(n)) / D_n for states of one source.
std::vector<FreeEnergy> free_energies(const Mixture& mixture, const Source& source,
                                      const std::vector<std::int64_t>& states);

// What is made of each block: rows beside those of p.
struct BlockView {
  std::int64_t first = 0, count = 0;
  const double* roots = nullptr;  // of the block, or null
  // ln D_n = reference + log_denominator of each sample.
  const double* reference = nullptr;
  const double* log_denominator = nullptr;
  const double* p = nullptr;  // p sqrt(weight), rows of kMixtureStride
};
// Writes `extra` rows of numbers, kMixtureStride apart, the last vector filled up with zeros.
using ExtraRows = std::function<void(const BlockView& block, double* to)>;

// All products of p_k sqrt(weight) and the extra rows: (states + extra)^2.
Eigen::MatrixXd products(const Mixture& mixture, std::int64_t extra, const ExtraRows& rows);

// Calls body(task, block) for every block of samples, in order within each of so many tasks: body
// may keep sums for each.
std::int64_t task_count(const Mixture& mixture);
void for_each_block(const Mixture& mixture,
                    const std::function<void(std::int64_t task, const BlockView& block)>& body);

}  // namespace gibbs::thermo::detail
