#include "gibbs/sampling/score_function.hpp"

#include <algorithm>
#include <numeric>

#include "sampling/estimator_run.hpp"

namespace gibbs {

GradientEstimate score_function_gradient(std::span<const double> scores, const CategoryFunction& f,
                                         std::int64_t samples, const EstimatorOptions& options) {
  constexpr const char* kFunction = "score_function_gradient";
  sampling::check_samples(kFunction, samples);
  sampling::EstimatorRow row(kFunction, scores, options);
  sampling::MeanOfGradients mean(row.size());
  sampling::Vector values(static_cast<std::size_t>(samples)), gradient(row.size());
  std::vector<std::size_t> drawn(values.size());
  // f less the mean of the others is samples / (samples - 1) times f less the mean of all.
  const auto count = static_cast<double>(samples);
  const double weight = samples == 1 ? 1 : 1 / (count - 1);
  for (std::int64_t e = 0; e < options.estimates; ++e) {
    for (std::size_t s = 0; s < values.size(); ++s) {
      const std::int64_t k = row.draw();
      drawn[s] = static_cast<std::size_t>(k);
      values[s] = f(k);
      mean.add_value(values[s]);
    }
    const double baseline =
        samples == 1 ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / count;
    double total = 0;
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (std::size_t s = 0; s < values.size(); ++s) {
      const double above = weight * (values[s] - baseline);
      gradient[drawn[s]] += above;
      total += above;
    }
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      gradient[i] -= total * row.probabilities()[i];
    }
    mean.add(gradient);
  }
  return mean.result(samples * options.estimates, row.draws());
}

}  // namespace gibbs
