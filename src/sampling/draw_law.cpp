#include "sampling/draw_law.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// x / T; at T = 0, where ranks decide, nothing.
double quotient(double x, double temperature) {
  if (x == kInfinity) return x;
  return temperature == 0 ? 0 : x / temperature;
}

// Softmax of a row as its scores and log degeneracies (null: 0).
struct SoftmaxRow {
  const double *x, *log_g;
  std::int64_t n;
  double temperature;

  double weight(std::int64_t i) const { return log_g ? log_g[i] : 0; }
  bool is_none(std::int64_t i) const { return x[i] == -kInfinity || weight(i) == -kInfinity; }
  double log_weight(std::int64_t i) const { return quotient(x[i], temperature) + weight(i); }
  bool is_nan(std::int64_t i) const {
    return std::isnan(x[i]) || std::isnan(weight(i)) || weight(i) == kInfinity;
  }
};

// x / T + log g to `out`; the highest, NaN if anything is.
double add_degeneracy(const SoftmaxRow& row, double* out) {
  double highest = -kInfinity;
  bool nan = false;
  for (std::int64_t i = 0; i < row.n; ++i) {
    nan = nan || row.is_nan(i);
    out[i] = row.is_none(i) ? -kInfinity : row.log_weight(i);
    highest = std::max(highest, out[i]);
  }
  return nan ? std::numeric_limits<double>::quiet_NaN() : highest;
}

// Where x / T + log g has left the numbers, or T = 0: log g of the states with the highest score,
// which is returned. Scores whose quotients overflow are further apart than any noise reaches.
double keep_highest(const SoftmaxRow& row, double highest, double* out) {
  double top = -kInfinity;
  for (std::int64_t i = 0; i < row.n; ++i) {
    if (row.is_none(i)) continue;
    if (row.temperature == 0 || row.log_weight(i) == highest) top = std::max(top, row.x[i]);
  }
  for (std::int64_t i = 0; i < row.n; ++i) {
    out[i] = !row.is_none(i) && row.x[i] == top ? row.weight(i) : -kInfinity;
  }
  return top;
}

double log_weights_of_softmax(const SoftmaxRow& row, double* out) {
  const double highest = add_degeneracy(row, out);
  if (std::isnan(highest)) {
    std::fill_n(out, row.n, highest);
    return 0;
  }
  return row.temperature > 0 && std::isfinite(highest) ? 0 : keep_highest(row, highest, out);
}

}  // namespace

double log_weights_of_row(const double* x, const double* log_g, std::int64_t n, maps::Law law,
                          double* work, double* out) {
  if (maps::is_softmax<double>(law.alpha)) {
    return log_weights_of_softmax({x, log_g, n, law.temperature}, out);
  }
  maps::RowsToMap<double> row;
  row.scores = {x, n};
  row.out = {out, n};
  row.cols = n;
  maps::map_weighted_row(row, law, log_g, work);
  kernels::portable_log(out, n, out);
  return 0;
}

}  // namespace gibbs::sampling
