#include "losses/row_loss.hpp"

#include <algorithm>

#include "maps/row_gradients.hpp"

namespace gibbs::losses {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Calls body(i, y_i) for the states with target mass, or NaN.
template <class Body>
void for_each_target(const RowTarget& target, std::int64_t n, const Body& body) {
  if (!target.probabilities) return body(target.label, 1.0);
  for (std::int64_t i = 0; i < n; ++i) {
    if (target.probabilities[i] != 0) body(i, target.probabilities[i]);
  }
}

template <class W>
bool is_prediction(const MappedRow<W>& row, const RowTarget& target) {
  if (!row.p || !target.probabilities) return false;
  for (std::int64_t i = 0; i < row.n; ++i) {
    if (static_cast<W>(target.probabilities[i]) != row.p[i]) return false;
  }
  return true;
}

}  // namespace

template <class W>
double fenchel_young(const MappedRow<W>& row, const RowTarget& target) {
  if (!target.probabilities) return loss_of_label(row, target.label);
  if (std::isnan(row.summary->excess)) return kNan;
  if (is_prediction(row, target)) return 0;
  double entropy = 0, pull = 0;
  bool impossible = false;
  for_each_target(target, row.n, [&](std::int64_t i, double y) {
    if (!(y > 0)) entropy = kNan;
    if (row.is_absent(i)) impossible = true;
    pull += y * row.below_max(i);
    if (row.alpha < kInfinity) entropy += maps::entropy_term(y, row.log_weight(i), row.alpha);
  });
  return impossible ? kInfinity : row.loss_of(pull, entropy);
}

double shannon_entropy(const double* y, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += maps::entropy_term(y[i], 0, 1);
  return sum;
}

template <class W>
ParameterGradients parameter_gradients(const MappedRow<W>& row, const RowTarget& target,
                                       Weights weights, double* by_log_g) {
  if (row.is_limit()) return {};
  ParameterGradients gradients;
  const auto add = [&](std::int64_t i, double p, double weight) {
    if (p == 0 || row.is_absent(i)) return;
    const double log_g = row.log_weight(i);
    gradients.temperature += weight * maps::entropy_term(p, log_g, row.alpha);
    gradients.alpha += weight * row.temperature * maps::entropy_term_by_alpha(p, log_g, row.alpha);
    if (by_log_g) {
      by_log_g[i] += weight * row.temperature * maps::entropy_term_by_log_g(p, log_g, row.alpha);
    }
  };
  for (std::int64_t i = 0; i < row.n; ++i) add(i, static_cast<double>(row.p[i]), weights.of_p);
  for_each_target(target, row.n, [&](std::int64_t i, double y) { add(i, y, -weights.of_y); });
  return gradients;
}

template <class W>
void hessian_times(const MappedRow<W>& row, double of_j, double of_pp, const double* v,
                   double* product, double* room) {
  double *p = room, *log_g = p + row.n;
  std::copy_n(row.p, row.n, p);
  if (row.log_weights) std::copy_n(row.log_weights, row.n, log_g);
  maps::gradients_of_row({kernels::VjpOf::kEntmax, p, v, row.log_weights ? log_g : nullptr, row.n,
                          row.alpha, row.temperature},
                         product, nullptr);
  double mean = 0;
  for (std::int64_t i = 0; i < row.n; ++i) {
    if (p[i] != 0) mean += p[i] * v[i];
  }
  for (std::int64_t i = 0; i < row.n; ++i) {
    product[i] *= of_j;
    if (p[i] != 0 && of_pp != 0) product[i] += of_pp * mean * p[i];
  }
}

template double fenchel_young(const MappedRow<double>&, const RowTarget&);
template double fenchel_young(const MappedRow<float>&, const RowTarget&);
template ParameterGradients parameter_gradients(const MappedRow<double>&, const RowTarget&, Weights,
                                                double*);
template ParameterGradients parameter_gradients(const MappedRow<float>&, const RowTarget&, Weights,
                                                double*);
template void hessian_times(const MappedRow<double>&, double, double, const double*, double*,
                            double*);
template void hessian_times(const MappedRow<float>&, double, double, const double*, double*,
                            double*);

}  // namespace gibbs::losses
