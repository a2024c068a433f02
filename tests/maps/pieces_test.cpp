// Rows that are read in pieces, each relative to a maximum found while another is summed.

#include <gtest/gtest.h>

#include <cstdint>
#include <gibbs/log_sum_exp.hpp>
#include <gibbs/softmax.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/bars.hpp"
#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

struct Row {
  std::string name;
  std::vector<float> scores;
};

template <class Change>
Row changed(const std::string& name, std::int64_t n, const Change& change) {
  Row row{name, normal_scores<float>(n, 2, 91)};
  for (std::int64_t i = 0; i < n; ++i) {
    float& x = row.scores[static_cast<std::size_t>(i)];
    x = static_cast<float>(change(static_cast<double>(x), i));
  }
  return row;
}

// What a maximum that belongs to another piece could spoil.
std::vector<Row> rows_of(std::int64_t n) {
  const auto slope = [n](std::int64_t i) {
    return static_cast<double>(i) / static_cast<double>(n);
  };
  return {
      changed("as they come", n, [](double x, std::int64_t) { return x; }),
      changed("rising", n, [&](double x, std::int64_t i) { return x + 60 * slope(i); }),
      changed("falling", n, [&](double x, std::int64_t i) { return x - 60 * slope(i); }),
      changed("rising beyond the range", n,
              [&](double x, std::int64_t i) { return x + 1000 * slope(i); }),
      changed("absent at first", n,
              [&](double x, std::int64_t i) { return slope(i) < 0.7 ? -kInf : x; }),
      changed("absent in the end", n,
              [&](double x, std::int64_t i) { return slope(i) < 0.6 ? x : -kInf; }),
      changed("absent but for the last", n,
              [&](double x, std::int64_t i) { return i == n - 1 ? x : -kInf; }),
      changed("absent", n, [](double, std::int64_t) { return -kInf; }),
      changed("infinite near the end", n,
              [&](double x, std::int64_t i) { return i == n - 300 ? kInf : x; }),
      changed("NaN among the absent", n,
              [&](double x, std::int64_t i) {
                return i == 5 ? kNotANumber : slope(i) < 0.7 ? -kInf : x;
              }),
      changed("NaN in the end", n,
              [&](double x, std::int64_t i) { return i == n - 1 ? kNotANumber : x; }),
  };
}

// Below a page, of one piece, of several, with a short last one, in parts.
constexpr std::int64_t kLengths[] = {300, 1100, 4097, 8193, 12293, 20001, 33000, 70001};

TEST(Pieces, AnswersAreExactWithinTheBar) {
  for (const std::int64_t n : kLengths) {
    for (const Row& row : rows_of(n)) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, row.name);
      Problem problem;
      problem.scores = widened(row.scores);
      const Solution exact = solve(problem);
      on_every_target([&] {
        const auto log_z = static_cast<float>(log_sum_exp(row.scores));
        ASSERT_LE(ulps_of_log(log_z, exact.log_partition), softmax_bar<float>()) << n;
        std::vector<float> p(row.scores.size());
        softmax(row.scores, p);
        ASSERT_TRUE(probabilities_are_close(p, problem, exact));
      });
    }
  }
}

// Each row's maximum is found beside another row here.
TEST(Pieces, ARowInABatchHasTheAnswerOfTheRowAlone) {
  for (const std::int64_t n : kLengths) {
    const auto rows = rows_of(n);
    std::vector<float> scores;
    for (const Row& row : rows) scores.insert(scores.end(), row.scores.begin(), row.scores.end());
    on_every_target([&] {
      const auto count = static_cast<std::int64_t>(rows.size());
      std::vector<float> p(scores.size()), log_z(rows.size()), alone, log_z_alone;
      const Rows<const float> batch(scores.data(), count, n);
      log_sum_exp(batch, log_z);
      softmax(batch, Rows<float>(p.data(), count, n));
      for (const Row& row : rows) {
        std::vector<float> own(row.scores.size());
        softmax(row.scores, own);
        alone.insert(alone.end(), own.begin(), own.end());
        log_z_alone.push_back(static_cast<float>(log_sum_exp(row.scores)));
      }
      ASSERT_TRUE(same_bits(p, alone)) << n;
      ASSERT_TRUE(same_bits(log_z, log_z_alone)) << n;
    });
  }
}

}  // namespace
}  // namespace gibbs::testing
