#pragma once
// Relaxations in vectors, and what they are by their definition.

#include <gibbs/sampling/goodness.hpp>
#include <gibbs/sampling/noise.hpp>
#include <gibbs/sampling/relaxed.hpp>
#include <vector>

#include "support/random.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {

// A p-value that neither refutes a law nor is too good: chance leaves this once in 5000 times.
inline bool plausible(const GoodnessOfFit& fit) {
  return fit.p_value > 1e-4 && fit.p_value < 1 - 1e-4;
}

// One of many rows of the same scores, each with its own noise.
template <Score T>
Rows<const T> repeated(const std::vector<T>& scores, std::int64_t rows) {
  return {scores.data(), rows, static_cast<std::int64_t>(scores.size()), 0, 1};
}

template <Score T>
std::vector<T> relaxed(Rows<const T> scores, const RelaxedOptions<T>& options) {
  std::vector<T> y(static_cast<std::size_t>(scores.rows * scores.cols));
  gumbel_softmax(scores, Rows<T>(y.data(), scores.rows, scores.cols), options);
  return y;
}
template <Score T>
std::vector<T> log_relaxed(Rows<const T> scores, const RelaxedOptions<T>& options) {
  std::vector<T> y(static_cast<std::size_t>(scores.rows * scores.cols));
  log_gumbel_softmax(scores, Rows<T>(y.data(), scores.rows, scores.cols), options);
  return y;
}
template <Score T>
std::vector<T> relaxed_entmax(Rows<const T> scores, const RelaxedEntmaxOptions<T>& options) {
  std::vector<T> y(static_cast<std::size_t>(scores.rows * scores.cols));
  gumbel_entmax(scores, Rows<T>(y.data(), scores.rows, scores.cols), options);
  return y;
}

// z of one row by its definition, with the noise of the key, row and draw; x and log g of `law`.
inline Problem perturbed(const Problem& law, const NoiseKey& key, std::uint64_t row,
                         std::uint64_t draw, long double tau) {
  Problem z = law;
  const RowNoise noise(key, row);
  for (std::size_t i = 0; i < law.scores.size(); ++i) {
    const long double log_g = law.log_degeneracy.empty() ? 0 : law.log_degeneracy[i];
    z.scores[i] = law.scores[i] / law.temperature + log_g + gumbel_noise(noise.bits(i, draw));
  }
  z.log_degeneracy.clear();
  z.temperature = tau;
  return z;
}

}  // namespace gibbs::testing
