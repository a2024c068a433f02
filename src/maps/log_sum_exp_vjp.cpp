#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "gibbs/entmax.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "maps/column_sums.hpp"
#include "maps/lanes.hpp"
#include "maps/row_mapper.hpp"
#include "maps/threads.hpp"
#include "maps/vjp.hpp"
#include "maps/workspace.hpp"

namespace gibbs::detail {
namespace {

using maps::Buffer;

template <Score T>
class LogSumExpVjp {
 public:
  using W = working_t<T>;

  LogSumExpVjp(Rows<const T> scores, std::span<const W> upstream, Rows<T> grad,
               const VjpOptions<T>& options)
      : scores_(scores),
        upstream_(upstream),
        grad_(grad),
        options_(options),
        source_(scores, {}),
        mapper_(one_, options.temperature, options.log_degeneracy),
        sums_columns_(options.grad_log_degeneracy.rows == 1 && scores.rows != 1 &&
                      !options.grad_log_degeneracy.empty()),
        columns_(sums_columns_ ? scores.cols : 0),
        grad_temperature_(static_cast<std::size_t>(scores.rows)) {}

  void run() {
    const std::int64_t step = maps::rows_per_group(scores_.rows);
    maps::for_each_task((scores_.rows + step - 1) / step, scores_.rows * scores_.cols,
                        [&](std::int64_t task) {
                          group(task, task * step, std::min(scores_.rows, (task + 1) * step));
                        });
    deliver();
  }

 private:
  void group(std::int64_t index, std::int64_t first, std::int64_t last) {
    const std::int64_t cols = scores_.cols;
    const Buffer<W> in(cols), p(cols);
    double* sums = sums_columns_ ? columns_.group(index) : nullptr;
    for (std::int64_t row = first; row < last; ++row) {
      maps::RowsToMap<W> to_map;
      to_map.scores = source_.lanes(row, 1, 0, cols, in.data(), cols);
      to_map.out = {p.data(), cols};
      to_map.cols = cols;
      mapper_.map(to_map, row, 1, nullptr);
      chain(row, to_map.scores.data, p.data(), options_.temperature[row], sums);
    }
  }

  // grad_T before grad_x, which may be written over the scores.
  void chain(std::int64_t row, const W* x, const W* p, double temperature, double* sums) {
    const auto n = static_cast<std::size_t>(scores_.cols);
    const double v = static_cast<double>(upstream_[static_cast<std::size_t>(row)]);
    const bool limit = temperature == 0 || std::isinf(temperature);
    const double nan_of_v = std::isfinite(v) ? 0 : std::isnan(v) ? v : 0;
    if (!options_.grad_temperature.empty()) {
      grad_temperature_[static_cast<std::size_t>(row)] =
          (limit ? 0 : -v * mean_score(x, p, n) / temperature / temperature) + nan_of_v;
    }
    const auto weight = [&](std::size_t j) {
      return (p[j] == 0 ? 0 : v * static_cast<double>(p[j])) + nan_of_v;
    };
    if (!options_.grad_log_degeneracy.empty()) write_weights(row, n, weight, sums);
    const double inverse = limit ? 0 : 1 / temperature;
    for (std::size_t j = 0; j < n; ++j) {
      const double w = weight(j);
      grad_(row, static_cast<std::int64_t>(j)) =
          T(static_cast<W>(limit && !std::isnan(w) ? 0 : w * inverse));
    }
  }

  static double mean_score(const W* x, const W* p, std::size_t n) {
    long double mean = 0;
    for (std::size_t j = 0; j < n; ++j) {
      if (p[j] != 0) mean += static_cast<long double>(p[j]) * static_cast<long double>(x[j]);
    }
    return static_cast<double>(mean);
  }

  template <class Weight>
  void write_weights(std::int64_t row, std::size_t n, const Weight& weight, double* sums) const {
    for (std::size_t j = 0; j < n; ++j) {
      if (sums) {
        sums[j] += weight(j);
      } else {
        options_.grad_log_degeneracy(row, static_cast<std::int64_t>(j)) = static_cast<W>(weight(j));
      }
    }
  }

  void deliver() {
    const auto& out = options_.grad_temperature;
    if (out.size() == grad_temperature_.size()) {
      std::transform(grad_temperature_.begin(), grad_temperature_.end(), out.begin(),
                     [](double g) { return static_cast<W>(g); });
    } else if (!out.empty()) {
      double sum = 0;
      for (const double g : grad_temperature_) sum += g;
      out[0] = static_cast<W>(sum);
    }
    for (std::int64_t j = 0; sums_columns_ && j < scores_.cols; ++j) {
      options_.grad_log_degeneracy(0, j) = static_cast<W>(columns_.total(j));
    }
  }

  Rows<const T> scores_;
  std::span<const W> upstream_;
  Rows<T> grad_;
  const VjpOptions<T>& options_;
  maps::Source<T> source_;
  PerRow one_ = 1.0;  // alpha
  maps::RowMapper<W> mapper_;
  bool sums_columns_;
  maps::ColumnSums columns_;
  std::vector<double> grad_temperature_;
};

}  // namespace

template <Score T>
void log_sum_exp_vjp(Rows<const T> scores, std::span<const working_t<T>> upstream,
                     Rows<T> grad_scores, const VjpOptions<T>& options) {
  constexpr const char* kName = "log_sum_exp_vjp";
  base::check_size(kName, "scores", {scores.rows, scores.cols});
  base::check_length(kName, "upstream", static_cast<std::int64_t>(upstream.size()), scores.rows);
  maps::check(kName, "scores",
              maps::VjpRequest<T>{kernels::VjpOf::kEntmax, scores, scores, grad_scores,
                                  with_alpha<T>(1, options)});
  LogSumExpVjp<T>(scores, upstream, grad_scores, options).run();
}

template void log_sum_exp_vjp(Rows<const double>, std::span<const double>, Rows<double>,
                              const VjpOptions<double>&);
template void log_sum_exp_vjp(Rows<const float>, std::span<const float>, Rows<float>,
                              const VjpOptions<float>&);
template void log_sum_exp_vjp(Rows<const bfloat16>, std::span<const float>, Rows<bfloat16>,
                              const VjpOptions<bfloat16>&);
template void log_sum_exp_vjp(Rows<const float16>, std::span<const float>, Rows<float16>,
                              const VjpOptions<float16>&);

}  // namespace gibbs::detail
