#pragma once
// From the gradient of z = x / T + log g + noise to those of x, T and log g.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/check.hpp"
#include "gibbs/per_row.hpp"
#include "gibbs/rows.hpp"
#include "maps/column_sums.hpp"
#include "maps/lanes.hpp"

namespace gibbs::sampling {

template <Score T>
double widened(T value) {
  return static_cast<double>(static_cast<working_t<T>>(value));
}
template <Score T>
T rounded(double value) {
  return static_cast<T>(static_cast<working_t<T>>(value));
}

template <Score T>
void read_row(const Rows<const T>& rows, std::int64_t row, double* to) {
  for (std::int64_t j = 0; j < rows.cols; ++j) to[j] = widened(rows(row, j));
}

// What a row adds to the gradients of T and tau.
struct ByRow {
  double temperature = 0, tau = 0;
};
template <class W>
void deliver(const std::vector<ByRow>& rows, std::span<W> grad_temperature, std::span<W> grad_tau) {
  maps::deliver_rows(grad_temperature, rows, [](const ByRow& row) { return row.temperature; });
  maps::deliver_rows(grad_tau, rows, [](const ByRow& row) { return row.tau; });
}

inline bool is_limit(double parameter) { return parameter == 0 || std::isinf(parameter); }

template <class W>
void check_sums(const char* function, std::span<W> grad_temperature, std::span<W> grad_tau,
                std::int64_t rows) {
  const auto check = [&](const char* name, std::span<W> out) {
    if (out.empty()) return;
    base::check_one_or_length(function, name, static_cast<std::int64_t>(out.size()), rows);
  };
  check("grad_temperature", grad_temperature);
  check("grad_tau", grad_tau);
}

// T tau, by which a gradient in z / tau is divided for that in x: one number, or one per row; 0
// where the scores do not move the row.
inline std::vector<double> scale_of_scores(const PerRow& temperature, const PerRow& tau,
                                           std::int64_t rows) {
  const bool one = temperature.is_one_number() && tau.is_one_number();
  std::vector<double> both(one ? 1 : static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < both.size(); ++i) {
    const double t = temperature[static_cast<std::int64_t>(i)];
    const double relaxed = tau[static_cast<std::int64_t>(i)];
    both[i] = is_limit(t) || is_limit(relaxed) ? 0 : t * relaxed;
  }
  return both;
}

// -(1/T^2) sum_i grad_i x_i. The gradients sum to 0, so the scores may be taken from the largest.
inline double by_temperature(const double* grad, const double* x, std::int64_t n,
                             double temperature) {
  if (is_limit(temperature)) return 0;
  double top = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    if (grad[i] != 0 && x[i] > top) top = x[i];
  }
  if (top == std::numeric_limits<double>::infinity()) return 0;
  for (std::int64_t i = 0; i < n; ++i) {
    if (grad[i] != 0) sum -= grad[i] * ((x[i] - top) / temperature);
  }
  return sum / temperature;
}

// The gradient of log g: rows x cols, or the sum over rows, which are added in groups.
template <class W>
class DegeneracyGradient {
 public:
  DegeneracyGradient(const Rows<W>& out, std::int64_t rows, std::int64_t cols)
      : out_(out),
        sums_columns_(!out.empty() && out.rows == 1 && rows != 1),
        cols_(cols),
        columns_(sums_columns_ ? cols : 0) {}

  // A group is one task's.
  void add(std::int64_t row, std::int64_t group, const double* grad) {
    if (out_.empty()) return;
    double* const sums = sums_columns_ ? columns_.group(group) : nullptr;
    for (std::int64_t j = 0; j < cols_; ++j) {
      if (sums) {
        sums[j] += grad[j];
      } else {
        out_(row, j) = static_cast<W>(grad[j]);
      }
    }
  }
  void deliver() const {
    for (std::int64_t j = 0; sums_columns_ && j < cols_; ++j) {
      out_(0, j) = static_cast<W>(columns_.total(j));
    }
  }

 private:
  Rows<W> out_;
  bool sums_columns_;
  std::int64_t cols_;
  maps::ColumnSums columns_;
};

}  // namespace gibbs::sampling
