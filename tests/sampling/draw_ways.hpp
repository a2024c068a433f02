#pragma once
// Both ways to draw, of scores in vectors.

#include <cstdint>
#include <gibbs/sampling/gumbel_max.hpp>
#include <gibbs/sampling/sample.hpp>
#include <vector>

namespace gibbs::testing {

using Tokens = std::vector<std::int64_t>;

// Both have the same arguments.
enum class Way { kInversion, kGumbelMax };
inline constexpr Way kWays[] = {Way::kInversion, Way::kGumbelMax};

template <Score T>
Tokens draw(Way way, const std::vector<T>& scores, std::int64_t draws,
            const DrawOptions<T>& options = {}, std::int64_t rows = 1) {
  const auto cols = static_cast<std::int64_t>(scores.size()) / rows;
  Tokens tokens(static_cast<std::size_t>(rows * draws));
  const Rows<const T> in(scores.data(), rows, cols);
  const Rows<std::int64_t> out(tokens.data(), rows, draws);
  way == Way::kInversion ? sample(in, out, options) : gumbel_max(in, out, options);
  return tokens;
}

}  // namespace gibbs::testing
