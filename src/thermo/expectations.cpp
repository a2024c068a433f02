#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/mixture.hpp"
#include "thermo/answer.hpp"
#include "thermo/block_room.hpp"
#include "thermo/compensated.hpp"

namespace gibbs::thermo::detail {
namespace {

using Sums = std::vector<CompensatedSum>;

// sum w A over sum w, which is 1 up to rounding, of each observable.
std::vector<double> means(const Mixture& m, const StateRows& one, Rows<const double> observables) {
  const auto count = static_cast<std::size_t>(observables.rows);
  std::vector<Sums> parts(static_cast<std::size_t>(task_count(m)), Sums(count + 1));
  const StateWeights weights(one);
  for_each_block(m, [&](std::int64_t task, const BlockView& block) {
    alignas(64) double w[kernels::kMixtureStride];
    weights.write(block, w);
    Sums& sums = parts[static_cast<std::size_t>(task)];
    for (std::int64_t n = 0; n < block.count; ++n) {
      if (block.roots) w[n] *= block.roots[n];
      sums[count].add(w[n]);
    }
    for (std::size_t a = 0; a < count; ++a) {
      for (std::int64_t n = 0; n < block.count; ++n) {
        sums[a].add(w[n] * observables(static_cast<std::int64_t>(a), block.first + n));
      }
    }
  });
  std::vector<double> values;
  for (std::size_t a = 0; a <= count; ++a) {
    CompensatedSum whole;
    for (const Sums& part : parts) whole.add(part[a]);
    values.push_back(whole.value());
  }
  for (double& value : values) value /= values.back();
  values.pop_back();
  return values;
}

}  // namespace

std::vector<Estimate> expectations(const Answer& answer, const StateRows& one,
                                   Rows<const double> observables) {
  const Mixture& m = answer.mixture;
  const std::vector<double> mean = means(m, one, observables);
  const StateWeights weights(one);
  // After the weights, those times what each observable differs from its mean.
  const auto write = [&](const BlockView& block, double* to) {
    weights.write(block, to);
    for (std::int64_t a = 0; a < observables.rows; ++a) {
      double* const row = to + (a + 1) * kernels::kMixtureStride;
      std::fill_n(row, kernels::kMixtureStride, 0.0);
      for (std::int64_t n = 0; n < block.count; ++n) {
        row[n] = to[n] * (observables(a, block.first + n) - mean[static_cast<std::size_t>(a)]);
      }
    }
  };
  const Covariance covariance(answer, products(m, observables.rows + 1, write));
  std::vector<Estimate> estimates;
  for (std::int64_t a = 0; a < observables.rows; ++a) {
    const double variance = covariance.of_sum(m.states() + 1 + a, m.states());
    estimates.push_back({mean[static_cast<std::size_t>(a)], std::sqrt(variance)});
  }
  return estimates;
}

Eigen::MatrixXd products_with(const Mixture& m, const StateRows& states) {
  const StateWeights weights(states);
  return products(m, states.size(),
                  [&](const BlockView& block, double* to) { weights.write(block, to); });
}

void write_weights(const Answer& answer, std::int64_t first, Rows<double> weights) {
  const Mixture& m = answer.mixture;
  const StateWeights rows(answer.all);
  BlockRoom room(m, answer.all.size());
  const std::int64_t end = first + weights.cols;
  for (std::int64_t at = first / kernels::kMixtureBlock * kernels::kMixtureBlock; at < end;
       at += kernels::kMixtureBlock) {
    room.run(at);
    rows.write(room.view(), room.extra_rows());
    const std::int64_t from = std::max(at, first), to = std::min(at + room.view().count, end);
    for (std::int64_t k = 0; k < weights.rows; ++k) {
      const double* const w = room.extra_rows() + k * kernels::kMixtureStride;
      for (std::int64_t n = from; n < to; ++n) weights(k, n - first) = w[n - at];
    }
  }
}

}  // namespace gibbs::thermo::detail
