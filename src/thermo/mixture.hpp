#pragma once
// The samples of several states as one mixture, read block by block: what MBAR, BAR and WHAM share.

#include <Eigen/Dense>
#include <cstdint>
#include <functional>
#include <vector>

#include "thermo/source.hpp"

namespace gibbs::thermo::detail {

// The states with samples, and the free energies f_k = centre_k + rest_k that they have so far. The
// centre is near, so that rest is small: a double near 1e4 could not tell p to 1e-12.
struct Mixture {
  const Source* source = nullptr;
  std::vector<std::int64_t> index = {};  // of each such state among all
  std::vector<double> counts = {};       // N_k
  std::vector<double> centre = {}, rest = {};
  const double* roots = nullptr;  // of the weights of samples; null: all 1
  bool serial = false;            // on the calling thread alone

  std::int64_t states() const { return static_cast<std::int64_t>(index.size()); }
};

// At the mixture's free energies: the objective sum_n ln D_n - sum_k N_k rest_k; sum_n p_k(n) -
// N_k, its gradient; and sum_n p_i(n) p_j(n).
struct Evaluation {
  double objective = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd shared;
};
Evaluation evaluate(const Mixture& mixture);

// ln sum_n exp(-u(n)) / D_n for states of one source.
std::vector<double> log_sums(const Mixture& mixture, const Source& source,
                             const std::vector<std::int64_t>& states);

// What is made of each block: rows beside those of p.
struct BlockView {
  std::int64_t first = 0, count = 0;
  const double* roots = nullptr;            // of the block, or null
  const double* log_denominator = nullptr;  // of each sample
  const double* p = nullptr;                // p sqrt(weight), rows of kMixtureStride
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
