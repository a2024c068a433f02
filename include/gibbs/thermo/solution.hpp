#pragma once
// How a solver ended, and tables of what it found: for MBAR, BAR and WHAM alike.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gibbs::thermo {

enum class SolveStatus {
  kConverged,
  kDisconnected,    // some states share no samples with others: no free energy between them
  kIterationLimit,  // max_iterations came first
  kStalled,         // no step improves any more, and the gradient is above the tolerance
};

// "converged", "disconnected", "iteration limit", "stalled".
const char* name(SolveStatus status);

// What a solver can prove of its answer.
//
//   converged      status == kConverged: gradient_norm <= tolerance, and one component
//   gradient_norm  max over states with samples of |sum_n N_k W_nk - N_k| / N_k, at the answer
//   newton_step    by how much another Newton step would still change a free energy, within
//                  components
//   components     the states that share samples, directly or through others; each in order. Empty
//                  where the gradient, summed, is above least_shared: only at the minimum it is
//                  known who shares what. An error that hangs on it is NaN then
//   message        the same in a sentence, which names the states
struct SolveReport {
  SolveStatus status = SolveStatus::kStalled;
  bool converged = false;
  std::int64_t iterations = 0;
  double gradient_norm = 0;
  double newton_step = 0;
  std::vector<std::vector<std::int64_t>> components = {};
  std::string message = {};
};

//   tolerance       of gradient_norm
//   max_iterations  Newton steps; each reads the samples once, up to some times where a step is cut
//                   short
//   least_shared    two states are connected if sum_n p_i(n) p_j(n) is at least this, p_k(n) being
//                   the probability that sample n comes from state k. An error is at least
//                   1 / sqrt of it: 32 k T at 1e-3
struct SolveOptions {
  double tolerance = 1e-12;
  std::int64_t max_iterations = 200;
  double least_shared = 1e-3;
};

// rows x cols numbers, one row after the other.
struct Table {
  std::int64_t rows = 0, cols = 0;
  std::vector<double> values = {};

  Table() = default;
  Table(std::int64_t row_count, std::int64_t col_count)
      : rows(row_count),
        cols(col_count),
        values(static_cast<std::size_t>(row_count) * static_cast<std::size_t>(col_count)) {}
  double& operator()(std::int64_t i, std::int64_t j) {
    return values[static_cast<std::size_t>(i * cols + j)];
  }
  double operator()(std::int64_t i, std::int64_t j) const {
    return values[static_cast<std::size_t>(i * cols + j)];
  }
};

// A number and one standard deviation.
struct Estimate {
  double value = 0;
  double error = 0;
};

}  // namespace gibbs::thermo
