#pragma once
// What follows from a solved mixture: weights of states, and how sure they are.

#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "gibbs/rows.hpp"
#include "gibbs/thermo/mbar.hpp"
#include "gibbs/thermo/solution.hpp"
#include "thermo/laplacian.hpp"
#include "thermo/mixture.hpp"

namespace gibbs::thermo::detail {

// States of a source and their free energies centre + rest, in the mixture's gauge.
struct StateRows {
  const Source* source = nullptr;
  std::vector<std::int64_t> states = {};
  std::vector<double> centre = {}, rest = {};

  std::int64_t size() const { return std::ssize(states); }
  StateRows only(std::int64_t place) const;
};
// As the mixture's samples tell them.
StateRows solve_states(const Mixture& mixture, const Source& source,
                       std::vector<std::int64_t> states);

struct Answer {
  Mixture mixture;
  Laplacian laplacian;
  SolveOptions options;
  StateRows all = {};  // every state of the mixture's source
  // The error of a difference between components.
  double apart = std::numeric_limits<double>::infinity();
};

// Writes w(n) sqrt(weight) = exp(f - u(n)) / D_n sqrt(weight) of a block, for each of the states.
class StateWeights {
 public:
  explicit StateWeights(const StateRows& states) : s_(states) {}
  void write(const BlockView& block, double* to) const;

 private:
  const StateRows& s_;
};

// Theta = G + R' L^+ R of reweighted states, G the products of their weights and R of p with them:
// Kong et al. 2003, with the pseudoinverse over samples brought down to the states by Woodbury's
// identity. Both terms are positive: nothing cancels.
class Covariance {
 public:
  // The products of p, and of w after them.
  Covariance(const Answer& answer, Eigen::MatrixXd products);

  // Var(f_j - f_i); answer.apart between states that no samples connect. 0 where it is no more than
  // what rounding makes of equal states.
  double of_difference(std::int64_t i, std::int64_t j) const;
  // Of a sum of v(n) after the weights, that is 0 in the mean and belongs to state i.
  double of_sum(std::int64_t v, std::int64_t i) const;
  // sum_n W_ni W_nj.
  double product(std::int64_t i, std::int64_t j) const { return g_(i, j); }
  // The component that has all but least_shared of a state's weight; -1 if there is none.
  std::int64_t component_of(std::int64_t i) const { return of_[static_cast<std::size_t>(i)]; }

 private:
  Eigen::MatrixXd g_, r_, solved_;
  std::vector<std::int64_t> of_;
  double apart_;
};

// The standard deviations of all differences among the rows named.
Table deviations(const Covariance& covariance, const std::vector<std::int64_t>& rows);

// What is told of all states of the mixture's own source, f_0 = 0. `shared` is of the answer, which
// also gets `all`.
struct AllStates {
  std::vector<double> free_energies, effective_samples;
  Table uncertainty, overlap;
  std::vector<std::vector<std::int64_t>> components;
};
AllStates all_states(Answer& answer, Eigen::MatrixXd shared);

// Products of p, and of the weights of these states after them.
Eigen::MatrixXd products_with(const Mixture& mixture, const StateRows& states);

// W of all states of the mixture's source, samples first, first + 1, ...
void write_weights(const Answer& answer, std::int64_t first, Rows<double> weights);

// Of the differences among all states of the mixture's source and more after them.
Table uncertainty_with(const Answer& answer, const StateRows& more);

// Mbar::bootstrap.
Bootstrap bootstrap(const Answer& answer, std::int64_t replicates, std::uint64_t seed);

// f_k - f_0.
std::vector<double> relative_to_first(const StateRows& all);

// sum_n w(n) A(n) of a state, with its error.
std::vector<Estimate> expectations(const Answer& answer, const StateRows& one,
                                   Rows<const double> observables);

// Beyond it sums and differences of a few leave the range of a double.
constexpr double kLargestPotential = 1e300;

// u of a sample in a state: a number of that size at most, or +inf.
inline bool is_potential(double u) {
  return u >= -kLargestPotential && (u <= kLargestPotential || std::isinf(u));
}
// What one that is none must be.
inline const char* rule_of_potentials(double u) {
  return std::isfinite(u) ? "must be +inf or from -1e300 to 1e300" : "must be a number or +inf";
}

// Refuses NaN and -inf, by row and column, and samples that no state of `sampled` allows.
void check_potentials(const char* function, const Source& source,
                      const std::vector<std::int64_t>& sampled);

}  // namespace gibbs::thermo::detail
