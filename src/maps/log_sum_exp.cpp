#include "gibbs/log_sum_exp.hpp"

#include <span>

#include "base/check.hpp"
#include "gibbs/entmax.hpp"
#include "maps/engine.hpp"

namespace gibbs::detail {

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
