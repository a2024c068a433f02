#include "sampling/conditional_row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "gibbs/softmax.hpp"
#include "kernels/portable.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// out_i = log(1 + e_i) for 0 <= e_i <= 1, from the logarithm of 1 + e_i as it is rounded. e is
// overwritten with 1 + e_i.
void portable_log1p(double* e, std::int64_t n, double* out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = 1 + e[i];
  for (std::int64_t i = 0; i < n; ++i) e[i] -= out[i] - 1;  // what rounding has lost
  for (std::int64_t i = 0; i < n; ++i) e[i] /= out[i];
  kernels::portable_log(out, n, out);
  for (std::int64_t i = 0; i < n; ++i) out[i] += e[i];
}

}  // namespace

double portable_log_sum_exp(const double* x, std::int64_t n, double* work) {
  const double max = kernels::highest_score(x, n);
  if (!std::isfinite(max)) return max;
  kernels::portable_weights(x, n, max, 1, work);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += work[i];
  kernels::portable_log(&sum, 1, &sum);
  return max + sum;
}

void condition_row(const double* x, std::int64_t n, std::int64_t winner, double maximum, double* z,
                   double* work) {
  double *const e = work, *const beyond = work + n;
  for (std::int64_t i = 0; i < n; ++i) {
    z[i] += x[i];
    e[i] = -std::abs(z[i] - maximum);
  }
  kernels::portable_weights(e, n, 0, 1, e);
  portable_log1p(e, n, beyond);
  const double below = std::nextafter(maximum, -kInfinity);
  for (std::int64_t i = 0; i < n; ++i) z[i] = std::min(std::min(z[i], maximum) - beyond[i], below);
  z[winner] = maximum;
}

double conditional_row_vjp(const double* x, const double* z, const double* upstream, std::int64_t n,
                           std::int64_t winner, double* grad) {
  double by_maximum = upstream[winner];
  for (std::int64_t i = 0; i < n; ++i) {
    if (i == winner || x[i] == -kInfinity) {
      grad[i] = 0;
      continue;
    }
    const double below = z[i] - z[winner];
    by_maximum += upstream[i] * std::exp(below);
    grad[i] = -upstream[i] * std::expm1(below);
  }
  if (std::isnan(by_maximum)) std::fill_n(grad, static_cast<std::size_t>(n), by_maximum);
  return by_maximum;
}

void add_by_maximum(const double* x, std::int64_t n, double by_maximum, double* grad) {
  std::vector<double> p(static_cast<std::size_t>(n));
  softmax(Rows<const double>(x, 1, n), p);
  for (std::int64_t i = 0; i < n; ++i) grad[i] += p[static_cast<std::size_t>(i)] * by_maximum;
}

}  // namespace gibbs::sampling
