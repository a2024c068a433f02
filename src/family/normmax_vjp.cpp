// normmax_vjp.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "family/norm_alpha.hpp"
#include "gibbs/family/normmax.hpp"
#include "maps/column_sums.hpp"
#include "maps/threads.hpp"

namespace gibbs::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kTaskElements = 65536;

struct NormmaxGradients {
  double temperature = 0, alpha = 0;
};

// Gradients of one row, in place of upstream. u_i = (p_i / |p|)^(alpha - 1).
NormmaxGradients gradients_of_row(std::span<const double> p, std::span<double> upstream,
                                  double alpha, double temperature) {
  const double b = alpha - 1;
  long double power = 0, curvatures = 0, mean = 0, of_curvature = 0, logs = 0, of_q = 0;
  for (std::size_t i = 0; i < p.size(); ++i) power += p[i] == 0 ? 0 : std::pow(p[i], alpha);
  const double norm = std::pow(static_cast<double>(power), 1 / alpha);
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] == 0) continue;
    const double curvature = std::pow(p[i], 2 - alpha);
    const double log_u = b * std::log(p[i] / norm);
    curvatures += curvature;
    mean += static_cast<long double>(p[i]) * upstream[i];
    of_curvature += static_cast<long double>(curvature) * upstream[i];
    logs += std::pow(p[i] / norm, alpha) * log_u;  // u^(alpha / b) = (p / |p|)^alpha
    of_q += p[i] / norm;
  }
  const double scale = std::pow(norm, b) / (b * temperature);
  const double shift = static_cast<double>(logs / of_q) / (alpha * b);
  NormmaxGradients gradients;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] == 0) {
      upstream[i] = 0;
      continue;
    }
    const double curvature = std::pow(p[i], 2 - alpha),
                 centred = upstream[i] - static_cast<double>(mean);
    const double u = std::pow(p[i] / norm, b);
    gradients.alpha += p[i] * centred * (shift / (b * u) - std::log(u) / (b * b));
    upstream[i] = scale * static_cast<double>(curvature * centred -
                                              p[i] * (of_curvature - mean * curvatures));
    gradients.temperature -= upstream[i] * u;
  }
  return gradients;
}

template <Score T>
class NormmaxVjp {
 public:
  using W = working_t<T>;

  NormmaxVjp(const Rows<const T>& p, const Rows<const T>& upstream, const Rows<T>& grad,
             const NormmaxVjpOptions<T>& options)
      : p_(p), upstream_(upstream), grad_(grad), options_(options) {}

  void run() {
    per_row_.resize(static_cast<std::size_t>(p_.rows));
    const std::int64_t step =
        std::max<std::int64_t>(kTaskElements / std::max<std::int64_t>(p_.cols, 1), 1);
    maps::for_each_task((p_.rows + step - 1) / step, p_.rows * p_.cols, [&](std::int64_t task) {
      std::vector<double> p(static_cast<std::size_t>(p_.cols)), v(p.size());
      for (std::int64_t i = task * step; i < std::min(p_.rows, (task + 1) * step); ++i)
        row(i, p, v);
    });
    maps::deliver_rows(options_.grad_temperature, per_row_,
                       [](const NormmaxGradients& g) { return g.temperature; });
    maps::deliver_rows(options_.grad_alpha, per_row_,
                       [](const NormmaxGradients& g) { return g.alpha; });
  }

 private:
  void row(std::int64_t i, std::span<double> p, std::span<double> v) {
    const double alpha = options_.alpha[i], temperature = options_.temperature[i];
    bool nan = false;
    for (std::size_t j = 0; j < p.size(); ++j) {
      const auto col = static_cast<std::int64_t>(j);
      p[j] = static_cast<double>(static_cast<W>(p_(i, col)));
      v[j] = static_cast<double>(static_cast<W>(upstream_(i, col)));
      nan = nan || std::isnan(p[j]) || (p[j] > 0 && std::isnan(v[j]));
    }
    auto& sums = per_row_[static_cast<std::size_t>(i)];
    if (nan || temperature == 0 || temperature == kInfinity || alpha == kInfinity) {
      const double value = nan ? kNan : 0;
      std::fill(v.begin(), v.end(), value);
      sums = {value, value};
    } else {
      sums = gradients_of_row(p, v, alpha, temperature);
    }
    for (std::size_t j = 0; j < v.size(); ++j) {
      grad_(i, static_cast<std::int64_t>(j)) = T(static_cast<W>(v[j]));
    }
  }

  const Rows<const T>&p_, &upstream_;
  const Rows<T>& grad_;
  const NormmaxVjpOptions<T>& options_;
  std::vector<NormmaxGradients> per_row_;
};

}  // namespace

template <Score T>
void normmax_vjp(Rows<const T> probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                 const NormmaxVjpOptions<T>& o) {
  constexpr const char* kName = "normmax_vjp";
  const base::Shape shape{probabilities.rows, probabilities.cols};
  base::check_size(kName, "probabilities", shape);
  base::check_same_shape(kName, "upstream", {upstream.rows, upstream.cols}, "probabilities", shape);
  base::check_same_shape(kName, "grad_scores", {grad_scores.rows, grad_scores.cols},
                         "probabilities", shape);
  family::check_norm_alpha(kName, o.alpha, shape.rows);
  base::check_temperature(kName, o.temperature, shape.rows);
  const auto one_or_length = [&](const char* name, auto span) {
    if (!span.empty()) {
      base::check_one_or_length(kName, name, static_cast<std::int64_t>(span.size()), shape.rows);
    }
  };
  one_or_length("grad_temperature", o.grad_temperature);
  one_or_length("grad_alpha", o.grad_alpha);
  NormmaxVjp<T>(probabilities, upstream, grad_scores, o).run();
}

template void normmax_vjp(Rows<const double>, Rows<const double>, Rows<double>,
                          const NormmaxVjpOptions<double>&);
template void normmax_vjp(Rows<const float>, Rows<const float>, Rows<float>,
                          const NormmaxVjpOptions<float>&);
template void normmax_vjp(Rows<const bfloat16>, Rows<const bfloat16>, Rows<bfloat16>,
                          const NormmaxVjpOptions<bfloat16>&);
template void normmax_vjp(Rows<const float16>, Rows<const float16>, Rows<float16>,
                          const NormmaxVjpOptions<float16>&);

}  // namespace gibbs::detail
