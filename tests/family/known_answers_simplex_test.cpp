// The known answers of tests/known/family.txt: top-k, tempered softmax and softmax with a sink.

#include <gtest/gtest.h>

#include <gibbs/family/sink.hpp>
#include <gibbs/family/tempered.hpp>

#include "run_known.hpp"
#include "support/known_checks.hpp"
#include "support/targets.hpp"
#include "top_k_calls.hpp"

namespace gibbs::testing {
namespace {

// Top-k and tempered softmax have the answers of an entmax.
KnownAnswer as_entmax(const FamilyAnswer& known) {
  KnownAnswer answer;
  answer.name = known.name;
  Problem& problem = answer.problem;
  problem.scores = known.row("scores");
  problem.alpha = known.number("alpha", 2 - known.number("t"));
  problem.temperature = known.number("temperature");
  problem.log_degeneracy = known.row("log_degeneracy");
  for (const long double each : known.row("mask")) problem.mask.push_back(each != 0);
  Solution& solution = answer.solution;
  solution.probabilities = known.row("probabilities");
  solution.log_partition = known.number("log_partition");
  solution.entropy = known.number("entropy");
  solution.threshold = known.number("threshold");
  solution.support = static_cast<std::int64_t>(known.number("support"));
  return answer;
}

template <Score T>
void check_all(const FamilyAnswer& known, const Mapped<T>& got) {
  const KnownAnswer answer = as_entmax(known);
  check_probabilities(answer, got.probabilities);
  check_support(answer, got);
  check_numbers(answer, got);
  check_threshold(answer, got);
}

// The options of a row that all three maps share; the row outlives them.
template <class Options, Score T>
Options options_of(const KnownRow<T>& row) {
  Options options;
  options.temperature = row.temperature;
  if (!row.log_g.empty()) options.log_degeneracy = row.log_g;
  return options;
}

TEST(TopKKnownAnswers, EveryOutputIsWithinTheBarsOfTheMaps) {
  for_every_row_of("top_k", []<Score T>(const FamilyAnswer& known) {
    const auto k = static_cast<std::int64_t>(known.number("k"));
    check_all(known, map_top_k<T>(as_entmax(known).problem, k));
  });
}

TEST(TemperedKnownAnswers, EveryOutputIsWithinTheBarsOfTheMaps) {
  for_every_row_of("tempered", []<Score T>(const FamilyAnswer& known) {
    const KnownRow<T> row(known);
    Mapped<T> got{std::vector<T>(row.scores.size()), std::vector<working_t<T>>(1),
                  std::vector<working_t<T>>(1), std::vector<working_t<T>>(1),
                  std::vector<std::int64_t>(1)};
    auto options = options_of<MapOptions<T>>(row);
    options.mask = row.mask.view();
    options.log_partition = got.log_partition;
    options.entropy = got.entropy;
    options.support = got.support;
    options.threshold = got.threshold;
    tempered_softmax(row.scores, static_cast<double>(known.number("t")), got.probabilities,
                     options);
    check_all(known, got);
  });
}

TEST(SinkKnownAnswers, EveryOutputIsWithinTheBarsOfSoftmax) {
  for_every_row_of("sink", []<Score T>(const FamilyAnswer& known) {
    const KnownRow<T> row(known);
    std::vector<T> got(row.scores.size());
    working_t<T> log_partition[1], sink_probability[1];
    auto options = options_of<SinkOptions<T>>(row);
    options.sink = static_cast<double>(known.number("sink"));
    options.mask = row.mask.view();
    options.log_partition = log_partition;
    options.sink_probability = sink_probability;
    sink_softmax(row.scores, got, options);
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_LE(ulps(got[i], known.row("probabilities")[i]), softmax_bar<T>()) << i;
    }
    EXPECT_LE(ulps(sink_probability[0], known.number("sink_probability")), softmax_bar<T>());
    EXPECT_LE(ulps_of_log(log_partition[0], known.number("log_partition")), softmax_bar<T>());
  });
}

// entmax_vjp at the alpha of the row; alpha = 2 - t moves against t.
template <Score T>
void check_entmax_slopes(const FamilyAnswer& known) {
  if (!known.has("upstream")) return;
  const KnownRow<T> row(known);
  Slopes<T> slopes = room_for_slopes<T>(known);
  const bool tempered = known.has("t");
  std::vector<working_t<T>>& by_alpha = slopes[tempered ? "grad_t" : "grad_alpha"];
  auto options = options_of<EntmaxVjpOptions<T>>(row);
  options.alpha = static_cast<double>(as_entmax(known).problem.alpha);
  options.grad_temperature = slopes["grad_temperature"];
  options.grad_log_degeneracy = slopes["grad_log_degeneracy"];
  options.grad_alpha = by_alpha;
  entmax_vjp(converted<T>(known.row("probabilities")), converted<T>(known.row("upstream")),
             slopes["grad_scores"], options);
  if (tempered) by_alpha[0] = -by_alpha[0];
  expect_slopes<T>(known, slopes);
}

TEST(TopKKnownAnswers, DerivativesAreThoseOfEntmaxOfTheStatesKept) {
  for_every_row_of("top_k",
                   []<Score T>(const FamilyAnswer& known) { check_entmax_slopes<T>(known); });
}

TEST(TemperedKnownAnswers, DerivativesAreThoseOfEntmax) {
  for_every_row_of("tempered",
                   []<Score T>(const FamilyAnswer& known) { check_entmax_slopes<T>(known); });
}

TEST(SinkKnownAnswers, DerivativesAreWithinTwoUlpOfTheirScale) {
  for_every_row_of("sink", []<Score T>(const FamilyAnswer& known) {
    if (!known.has("upstream")) return;
    const KnownRow<T> row(known);
    Slopes<T> slopes = room_for_slopes<T>(known);
    auto options = options_of<SinkVjpOptions<T>>(row);
    const auto sink_probability = static_cast<working_t<T>>(known.number("sink_probability"));
    options.sink_probability = {&sink_probability, 1};
    options.grad_temperature = slopes["grad_temperature"];
    options.grad_log_degeneracy = slopes["grad_log_degeneracy"];
    options.grad_sink = slopes["grad_sink"];
    sink_softmax_vjp(converted<T>(known.row("probabilities")), converted<T>(known.row("upstream")),
                     slopes["grad_scores"], options);
    expect_slopes<T>(known, slopes);
  });
}

}  // namespace
}  // namespace gibbs::testing
