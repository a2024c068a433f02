#include "sampling/draw_law.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// x / T + log g, and whether that is a law: it is none where a score or a degeneracy is infinite.
bool add_degeneracy(const double* x, const double* log_g, std::int64_t n, double temperature,
                    double* out) {
  double highest = -kInfinity;
  for (std::int64_t i = 0; i < n; ++i) {
    const double log_weight = log_g ? log_g[i] : 0;
    const bool none = x[i] == -kInfinity || log_weight == -kInfinity;
    out[i] = none && !std::isnan(x[i]) && !std::isnan(log_weight) ? -kInfinity
                                                                  : x[i] / temperature + log_weight;
    highest = out[i] > highest || std::isnan(out[i]) ? out[i] : highest;
    if (std::isnan(highest)) return false;
  }
  return std::isfinite(highest);
}

}  // namespace

void log_weights_of_row(const double* x, const double* log_g, std::int64_t n, maps::Law law,
                        double* work, double* out) {
  const bool softmax =
      maps::is_softmax<double>(law.alpha) && law.limit().limit == kernels::Limit::kRegular;
  if (softmax && add_degeneracy(x, log_g, n, law.temperature, out)) return;
  maps::RowsToMap<double> row;
  row.scores = {x, n};
  row.out = {out, n};
  row.cols = n;
  maps::map_weighted_row(row, law, log_g, work);
  kernels::portable_log(out, n, out);
}

}  // namespace gibbs::sampling
