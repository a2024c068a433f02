#include "gibbs/signed_log_sum_exp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "maps/threads.hpp"

namespace gibbs::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct SignedLog {
  double log_magnitude, sign;
};

// log |exp(positive) - exp(negative)| and its sign.
SignedLog difference(double positive, double negative) {
  if (std::isnan(positive) || std::isnan(negative)) return {kNaN, kNaN};
  if (positive == negative) {
    return positive == kInfinity ? SignedLog{kNaN, kNaN} : SignedLog{-kInfinity, 0};
  }
  const double high = std::max(positive, negative), low = std::min(positive, negative);
  return {high + std::log1p(-std::exp(low - high)), positive > negative ? 1.0 : -1.0};
}

// The terms of one row, in double: scores, and the logarithms of the weights of one sign.
class Terms {
 public:
  explicit Terms(std::int64_t cols)
      : scores_(static_cast<std::size_t>(cols)), log_weights_(scores_.size()) {}

  template <Score T>
  SignedLog sum(const Rows<const T>& scores, std::int64_t row,
                const Rows<const working_t<T>>& weights) {
    for (std::size_t j = 0; j < scores_.size(); ++j) {
      scores_[j] =
          static_cast<double>(static_cast<working_t<T>>(scores(row, static_cast<std::int64_t>(j))));
    }
    if (weights.empty()) return difference(gibbs::log_sum_exp(scores_), -kInfinity);
    const std::int64_t at = weights.rows == 1 ? 0 : row;
    move_infinite_weights(weights, at);
    return difference(sum_of_side(weights, at, 1), sum_of_side(weights, at, -1));
  }

 private:
  // An infinite weight is an infinite score of weight 1, but for exp(-inf): inf * 0 is NaN.
  template <class W>
  void move_infinite_weights(const Rows<const W>& weights, std::int64_t row) {
    for (std::size_t j = 0; j < scores_.size(); ++j) {
      if (std::isinf(weights(row, static_cast<std::int64_t>(j)))) scores_[j] += kInfinity;
    }
  }

  // log of the sum over the weights of one sign; a NaN is among those of sign 1.
  template <class W>
  double sum_of_side(const Rows<const W>& weights, std::int64_t row, double sign) {
    bool any = false;
    for (std::size_t j = 0; j < scores_.size(); ++j) {
      const double weight = sign * static_cast<double>(weights(row, static_cast<std::int64_t>(j)));
      const bool counts = weight > 0 || (std::isnan(weight) && sign > 0);
      log_weights_[j] = !counts ? -kInfinity : std::isinf(weight) ? 0 : std::log(weight);
      any |= counts;
    }
    return any ? gibbs::log_sum_exp(scores_, {.log_degeneracy = log_weights_}) : -kInfinity;
  }

  std::vector<double> scores_, log_weights_;
};

}  // namespace

template <Score T>
void signed_log_sum_exp(Rows<const T> scores, Rows<const working_t<T>> weights,
                        std::span<working_t<T>> log_magnitude, std::span<working_t<T>> sign) {
  const char* const function = "signed_log_sum_exp";
  const base::Shape shape{scores.rows, scores.cols};
  base::check_size(function, "scores", shape);
  if (!weights.empty()) {
    base::check_row_or_same(function, "weights", {weights.rows, weights.cols}, shape);
  }
  const auto check_length = [&](const char* name, std::span<working_t<T>> out) {
    base::check_length(function, name, static_cast<std::int64_t>(out.size()), scores.rows);
  };
  check_length("log_magnitude", log_magnitude);
  if (!sign.empty()) check_length("sign", sign);
  maps::for_each_task(scores.rows, scores.rows * scores.cols, [&](std::int64_t row) {
    const SignedLog sum = Terms(scores.cols).sum<T>(scores, row, weights);
    const auto i = static_cast<std::size_t>(row);
    const bool undefined = sign.empty() && sum.sign < 0;
    log_magnitude[i] = static_cast<working_t<T>>(undefined ? kNaN : sum.log_magnitude);
    if (!sign.empty()) sign[i] = static_cast<working_t<T>>(sum.sign);
  });
}

template void signed_log_sum_exp(Rows<const double>, Rows<const double>, std::span<double>,
                                 std::span<double>);
template void signed_log_sum_exp(Rows<const float>, Rows<const float>, std::span<float>,
                                 std::span<float>);
template void signed_log_sum_exp(Rows<const bfloat16>, Rows<const float>, std::span<float>,
                                 std::span<float>);
template void signed_log_sum_exp(Rows<const float16>, Rows<const float>, std::span<float>,
                                 std::span<float>);

}  // namespace gibbs::detail
