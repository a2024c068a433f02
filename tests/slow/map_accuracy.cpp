#include "map_accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <gibbs/gibbs.hpp>

#include "support/bars.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/vjp_reference.hpp"

namespace gibbs::testing {
namespace {

// Scores of one kind; enough rows for the number of elements to be at least `kElements`.
struct Shape {
  std::string name;
  std::int64_t cols;
  bool uniform;
  double size;  // standard deviation, or half width
};
constexpr std::int64_t kElements = 1 << 18;

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {
      {"N(0, 2), 10 columns", 10, false, 2}, {"N(0, 2), 100", 100, false, 2},
      {"N(0, 2), 1000", 1000, false, 2},     {"N(0, 2), 32768", 32768, false, 2},
      {"N(0, 2), 131072", 131072, false, 2}, {"N(0, 2), 4Mi", std::int64_t{1} << 22, false, 2},
      {"U(-40, 40), 1000", 1000, true, 40},  {"U(-40, 40), 131072", 131072, true, 40},
  };
  return all;
}

template <Score T>
std::vector<T> scores_of(const Shape& shape, std::uint64_t seed) {
  return shape.uniform ? uniform_scores<T>(shape.cols, shape.size, seed)
                       : normal_scores<T>(shape.cols, shape.size, seed);
}

std::vector<std::string> columns_of_tables() {
  std::vector<std::string> columns;
  for (const char* type : {"double", "float", "bfloat16", "float16"}) {
    for (const std::string& target : simd_targets()) columns.push_back(type + (" " + target));
  }
  return columns;
}

template <Score T>
Cell softmax_error(const std::vector<T>& scores, const Solution& exact) {
  std::vector<T> p(scores.size());
  softmax(scores, p);
  Cell cell{0, softmax_bar<T>()};
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (exact.probabilities[i] < smallest_normal<T>()) continue;
    cell.error = std::max(cell.error, ulps(p[i], exact.probabilities[i]));
  }
  return cell;
}

template <Score T>
Cell log_softmax_error(const std::vector<T>& scores, const Solution& exact) {
  std::vector<T> log_p(scores.size());
  log_softmax(scores, log_p);
  Cell cell{0, softmax_bar<T>()};
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    cell.error = std::max(cell.error, ulps_of_log(log_p[i], exact.log_probabilities[i]));
  }
  return cell;
}

template <Score T>
Cell log_sum_exp_error(const std::vector<T>& scores, const Solution& exact) {
  using W = working_t<T>;
  const auto log_z = static_cast<W>(log_sum_exp(scores));
  return {ulps_of_log(log_z, exact.log_partition), softmax_bar<W>()};
}

// One line of the three tables.
struct Line {
  std::vector<Cell> softmax, log_softmax, log_sum_exp;
};

void keep_worst(Cell& worst, const Cell& cell) {
  worst = {std::max(worst.error, cell.error), cell.bar};
}

template <Score T>
void measure(const Shape& shape, Line& line) {
  const std::size_t from = line.softmax.size();
  const std::size_t to = from + simd_targets().size();
  for (auto* cells : {&line.softmax, &line.log_softmax, &line.log_sum_exp}) cells->resize(to);
  const std::int64_t rows = std::max<std::int64_t>(1, kElements / shape.cols);
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto scores = scores_of<T>(shape, 1000 + static_cast<std::uint64_t>(row));
    const Solution exact = solve({widened(scores)});
    for (std::size_t k = from; k < to; ++k) {
      set_simd_target(simd_targets()[k - from]);
      keep_worst(line.softmax[k], softmax_error(scores, exact));
      keep_worst(line.log_softmax[k], log_softmax_error(scores, exact));
      keep_worst(line.log_sum_exp[k], log_sum_exp_error(scores, exact));
    }
  }
  set_simd_target("");
}

// |p - exact| of rows of 1000 scores and of one of 131072.
template <Score T>
void entmax_errors(double alpha, std::vector<Cell>& cells) {
  const std::size_t from = cells.size();
  cells.resize(from + simd_targets().size());
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::int64_t cols = seed == 0 ? 131072 : 1000;
    Problem problem{widened(normal_scores<T>(cols, seed % 2 == 0 ? 2 : 0.5, seed))};
    problem.alpha = alpha;
    const Solution exact = solve(problem);
    std::size_t k = from;
    for (const std::string& target : simd_targets()) {
      set_simd_target(target);
      const auto p = map_row<T>(problem).probabilities;
      cells[k].bar = static_cast<double>(entmax_bar_at<T>(1));
      for (std::size_t i = 0; i < p.size(); ++i) {
        cells[k].error =
            std::max(cells[k].error, distance(to_double(p[i]), exact.probabilities[i], 1));
      }
      ++k;
    }
  }
  set_simd_target("");
}

// Errors of the derivatives in ulp of the size of their terms.
template <Score T>
double vjp_error(const VjpProblem& problem) {
  const Gradient got = run_vjp<T>(problem);
  const ScaledGradient exact = closed_vjp(problem);
  double worst = 0;
  const auto keep = [&](long double value, long double wanted, long double scale) {
    if (scale > 0) worst = std::max(worst, distance(value, wanted, scale * ulp_at<T>(1)));
  };
  for (std::size_t i = 0; i < got.scores.size(); ++i) {
    keep(got.scores[i], exact.value.scores[i], exact.scale.scores[i]);
    keep(got.log_degeneracy[i], exact.value.log_degeneracy[i], exact.scale.log_degeneracy[i]);
  }
  keep(got.temperature, exact.value.temperature, exact.scale.temperature);
  keep(got.alpha, exact.value.alpha, exact.scale.alpha);
  return worst;
}

template <Score T>
void vjp_errors(double alpha, std::vector<Cell>& cells) {
  const std::size_t from = cells.size();
  cells.resize(from + simd_targets().size());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Problem problem{widened(normal_scores<T>(1000, 2, seed))};
    problem.alpha = alpha;
    const auto v = widened(normal_scores<T>(1000, 1, 100 + seed));
    const auto vjp = rounded_to<T>(VjpProblem{solve(problem).probabilities, v, alpha, 1, {}});
    std::size_t k = from;
    for (const std::string& target : simd_targets()) {
      set_simd_target(target);
      cells[k].error = std::max(cells[k].error, vjp_error<T>(vjp));
      cells[k++].bar = 16 * fma_factor();
    }
  }
  set_simd_target("");
}

std::string name_of(double alpha) {
  char name[32];
  std::snprintf(name, sizeof name, "%g", alpha);
  return name;
}

constexpr double kReported[] = {0.5, 1.001, 1.05, 1.25, 1.5, 1.75, 2, 2.5, 3, 10};

}  // namespace

SoftmaxTables softmax_accuracy() {
  const Table empty("scores", columns_of_tables());
  SoftmaxTables tables{empty, empty, empty};
  for (const Shape& shape : shapes()) {
    std::fprintf(stderr, "%s\n", shape.name.c_str());
    Line line;
    measure<double>(shape, line);
    measure<float>(shape, line);
    measure<bfloat16>(shape, line);
    measure<float16>(shape, line);
    tables.softmax.add_row(shape.name, line.softmax);
    tables.log_softmax.add_row(shape.name, line.log_softmax);
    tables.log_sum_exp.add_row(shape.name, line.log_sum_exp);
  }
  return tables;
}

Table entmax_accuracy() {
  Table table("alpha", columns_of_tables());
  for (const double alpha : kReported) {
    std::fprintf(stderr, "entmax %g\n", alpha);
    std::vector<Cell> cells;
    entmax_errors<double>(alpha, cells);
    entmax_errors<float>(alpha, cells);
    entmax_errors<bfloat16>(alpha, cells);
    entmax_errors<float16>(alpha, cells);
    table.add_row(name_of(alpha), cells);
  }
  return table;
}

Table vjp_accuracy() {
  std::vector<std::string> columns = columns_of_tables();
  columns.resize(columns.size() / 2);  // the short types round their gradients
  Table table("alpha", columns);
  for (const double alpha : {0.5, 1.0, 1.001, 1.25, 1.5, 1.75, 2.0, 3.0}) {
    std::fprintf(stderr, "vjp %g\n", alpha);
    std::vector<Cell> cells;
    vjp_errors<double>(alpha, cells);
    vjp_errors<float>(alpha, cells);
    table.add_row(name_of(alpha), cells);
  }
  return table;
}

}  // namespace gibbs::testing
