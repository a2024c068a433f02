#include "gibbs/thermo/autocorrelation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "thermo/compensated.hpp"
#include "thermo/fourier.hpp"

namespace gibbs::thermo {
namespace {

double mean_of(std::span<const double> series) {
  detail::CompensatedSum sum;
  for (const double x : series) sum.add(x);
  return sum.value() / static_cast<double>(series.size());
}

// sum_i d_i d_(i + lag) / n: with the divisor n for every lag, so that the sequence is positive
// definite.
class Covariances {
 public:
  explicit Covariances(const std::vector<double>& d) : d_(d) {}

  double operator()(std::size_t lag) {
    const auto n = static_cast<double>(d_.size());
    if (lag < kFew) return product(lag) / n;
    if (all_.empty()) all_ = detail::lagged_products(d_);
    return all_[lag] / n;
  }

 private:
  // As long as all lags at once take, of 1e4 to 1e6 numbers; a chain that mixes needs no more.
  static constexpr std::size_t kFew = 64;

  double product(std::size_t lag) const {
    double sum = 0;
    for (std::size_t i = 0; i + lag < d_.size(); ++i) sum += d_[i] * d_[i + lag];
    return sum;
  }

  const std::vector<double>& d_;
  std::vector<double> all_;
};

// The power of 2 that brings the largest to [1, 2): so that no square leaves the range of a double.
int exponent_of(std::span<const double> values) {
  double largest = 0;
  for (const double x : values) largest = std::max(largest, std::abs(x));
  return largest > 0 ? std::ilogb(largest) : 0;
}

std::vector<double> scaled(std::span<const double> values, int exponent) {
  std::vector<double> result(values.begin(), values.end());
  for (double& x : result) x = std::ldexp(x, -exponent);
  return result;
}

// tau and the window, of deviations from the mean.
void sum_lags(const std::vector<double>& deviations, double variance, Autocorrelation& result) {
  Covariances covariance(deviations);
  double sum = 0, last = std::numeric_limits<double>::infinity();
  for (std::size_t lag = 0; lag + 1 < deviations.size(); lag += 2) {
    const double pair = (covariance(lag) + covariance(lag + 1)) / variance;
    if (!(pair > 0)) break;
    last = std::min(last, pair);
    sum += last;
    result.window = static_cast<std::int64_t>(lag) + 2;
  }
  result.time = std::max(2 * sum - 1, 1 / static_cast<double>(deviations.size()));
}

}  // namespace

Autocorrelation autocorrelation(std::span<const double> series) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (series.empty()) return {nan, nan, nan, 0, nan};
  if (!std::ranges::all_of(series, [](double x) { return std::isfinite(x); })) {
    return {mean_of(series), nan, 1, 0, nan};
  }
  const auto n = static_cast<double>(series.size());
  const int exponent = exponent_of(series);
  std::vector<double> deviations = scaled(series, exponent);
  const double mean = mean_of(deviations);
  for (double& d : deviations) d -= mean;
  const int own = exponent_of(deviations);
  deviations = scaled(deviations, own);
  const double variance = Covariances(deviations)(0);
  Autocorrelation result{.mean = std::ldexp(mean, exponent),
                         .variance = std::ldexp(variance, 2 * (exponent + own))};
  if (variance > 0) sum_lags(deviations, variance, result);
  result.standard_error = std::ldexp(std::sqrt(variance * result.time / n), exponent + own);
  return result;
}

}  // namespace gibbs::thermo
