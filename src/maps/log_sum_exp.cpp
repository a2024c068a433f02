#include "gibbs/log_sum_exp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "base/check.hpp"
#include "gibbs/entmax.hpp"
#include "maps/engine.hpp"
#include "maps/threads.hpp"

namespace gibbs::detail {
namespace {

// Where one term is nearly the whole sum and its logarithm nearly 0, the answer is the small rest:
// log(1 + rest). Summed with the 1 it would keep 2^-53 of it, or in float 2^-24.
constexpr double kNearZero = 0x1p-10;

template <Score T>
class NearZero {
 public:
  NearZero(const Rows<const T>& scores, const MapOptions<T>& options)
      : scores_(scores), options_(options) {}

  // log Z of a row, of which `coarse` is right to within the rounding of 1.
  double refined(std::int64_t row, double coarse) const {
    if (!may_have_term_of_one(row)) return coarse;
    std::int64_t top = 0;
    for (std::int64_t j = 1; j < scores_.cols; ++j) {
      if (exponent(row, j) > exponent(row, top)) top = j;
    }
    const double highest = scores_.cols > 0 ? exponent(row, top) : kNothing;
    return std::abs(highest) < kNearZero ? highest + std::log1p(rest(row, top)) : coarse;
  }

 private:
  static constexpr double kNothing = -std::numeric_limits<double>::infinity();

  // A quick look at the scores: those of normalised log-probabilities, whose log Z is near zero
  // too, are rarely near zero themselves.
  bool may_have_term_of_one(std::int64_t row) const {
    if (!options_.log_degeneracy.empty()) return true;
    using W = working_t<T>;
    const auto limit = static_cast<W>(2 * kNearZero * options_.temperature[row]);
    const T* first = scores_.data + row * scores_.row_stride;
    const auto count_with = [&](std::int64_t step) {  // a step of 1 is known where it is inlined
      int count = 0;
      for (std::int64_t j = 0; j < scores_.cols; ++j) {
        count += std::abs(static_cast<W>(first[j * step])) <= limit ? 1 : 0;
      }
      return count;
    };
    return (scores_.col_stride == 1 ? count_with(1) : count_with(scores_.col_stride)) > 0;
  }

  // x / T + log g.
  double exponent(std::int64_t row, std::int64_t j) const {
    const auto& mask = options_.mask;
    if (!mask.empty() && !mask(mask.rows == 1 ? 0 : row, j)) return kNothing;
    const auto& log_g = options_.log_degeneracy;
    const double x = static_cast<double>(static_cast<working_t<T>>(scores_(row, j)));
    const double weight =
        log_g.empty() ? 0 : static_cast<double>(log_g(log_g.rows == 1 ? 0 : row, j));
    return x / options_.temperature[row] + weight;
  }

  // The sum of all terms but that of the highest exponent, over that one.
  double rest(std::int64_t row, std::int64_t top) const {
    const double highest = exponent(row, top);
    long double sum = 0;
    for (std::int64_t j = 0; j < scores_.cols; ++j) {
      if (j != top) sum += std::exp(exponent(row, j) - highest);
    }
    return static_cast<double>(sum);
  }

  const Rows<const T>& scores_;
  const MapOptions<T>& options_;
};

// Rows whose log Z is near zero. Nearly always there are none, and the first loop, without a
// branch, is all that is run.
template <class W>
std::vector<std::int64_t> rows_near_zero(std::span<const W> log_partition) {
  constexpr std::size_t kStep = 256;
  std::vector<std::int64_t> near;
  for (std::size_t i = 0; i < log_partition.size(); i += kStep) {
    const auto some = log_partition.subspan(i, std::min(kStep, log_partition.size() - i));
    int count = 0;
    for (const W value : some) count += std::abs(value) < static_cast<W>(kNearZero) ? 1 : 0;
    for (std::size_t k = 0; count > 0 && k < some.size(); ++k) {
      if (std::abs(some[k]) < static_cast<W>(kNearZero)) {
        near.push_back(static_cast<std::int64_t>(i + k));
      }
    }
  }
  return near;
}

template <Score T>
void refine_near_zero(const Rows<const T>& scores, std::span<working_t<T>> log_partition,
                      const MapOptions<T>& options) {
  const auto near = rows_near_zero<working_t<T>>(log_partition);
  const NearZero<T> near_zero(scores, options);
  const auto refine = [&](std::int64_t row) {
    const double t = options.temperature[row];
    if (t == 0 || std::isinf(t)) return;
    auto& log_z = log_partition[static_cast<std::size_t>(row)];
    log_z = static_cast<working_t<T>>(near_zero.refined(row, static_cast<double>(log_z)));
  };
  constexpr std::size_t kRows = 64;  // of a task
  const auto tasks = static_cast<std::int64_t>((near.size() + kRows - 1) / kRows);
  const auto cost = static_cast<std::int64_t>(near.size()) * scores.cols;
  maps::for_each_task(tasks, cost, [&](std::int64_t task) {
    const std::size_t first = static_cast<std::size_t>(task) * kRows;
    for (std::size_t k = first; k < std::min(first + kRows, near.size()); ++k) refine(near[k]);
  });
}

}  // namespace

template <Score T>
void log_sum_exp(Rows<const T> scores, std::span<working_t<T>> log_partition,
                 const MapOptions<T>& options) {
  maps::Request<T> request{scores, {}, kernels::Output::kNothing, with_alpha<T>(1, options)};
  base::check_size("log_sum_exp", "scores", {scores.rows, scores.cols});
  base::check_length("log_sum_exp", "log_partition",
                     static_cast<std::int64_t>(log_partition.size()), scores.rows);
  request.options.log_partition = log_partition;
  maps::check("log_sum_exp", "", request);
  maps::run(request);
  refine_near_zero(scores, log_partition, options);
}

template <Score T>
double log_sum_exp_of_one_row(Rows<const T> scores, const MapOptions<T>& options) {
  base::check_one_row("log_sum_exp", "scores", scores.rows);
  working_t<T> log_partition = 0;
  log_sum_exp<T>(scores, std::span(&log_partition, 1), options);
  return static_cast<double>(log_partition);
}

template void log_sum_exp(Rows<const double>, std::span<double>, const MapOptions<double>&);
template void log_sum_exp(Rows<const float>, std::span<float>, const MapOptions<float>&);
template void log_sum_exp(Rows<const bfloat16>, std::span<float>, const MapOptions<bfloat16>&);
template void log_sum_exp(Rows<const float16>, std::span<float>, const MapOptions<float16>&);
template double log_sum_exp_of_one_row(Rows<const double>, const MapOptions<double>&);
template double log_sum_exp_of_one_row(Rows<const float>, const MapOptions<float>&);
template double log_sum_exp_of_one_row(Rows<const bfloat16>, const MapOptions<bfloat16>&);
template double log_sum_exp_of_one_row(Rows<const float16>, const MapOptions<float16>&);

}  // namespace gibbs::detail
