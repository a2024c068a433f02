// Very many draws from one law, by a table: as many as the row has categories.

#include "gibbs/sampling/alias.hpp"

#include <memory>
#include <vector>

#include "gibbs/sampling/goodness.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

struct Drawn {
  explicit Drawn(const Arena& arena)
      : table(AliasTable::of_scores(arena.in_rows())),
        tokens(static_cast<std::size_t>(arena.shape.cols)) {}

  AliasTable table;
  std::vector<std::int64_t> tokens;
};

// 1 where the tokens do not follow p, by 16 parts of the row.
double misfit(const Arena& arena, const std::vector<std::int64_t>& tokens) {
  constexpr std::int64_t kParts = 16;
  const auto part = [&](std::int64_t column) {
    return static_cast<std::size_t>(column * kParts / arena.shape.cols);
  };
  std::vector<std::int64_t> counts(kParts);
  std::vector<double> p(kParts);
  for (const std::int64_t token : tokens) ++counts[part(token)];
  for (std::int64_t j = 0; j < arena.shape.cols; ++j) p[part(j)] += double{arena.probabilities[j]};
  return chi_square_test(counts, p).p_value < 1e-9 ? 1 : 0;
}

}  // namespace

Contestant alias_gibbs(const Arena& arena) {
  const auto drawn = std::make_shared<Drawn>(arena);
  const auto count = std::make_shared<std::uint64_t>(0);
  return {"alias/gibbs",
          [=] {
            drawn->table.draw(drawn->tokens, {}, 0, *count);
            *count += drawn->tokens.size();
          },
          [=] { return misfit(arena, drawn->tokens); }, 0};
}

}  // namespace gibbs::bench
