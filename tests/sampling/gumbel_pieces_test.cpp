// Winners of pieces merge to the draw from the whole row, whatever its scores and temperature are.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTemperatures[] = {0, 1e-310, 1e-40, 1e-17, 1, 1e300, kInfinity};

struct Draw {
  std::int64_t token;
  double log_p;
};

template <Score T>
struct Row {
  std::vector<T> scores;
  std::vector<working_t<T>> log_g = {};

  DrawOptions<T> options(double temperature, std::uint64_t seed, std::size_t from,
                         std::size_t to) const {
    DrawOptions<T> options;
    options.seed = seed;
    options.temperature = temperature;
    options.first_category = from;
    if (!log_g.empty()) {
      options.log_degeneracy = {log_g.data() + from, 1, static_cast<std::int64_t>(to - from)};
    }
    return options;
  }
  Rows<const T> piece(std::size_t from, std::size_t to) const {
    return {scores.data() + from, 1, static_cast<std::int64_t>(to - from)};
  }
  Draw whole(double temperature, std::uint64_t seed) const {
    Draw drawn{};
    auto how = options(temperature, seed, 0, scores.size());
    how.log_probability = Rows<double>(&drawn.log_p, 1, 1);
    gumbel_max(piece(0, scores.size()), Rows<std::int64_t>(&drawn.token, 1, 1), how);
    return drawn;
  }
  GumbelWinner winner(double temperature, std::uint64_t seed, std::size_t from,
                      std::size_t to) const {
    GumbelWinner winner;
    gumbel_max_pieces(piece(from, to), std::span(&winner, 1), options(temperature, seed, from, to));
    return winner;
  }
};

// Every cut in two, either way round.
template <Score T>
void expect_pieces_merge(const Row<T>& row, std::uint64_t seeds = 60) {
  for (const double t : kTemperatures) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const Draw whole = row.whole(t, seed);
      for (std::size_t cut = 0; cut <= row.scores.size(); ++cut) {
        const auto left = row.winner(t, seed, 0, cut);
        const auto right = row.winner(t, seed, cut, row.scores.size());
        for (const auto& merged : {merge(left, right), merge(right, left)}) {
          ASSERT_EQ(merged.category, whole.token)
              << "T " << t << " seed " << seed << " cut " << cut;
          ASSERT_NEAR(merged.log_probability(), whole.log_p, 1e-6) << "T " << t << " cut " << cut;
        }
      }
    }
  }
}

template <Score T>
class GumbelPieces : public ::testing::Test {};
using Types = ::testing::Types<double, float>;
TYPED_TEST_SUITE(GumbelPieces, Types);

TYPED_TEST(GumbelPieces, MergeWhereSomeScoresAreInfinite) {
  constexpr auto kInf = std::numeric_limits<TypeParam>::infinity();
  expect_pieces_merge(Row<TypeParam>{{50, 60, kInf, 1}});
  expect_pieces_merge(Row<TypeParam>{{kInf, 1, kInf, kInf, 2}});
  expect_pieces_merge(Row<TypeParam>{{-kInf, 1, -kInf, kInf, 0, kInf}});
}

TYPED_TEST(GumbelPieces, MergeAtAnyTemperature) {
  expect_pieces_merge(Row<TypeParam>{{1, 2, 3, 4}});
  expect_pieces_merge(Row<TypeParam>{{0, 0, -1, 0}});
  expect_pieces_merge(Row<TypeParam>{{3, 3, 3, 2, 3}});
  expect_pieces_merge(Row<TypeParam>{{-5, -4, -4, -7}});
  expect_pieces_merge(Row<TypeParam>{{TypeParam(1e30), 1, TypeParam(1e30), 2}});
}

TYPED_TEST(GumbelPieces, MergeWithDegeneracies) {
  constexpr auto kInf = std::numeric_limits<TypeParam>::infinity();
  expect_pieces_merge(Row<TypeParam>{{3, 3, 1, 3}, {0, 1, 60, 2}});
  expect_pieces_merge(Row<TypeParam>{{kInf, 2, kInf, kInf}, {1, 9, 2, -kInf}});
  expect_pieces_merge(Row<TypeParam>{{0, 0, 0}, {3, 1, 2}});
}

TEST(GumbelPieces, MergeInAnyOrderOnEveryTarget) {
  auto scores = normal_scores<double>(1500, 2, 31);
  for (double& x : scores) x = std::round(x);
  scores[700] = scores[1300] = kInfinity;
  const Row<double> with{scores};
  scores[700] = scores[1300] = 0;
  const Row<double> without{scores};
  on_every_target([&] {
    for (const Row<double>* row : {&with, &without}) {
      for (const double t : kTemperatures) {
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
          const auto a = row->winner(t, seed, 0, 600), b = row->winner(t, seed, 600, 1000),
                     c = row->winner(t, seed, 1000, 1500);
          const std::int64_t token = row->whole(t, seed).token;
          for (const auto& merged : {merge(merge(a, b), c), merge(a, merge(b, c)),
                                     merge(c, merge(a, b)), merge(merge(c, a), b)}) {
            ASSERT_EQ(merged.category, token) << "T " << t << " seed " << seed;
          }
        }
      }
    }
  });
}

// How often of equal scores each wins.
void expect_shares(const std::vector<double>& scores, double temperature,
                   const std::vector<double>& p) {
  constexpr std::int64_t kDraws = 20000;
  std::vector<std::int64_t> tokens(kDraws), counts(scores.size());
  gumbel_max(scores, Rows<std::int64_t>(tokens.data(), 1, kDraws), {.temperature = temperature});
  for (const std::int64_t token : tokens) ++counts[static_cast<std::size_t>(token)];
  EXPECT_GT(chi_square_test(counts, p).p_value, 1e-4) << "T " << temperature;
}

// Beside a quotient of 1e16 and more, noise that is added to it is lost.
TEST(GumbelMax, EqualScoresShareHoweverHighTheyAre) {
  for (const double t : {0.0, 1e-310, 1e-200, 1e-20, 1e-16, 1e-13, 1e-9}) {
    expect_shares({2, 1, 2, 2}, t, {1 / 3.0, 0, 1 / 3.0, 1 / 3.0});
  }
  expect_shares({1e20, 1e20}, 1, {0.5, 0.5});
}

// Near 2^51 a sum with noise is rounded to halves.
TEST(GumbelMax, DifferencesOfHighScoresDecideAsTheyShould) {
  const double high = 0x1p51;
  const double e = std::exp(1.0);
  expect_shares({high, high + 1, high, high + 1}, 1,
                {0.5 / (1 + e), 0.5 * e / (1 + e), 0.5 / (1 + e), 0.5 * e / (1 + e)});
}

TEST(GumbelMax, ATemperatureSoSmallThatQuotientsOverflowIsTheLimit) {
  std::vector<std::int64_t> token(1);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const DrawOptions<double> options{.seed = seed, .temperature = 1e-100};
    gumbel_max(std::vector<double>{1e300, 3e300, 2e300}, Rows<std::int64_t>(token), options);
    EXPECT_EQ(token[0], 1);
    gumbel_max(std::vector<double>{-2e300, -3e300, -1e300}, Rows<std::int64_t>(token), options);
    EXPECT_EQ(token[0], 2);
  }
}

}  // namespace
}  // namespace gibbs::testing
