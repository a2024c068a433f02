// float rows that lie across memory: read in panels, with a reference in place of the maximum.

#include <gtest/gtest.h>

#include <bit>
#include <gibbs/gibbs.hpp>
#include <limits>

#include "support/bars.hpp"
#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// A batch of floats with its columns first, and what became of it.
struct Columns {
  std::int64_t rows, cols;
  std::vector<float> scores;
  std::vector<float> p = std::vector<float>(scores.size());

  Rows<const float> input() const { return {scores.data(), rows, cols, 1, rows}; }
  Rows<float> output() { return {p.data(), rows, cols, 1, rows}; }
  float& at(std::int64_t row, std::int64_t col) {
    return scores[static_cast<std::size_t>(col * rows + row)];
  }
  std::vector<float> row(const std::vector<float>& all, std::int64_t i) const {
    std::vector<float> values;
    for (std::int64_t j = 0; j < cols; ++j) {
      values.push_back(all[static_cast<std::size_t>(j * rows + i)]);
    }
    return values;
  }
};

Columns normal_columns(std::int64_t rows, std::int64_t cols, double sigma, std::uint64_t seed) {
  return {rows, cols, normal_scores<float>(rows * cols, sigma, seed)};
}

// Every row against the same in double, which is known to be right.
void expect_close_to_double(Columns& batch, double temperature) {
  std::vector<float> log_z(static_cast<std::size_t>(batch.rows)), entropy(log_z.size());
  std::vector<std::int64_t> support(log_z.size());
  softmax(
      batch.input(), batch.output(),
      {.temperature = temperature, .log_partition = log_z, .entropy = entropy, .support = support});
  std::vector<float> log_p(batch.p.size()), log_sum(log_z.size());
  log_sum_exp(batch.input(), log_sum, {.temperature = temperature});
  log_softmax(batch.input(), Rows<float>(log_p.data(), batch.rows, batch.cols, 1, batch.rows),
              {.temperature = temperature});
  for (std::int64_t i = 0; i < batch.rows; ++i) {
    const auto scores = batch.row(batch.scores, i);
    const std::vector<double> wide(scores.begin(), scores.end());
    const auto exact =
        map_rows<double>(Rows<const double>(wide), {.alpha = 1, .temperature = temperature});
    const auto p = batch.row(batch.p, i), logs = batch.row(log_p, i);
    std::vector<double> exact_log(wide.size());
    log_softmax(wide, exact_log, {.temperature = temperature});
    for (std::size_t j = 0; j < p.size(); ++j) {
      ASSERT_LE(ulps(p[j], static_cast<long double>(exact.probabilities[j])), softmax_bar<float>())
          << "row " << i << " column " << j << " of " << batch.rows << " x " << batch.cols << " T "
          << temperature;
      ASSERT_LE(ulps_of_log(logs[j], static_cast<long double>(exact_log[j])), softmax_bar<float>());
    }
    const auto k = static_cast<std::size_t>(i);
    for (const float log : {log_z[k], log_sum[k]}) {
      ASSERT_LE(ulps_of_log(log, static_cast<long double>(exact.log_partition[0])),
                softmax_bar<float>());
    }
    ASSERT_NEAR(entropy[k], exact.entropy[0], 1e-6 * std::max(1.0, exact.entropy[0]));
    ASSERT_EQ(support[k], std::count_if(p.begin(), p.end(), [](float v) { return v > 0; }));
  }
}

TEST(ColumnsFirst, SoftmaxIsExactWithinTheBar) {
  on_every_target([] {
    for (const auto& [rows, cols] : {std::pair{8, 49},
                                     {16, 64},
                                     {17, 67},
                                     {70, 100},
                                     {33, 257},
                                     {9, 300},
                                     {8, 1000},
                                     {600, 50},
                                     // Several columns to a vector.
                                     {2, 72},
                                     {4, 68},
                                     {8, 130},
                                     {4, 8192},
                                     {2, 8704},
                                     {4, 8960}}) {
      for (const double temperature : {1e-3, 0.5, 1.0, 7.0, 1e3}) {
        auto batch = normal_columns(rows, cols, 2, 301);
        expect_close_to_double(batch, temperature);
      }
    }
  });
}

TEST(ColumnsFirst, ScoresFarApartAndFarFromZeroAreExactToo) {
  on_every_target([] {
    for (const double shift : {-3e4, 0.0, 1e7}) {
      auto batch = normal_columns(20, 130, 40, 302);
      for (float& x : batch.scores) x += static_cast<float>(shift);
      expect_close_to_double(batch, 1);
    }
  });
}

TEST(ColumnsFirst, AReferenceThatRisesWithEveryColumnCostsNoAccuracy) {
  on_every_target([] {
    for (const double step : {0.5, 3.0, 12.0, 100.0}) {
      for (const int direction : {1, -1}) {
        Columns batch{24, 150, std::vector<float>(24 * 150)};
        for (std::int64_t i = 0; i < batch.rows; ++i) {
          for (std::int64_t j = 0; j < batch.cols; ++j) {
            const auto place = static_cast<double>(j * direction);
            batch.at(i, j) = static_cast<float>(step * place + 0.01 * static_cast<double>(i));
          }
        }
        expect_close_to_double(batch, 1);
        expect_close_to_double(batch, 0.1);
      }
    }
  });
}

// Phases of a row that lie far apart, and rows whose reference is in one phase only.
TEST(ColumnsFirst, PhasesOfARowMayLieFarApart) {
  on_every_target([] {
    for (const std::int64_t rows : {2, 4, 8}) {
      for (const float apart : {5.0f, 25.0f, 60.0f, 300.0f}) {
        auto batch = normal_columns(rows, 160, 2, 310);
        for (std::int64_t i = 0; i < rows; ++i) {
          for (std::int64_t j = i % 2; j < batch.cols; j += 2) batch.at(i, j) -= apart;
        }
        expect_close_to_double(batch, 1);
        expect_close_to_double(batch, 0.5);
      }
    }
  });
}

// Row i of a batch in a limit, by i mod 8; the others are regular.
void set_limits(Columns& batch) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (std::int64_t i = 0; i < batch.rows; ++i) {
    const std::int64_t place = (7 * i) % batch.cols, other = (place + 5) % batch.cols;
    if (i % 8 == 1) batch.at(i, place) = std::numeric_limits<float>::quiet_NaN();
    if (i % 8 == 2) batch.at(i, place) = batch.at(i, other) = kInf;
    if (i % 8 == 3) {
      for (std::int64_t j = 0; j < batch.cols; ++j) batch.at(i, j) = -kInf;
    }
    if (i % 8 == 4) {
      for (std::int64_t j = 0; j + 3 < batch.cols; ++j) batch.at(i, j) = -kInf;
    }
    if (i % 8 == 5) batch.at(i, place) = std::numeric_limits<float>::lowest();
    if (i % 8 == 6) {
      batch.at(i, place) = std::numeric_limits<float>::quiet_NaN();
      batch.at(i, other) = kInf;
    }
  }
}

TEST(ColumnsFirst, RowsInALimitAreWhatTheyAreAlone) {
  on_every_target([] {
    for (const auto& [rows, cols] :
         {std::pair{40, 49}, {19, 131}, {64, 300}, {8, 300}, {8, 9000}}) {
      auto batch = normal_columns(rows, cols, 2, 303);
      set_limits(batch);
      std::vector<float> log_z(static_cast<std::size_t>(rows));
      const auto check = [&](const auto& map, bool logarithm) {
        map(batch.input(), batch.output(), MapOptions<float>{.log_partition = log_z});
        for (std::int64_t i = 0; i < batch.rows; ++i) {
          const auto scores = batch.row(batch.scores, i);
          std::vector<float> alone(scores.size()), alone_z(1);
          map(Rows<const float>(scores), Rows<float>(alone),
              MapOptions<float>{.log_partition = alone_z});
          const auto p = batch.row(batch.p, i);
          for (std::size_t j = 0; j < p.size(); ++j) {
            const double apart = logarithm ? ulps_of_log(p[j], static_cast<long double>(alone[j]))
                                           : ulps(p[j], static_cast<long double>(alone[j]));
            ASSERT_LE(apart, 2 * softmax_bar<float>()) << "row " << i << " column " << j;
          }
          ASSERT_LE(
              ulps_of_log(log_z[static_cast<std::size_t>(i)], static_cast<long double>(alone_z[0])),
              2)
              << "row " << i;
        }
      };
      check([](auto x, auto p, const auto& o) { softmax(x, p, o); }, false);
      check([](auto x, auto p, const auto& o) { log_softmax(x, p, o); }, true);
      std::vector<float> log_sum(log_z.size());
      log_sum_exp(batch.input(), log_sum);
      EXPECT_TRUE(same_bits(log_sum, log_z)) << rows << " x " << cols;
    }
  });
}

// A limit in one row changes no bit of the others.
TEST(ColumnsFirst, RowsThatShareAVectorDoNotMeet) {
  on_every_target([] {
    auto batch = normal_columns(8, 304, 20, 311);
    softmax(batch.input(), batch.output());
    const auto before = batch;
    set_limits(batch);
    softmax(batch.input(), batch.output());
    for (const std::int64_t i : {0, 7}) {
      ASSERT_TRUE(same_bits(batch.row(batch.p, i), before.row(before.p, i))) << i;
    }
  });
}

TEST(ColumnsFirst, TheOutputMayBeTheInputToTheBit) {
  on_every_target([] {
    for (const auto& [rows, cols] :
         {std::pair{40, 49}, {19, 131}, {64, 300}, {800, 131}, {1100, 301}, {4, 200}, {8, 132}}) {
      auto batch = normal_columns(rows, cols, 20, 304);
      set_limits(batch);
      softmax(batch.input(), batch.output());
      auto both = batch.scores;
      softmax(Rows<const float>(both.data(), rows, cols, 1, rows),
              Rows<float>(both.data(), rows, cols, 1, rows));
      EXPECT_TRUE(same_bits(both, batch.p));
    }
  });
}

TEST(ColumnsFirst, ARowDoesNotDependOnTheOtherRowsNorOnThreads) {
  on_every_target([] {
    for (const auto& [rows, cols] : {std::pair{5000, 50}, {2500, 130}, {60, 2000}}) {
      auto batch = normal_columns(rows, cols, 20, 305);
      std::vector<float> log_z(static_cast<std::size_t>(rows));
      set_num_threads(1);
      softmax(batch.input(), batch.output());
      log_sum_exp(batch.input(), log_z);
      const auto alone = batch.p, alone_z = log_z;
      set_num_threads(2);
      softmax(batch.input(), batch.output());
      log_sum_exp(batch.input(), log_z);
      set_num_threads(0);
      ASSERT_TRUE(same_bits(batch.p, alone)) << rows << " x " << cols;
      ASSERT_TRUE(same_bits(log_z, alone_z)) << rows << " x " << cols;
      const std::int64_t first = rows / 3, count = 11;
      std::vector<float> some(batch.p.size());
      softmax(Rows<const float>(batch.scores.data() + first, count, cols, 1, rows),
              Rows<float>(some.data() + first, count, cols, 1, rows));
      for (std::int64_t i = first; i < first + count; ++i) {
        ASSERT_TRUE(same_bits(batch.row(some, i), batch.row(batch.p, i))) << i;
      }
      std::vector<float> some_z(static_cast<std::size_t>(count));
      log_sum_exp(Rows<const float>(batch.scores.data() + first, count, cols, 1, rows), some_z);
      ASSERT_TRUE(std::equal(some_z.begin(), some_z.end(), log_z.begin() + first));
    }
  });
}

// A panel is written while the next computes, unless one of its rows is in a limit or raised its
// reference late; large batches are written around the caches, where their lines are aligned.
TEST(ColumnsFirst, APanelHoldsTheSameBitsWhicheverWayItIsWritten) {
  on_every_target([] {
    struct Shape {
      std::int64_t rows, cols, stride;
    };
    for (const Shape& shape : {Shape{256 * 3, 49, 256 * 3},
                               {256 * 3 + 7, 131, 256 * 3 + 12},
                               {512 * 3 + 9, 302, 512 * 3 + 16},
                               {256 * 3 + 7, 1100, 256 * 3 + 12},
                               {64 * 1100, 64, 64 * 1100},
                               {64 * 1100 + 5, 64, 64 * 1100 + 9},
                               {530, 8200, 531}}) {
      const std::int64_t rows = shape.rows, cols = shape.cols, stride = shape.stride;
      auto scores = normal_scores<float>(stride * cols, 3, 306);
      const auto at = [&](std::int64_t i, std::int64_t j) -> float& {
        return scores[static_cast<std::size_t>(j * stride + i)];
      };
      at(70, 3) = std::numeric_limits<float>::quiet_NaN();
      at(rows - 70, cols - 1) += 60;
      std::vector<float> all(scores.size()), some(scores.size());
      const auto map = [&](std::int64_t first, std::int64_t count, std::vector<float>& to) {
        softmax(Rows<const float>(scores.data() + first, count, cols, 1, stride),
                Rows<float>(to.data() + first, count, cols, 1, stride));
      };
      map(0, rows, all);
      for (const std::int64_t first : {std::int64_t{0}, std::int64_t{61}, rows / 2, rows - 75}) {
        map(first, 75, some);
        for (std::int64_t i = first; i < first + 75; ++i) {
          for (std::int64_t j = 0; j < cols; ++j) {
            const auto k = static_cast<std::size_t>(j * stride + i);
            ASSERT_EQ(std::bit_cast<std::uint32_t>(some[k]), std::bit_cast<std::uint32_t>(all[k]))
                << "row " << i << " column " << j << " of " << rows << " x " << cols;
          }
        }
      }
    }
  });
}

// Beside a high reference most scores are too small for the sum's own digits.
TEST(ColumnsFirst, ManySmallTermsKeepTheirSum) {
  on_every_target([] {
    for (const double sigma : {1.0, 3.5, 4.0}) {
      Columns columns = normal_columns(64, 8000, sigma, 309);
      softmax(columns.input(), columns.output());
      for (std::int64_t i = 0; i < columns.rows; ++i) {
        double sum = 0;
        for (const float p : columns.row(columns.p, i)) sum += static_cast<double>(p);
        ASSERT_NEAR(sum, 1, 1.2e-7) << "row " << i << ", sigma " << sigma;
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
