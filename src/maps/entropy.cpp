#include "gibbs/entropy.hpp"

#include <limits>

#include "base/check.hpp"
#include "maps/entropy_term.hpp"
#include "maps/threads.hpp"

namespace gibbs::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <Score T>
double entropy_of_row(const Rows<const T>& probabilities, std::int64_t row,
                      const EntropyOptions<T>& options) {
  const auto& log_g = options.log_degeneracy;
  const double alpha = options.alpha[row];
  long double sum = 0;
  for (std::int64_t j = 0; j < probabilities.cols; ++j) {
    const double p = static_cast<double>(static_cast<working_t<T>>(probabilities(row, j)));
    if (alpha == kInfinity) {
      sum += p >= 0 ? 0 : std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    const double weight =
        log_g.empty() ? 0 : static_cast<double>(log_g(log_g.rows == 1 ? 0 : row, j));
    sum += maps::entropy_term(p, weight, alpha);
  }
  return static_cast<double>(sum);
}

template <Score T>
void check(Rows<const T> probabilities, const EntropyOptions<T>& options) {
  const base::Shape shape{probabilities.rows, probabilities.cols};
  const auto& log_g = options.log_degeneracy;
  base::check_size("entropy", "probabilities", shape);
  base::check_alpha("entropy", options.alpha, probabilities.rows);
  if (!log_g.empty()) {
    base::check_row_or_same("entropy", "log_degeneracy", {log_g.rows, log_g.cols}, shape);
  }
}

}  // namespace

template <Score T>
void entropy(Rows<const T> probabilities, std::span<working_t<T>> out,
             const EntropyOptions<T>& options) {
  check(probabilities, options);
  base::check_length("entropy", "out", static_cast<std::int64_t>(out.size()), probabilities.rows);
  maps::for_each_task(probabilities.rows, probabilities.rows * probabilities.cols,
                      [&](std::int64_t row) {
                        out[static_cast<std::size_t>(row)] =
                            static_cast<working_t<T>>(entropy_of_row(probabilities, row, options));
                      });
}

template <Score T>
double entropy_of_one_row(Rows<const T> probabilities, const EntropyOptions<T>& options) {
  check(probabilities, options);
  base::check_one_row("entropy", "probabilities", probabilities.rows);
  return entropy_of_row(probabilities, 0, options);
}

template void entropy(Rows<const double>, std::span<double>, const EntropyOptions<double>&);
template void entropy(Rows<const float>, std::span<float>, const EntropyOptions<float>&);
template void entropy(Rows<const bfloat16>, std::span<float>, const EntropyOptions<bfloat16>&);
template void entropy(Rows<const float16>, std::span<float>, const EntropyOptions<float16>&);
template double entropy_of_one_row(Rows<const double>, const EntropyOptions<double>&);
template double entropy_of_one_row(Rows<const float>, const EntropyOptions<float>&);
template double entropy_of_one_row(Rows<const bfloat16>, const EntropyOptions<bfloat16>&);
template double entropy_of_one_row(Rows<const float16>, const EntropyOptions<float16>&);

}  // namespace gibbs::detail
