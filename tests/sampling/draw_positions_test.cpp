// Draws depend on their position and on every parameter, and on nothing else.

#include <gtest/gtest.h>

#include <algorithm>
#include <gibbs/gibbs.hpp>
#include <utility>
#include <vector>

#include "sampling/draw_ways.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

TEST(Draws, ATokenDependsOnItsPositionAndOnNoThread) {
  constexpr std::int64_t kRows = 64, kCols = 700, kDraws = 20;
  const auto scores = normal_scores<float>(kRows * kCols, 3, 10);
  for (const Way way : kWays) {
    const auto together = draw(way, scores, kDraws, DrawOptions<float>{.seed = 1}, kRows);
    on_every_target([&] {
      set_num_threads(2);
      EXPECT_EQ(draw(way, scores, kDraws, DrawOptions<float>{.seed = 1}, kRows), together);
      set_num_threads(0);
    });
    for (const std::int64_t i : {0, 17, 63}) {
      const auto at = scores.begin() + i * kCols;
      const std::vector<float> row(at, at + kCols);
      for (std::int64_t j = 0; j < kDraws; ++j) {
        const auto alone = draw(way, row, 1,
                                DrawOptions<float>{.seed = 1,
                                                   .first_row = static_cast<std::uint64_t>(i),
                                                   .first_draw = static_cast<std::uint64_t>(j)});
        ASSERT_EQ(alone[0], together[static_cast<std::size_t>(i * kDraws + j)]) << i << " " << j;
      }
    }
  }
}

// The fast sums of a single draw decide as the sums of all weights in double do, and these,
// searched by halves, as with a guide.
TEST(Draws, OneDrawIsTheSameAmongManyOnEveryTarget) {
  for (const auto& [cols, sigma] : {std::pair(131072, 0.0), std::pair(131072, 1.0),
                                    std::pair(131072, 20.0), std::pair(1000, 2.0)}) {
    const auto scores = normal_scores<float>(cols, sigma, 11);
    constexpr std::int64_t kDraws = 300;
    const auto many = draw(Way::kInversion, scores, kDraws);
    on_every_target([&] {
      for (std::int64_t j = 0; j < kDraws; ++j) {
        const DrawOptions<float> options{.first_draw = static_cast<std::uint64_t>(j)};
        ASSERT_EQ(draw(Way::kInversion, scores, 1, options)[0], many[static_cast<std::size_t>(j)]);
      }
    });
  }
}

TEST(Draws, EachParameterChangesThem) {
  const auto scores = normal_scores<double>(100, 1, 12), log_g = normal_scores<double>(100, 3, 13);
  std::vector<char> mask(100, 1);
  std::fill_n(mask.begin(), 70, 0);
  const Rows<const bool> allowed(reinterpret_cast<const bool*>(mask.data()), 1, 100);
  const std::uint64_t id[] = {77};
  for (const Way way : kWays) {
    const auto here = draw(way, scores, 50);
    const auto with = [&](const DrawOptions<double>& o) { return draw(way, scores, 50, o); };
    EXPECT_NE(with({.seed = 1}), here);
    EXPECT_NE(with({.stream = 1}), here);
    EXPECT_NE(with({.first_row = 1}), here);
    EXPECT_NE(with({.row_ids = id}), here);
    EXPECT_NE(with({.first_draw = 1}), here);
    EXPECT_NE(with({.alpha = 2.0}), here);
    EXPECT_NE(with({.temperature = 0.1}), here);
    EXPECT_NE(with({.log_degeneracy = Rows<const double>(log_g)}), here);
    EXPECT_NE(with({.mask = allowed}), here);
  }
  EXPECT_NE(draw(Way::kGumbelMax, scores, 50, {.first_category = 1}),
            draw(Way::kGumbelMax, scores, 50));
}

TEST(Draws, HalvesStridesAndMasksOfRowsAreRead) {
  const auto scores = normal_scores<float16>(6 * 40, 1, 15);
  Tokens rows(6 * 3), columns(6 * 3);
  std::vector<float16> turned(scores.size());
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 40; ++j) turned[j * 6 + i] = scores[i * 40 + j];
  }
  sample(Rows<const float16>(scores.data(), 6, 40), Rows<std::int64_t>(rows.data(), 6, 3));
  sample(Rows<const float16>(turned.data(), 6, 40, 1, 6),
         Rows<std::int64_t>(columns.data(), 6, 3, 1, 6));
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(rows[i * 3 + j], columns[j * 6 + i]);
  }
}

}  // namespace
}  // namespace gibbs::testing
