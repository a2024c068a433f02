#include "gibbs/thermo/autocorrelation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "thermo/compensated.hpp"

namespace gibbs::thermo {
namespace {

double mean_of(std::span<const double> series) {
  detail::CompensatedSum sum;
  for (const double x : series) sum.add(x);
  return sum.value() / static_cast<double>(series.size());
}

// sum_i d_i d_(i + lag) / n: with the divisor n for every lag, so that the sequence is positive
// definite.
double covariance(const std::vector<double>& d, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = 0; i + lag < d.size(); ++i) sum += d[i] * d[i + lag];
  return sum / static_cast<double>(d.size());
}

}  // namespace

Autocorrelation autocorrelation(std::span<const double> series) {
  Autocorrelation result;
  if (series.empty()) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan, nan, 0, nan};
  }
  result.mean = mean_of(series);
  std::vector<double> deviations(series.begin(), series.end());
  for (double& d : deviations) d -= result.mean;
  result.variance = covariance(deviations, 0);
  if (result.variance > 0) {
    double sum = 0, last = std::numeric_limits<double>::infinity();
    for (std::size_t lag = 0; lag + 1 < deviations.size(); lag += 2) {
      const double even = lag == 0 ? result.variance : covariance(deviations, lag);
      const double pair = (even + covariance(deviations, lag + 1)) / result.variance;
      if (!(pair > 0)) break;
      last = std::min(last, pair);
      sum += last;
      result.window = static_cast<std::int64_t>(lag) + 2;
    }
    result.time = std::max(2 * sum - 1, 1 / static_cast<double>(series.size()));
  }
  result.standard_error =
      std::sqrt(result.variance * result.time / static_cast<double>(series.size()));
  return result;
}

}  // namespace gibbs::thermo
