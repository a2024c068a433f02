#include "gibbs/sampling/alias.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "kernels/noise.hpp"
#include "maps/threads.hpp"
#include "sampling/draw_law.hpp"

namespace gibbs {
namespace {

double checked_total(std::span<const double> weights) {
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    base::check_entry_not_negative("AliasTable", "weights", static_cast<std::int64_t>(i),
                                   weights[i]);
    total += weights[i];
  }
  if (!(total > 0 && std::isfinite(total))) {
    base::refuse_value("AliasTable", "the sum of the weights must be positive and finite", total);
  }
  return total;
}

// A share of a column in units of 2^-64; a whole column owns all but what it gives away to itself.
std::uint64_t in_units(double share) {
  return share >= 1 ? std::numeric_limits<std::uint64_t>::max()
                    : static_cast<std::uint64_t>(share * 0x1p64);
}

}  // namespace

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
  const double to_columns = static_cast<double>(weights.size()) / checked_total(weights);
  std::vector<double> heights(weights.size());
  std::vector<std::size_t> low, high;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    heights[i] = weights[i] * to_columns;
    cells_[i] = {std::numeric_limits<std::uint64_t>::max(), static_cast<std::int64_t>(i)};
    (heights[i] < 1 ? low : high).push_back(i);
  }
  while (!low.empty() && !high.empty()) {
    const std::size_t small = low.back(), large = high.back();
    low.pop_back();
    cells_[small] = {in_units(heights[small]), static_cast<std::int64_t>(large)};
    heights[large] -= 1 - heights[small];
    if (heights[large] >= 1) continue;
    high.pop_back();
    low.push_back(large);
  }
  // What rounding has left below 1 with nothing to fill it from; but never a weight of 0.
  const auto heaviest = std::max_element(weights.begin(), weights.end()) - weights.begin();
  for (const std::size_t i : low) {
    if (weights[i] == 0) cells_[i] = {0, static_cast<std::int64_t>(heaviest)};
  }
}

void AliasTable::draw(std::span<std::int64_t> tokens, const NoiseKey& key, std::uint64_t row,
                      std::uint64_t first_draw) const {
  constexpr std::int64_t kWords = 4096;
  const auto count = static_cast<std::int64_t>(tokens.size());
  const RowNoise noise(key, row);
  maps::for_each_task((count + kWords - 1) / kWords, count, [&](std::int64_t task) {
    std::uint64_t words[kWords];
    const std::int64_t first = task * kWords, n = std::min(kWords, count - first);
    kernels::fill_bits(noise, kWholeRow, first_draw + static_cast<std::uint64_t>(first), n, words);
    for (std::int64_t i = 0; i < n; ++i) {
      tokens[static_cast<std::size_t>(first + i)] = draw(words[i]);
    }
  });
}

namespace detail {

template <Score T>
std::vector<double> row_weights(Rows<const T> scores, const DrawOptions<T>& options) {
  base::check_one_row("AliasTable", "scores", scores.rows);
  std::vector<double> weights(static_cast<std::size_t>(scores.cols));
  const sampling::DrawLaws<T> laws("AliasTable", scores, options);
  const auto status = laws.visit(0, [&](const auto& law) {
    kernels::portable_weights(law.x, law.n, static_cast<double>(law.max), law.temperature,
                              weights.data());
  });
  if (status == DrawStatus::kNaN) base::refuse("AliasTable", "scores must not hold a NaN");
  if (status == DrawStatus::kNoState) base::refuse("AliasTable", "scores hold no state to draw");
  return weights;
}

template std::vector<double> row_weights(Rows<const double>, const DrawOptions<double>&);
template std::vector<double> row_weights(Rows<const float>, const DrawOptions<float>&);
template std::vector<double> row_weights(Rows<const bfloat16>, const DrawOptions<bfloat16>&);
template std::vector<double> row_weights(Rows<const float16>, const DrawOptions<float16>&);

}  // namespace detail
}  // namespace gibbs
