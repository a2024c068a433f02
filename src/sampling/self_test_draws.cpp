// Every kind of draw against its law.

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "gibbs/entmax.hpp"
#include "gibbs/sampling/alias.hpp"
#include "gibbs/sampling/goodness.hpp"
#include "gibbs/sampling/gumbel_max.hpp"
#include "gibbs/sampling/gumbel_top_k.hpp"
#include "gibbs/sampling/sample.hpp"
#include "sampling/self_test.hpp"

namespace gibbs::sampling {
namespace {

using Tokens = std::vector<std::int64_t>;
using Scores = std::vector<double>;

// Scores of a law with a head and a long tail.
Scores spread_scores(std::int64_t count, double spread) {
  Scores scores;
  for (std::int64_t i = 0; i < count; ++i) {
    const double place = static_cast<double>(i * 7 % count) / static_cast<double>(count);
    scores.push_back(-spread * place * place);
  }
  return scores;
}

std::vector<double> law_of(const Scores& scores, double alpha) {
  std::vector<double> p(scores.size());
  entmax(scores, p, {.alpha = alpha});
  return p;
}

std::vector<std::int64_t> counts_of(const Tokens& tokens, std::size_t categories) {
  std::vector<std::int64_t> counts(categories);
  for (const std::int64_t token : tokens) ++counts.at(static_cast<std::size_t>(token));
  return counts;
}

SelfTestResult fit_of(const std::string& name, const Tokens& tokens, const std::vector<double>& p) {
  const auto fit = chi_square_test(counts_of(tokens, p.size()), p);
  return judged("chi-square of " + name,
                std::to_string(tokens.size()) + " draws of " + std::to_string(p.size()),
                fit.statistic, fit.p_value);
}

Rows<std::int64_t> one_row(Tokens& tokens) { return Rows<std::int64_t>(tokens); }

using DrawAll = std::function<void(const Scores&, Rows<std::int64_t>, const DrawOptions<double>&)>;

struct Kind {
  const char* name;
  DrawAll draw;
  double alpha;
  std::int64_t categories;
  double draws;
};

const Kind kKinds[] = {
    {"sample", [](const auto& x, auto t, const auto& o) { sample(x, t, o); }, 1, 1000, 2e6},
    {"sample, one draw at a time",
     [](const auto& x, auto t, const auto& o) {
       for (std::int64_t j = 0; j < t.cols; ++j) {
         DrawOptions<double> one = o;
         one.first_draw = static_cast<std::uint64_t>(j);
         sample(x, Rows<std::int64_t>(&t(0, j), 1, 1), one);
       }
     },
     1, 3000, 1e5},
    {"sample of sparsemax", [](const auto& x, auto t, const auto& o) { sample(x, t, o); }, 2, 200,
     1e6},
    {"sample of 1.5-entmax", [](const auto& x, auto t, const auto& o) { sample(x, t, o); }, 1.5,
     200, 1e6},
    {"gumbel_max", [](const auto& x, auto t, const auto& o) { gumbel_max(x, t, o); }, 1, 1000, 4e5},
    {"gumbel_max of sparsemax", [](const auto& x, auto t, const auto& o) { gumbel_max(x, t, o); },
     2, 200, 4e5},
    {"AliasTable",
     [](const auto& x, auto t, const auto& o) {
       AliasTable::of_scores(x, o).draw(std::span(t.data, static_cast<std::size_t>(t.cols)),
                                        {o.seed, o.stream});
     },
     1, 1000, 4e6},
};

SelfTestResult test_kind(const Kind& kind, std::uint64_t seed, std::int64_t draws) {
  const Scores scores = spread_scores(kind.categories, kind.alpha == 1 ? 8 : 1);
  Tokens tokens(static_cast<std::size_t>(draws));
  DrawOptions<double> options;
  options.seed = seed;
  options.alpha = kind.alpha;
  kind.draw(scores, one_row(tokens), options);
  return fit_of(kind.name, tokens, law_of(scores, kind.alpha));
}

// P(i, then j) = p_i p_j / (1 - p_i).
SelfTestResult test_pairs(std::uint64_t seed, std::int64_t draws) {
  const Scores scores{0, 1, 2, -1, 0.5};
  const auto p = law_of(scores, 1);
  const std::size_t n = scores.size();
  Tokens pairs;
  for (std::int64_t d = 0; d < draws; ++d) {
    Tokens pair(2);
    gumbel_top_k(scores, one_row(pair),
                 {.seed = seed, .first_draw = static_cast<std::uint64_t>(d)});
    pairs.push_back(pair[0] * static_cast<std::int64_t>(n) + pair[1]);
  }
  std::vector<double> law(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) law[i * n + j] = i == j ? 0 : p[i] * p[j] / (1 - p[i]);
  }
  return fit_of("ordered pairs without replacement", pairs, law);
}

// p-values of the chi-square of each of many seeds, which must be uniform.
SelfTestResult test_seeds(const char* name, const DrawAll& draw, std::uint64_t seed,
                          std::int64_t seeds) {
  constexpr std::size_t kDraws = 2000;
  const Scores scores = spread_scores(20, 2);
  const auto p = law_of(scores, 1);
  std::vector<double> p_values;
  for (std::int64_t s = 0; s < seeds; ++s) {
    Tokens tokens(kDraws);
    DrawOptions<double> options;
    options.seed = seed_of(seed, s);
    draw(scores, one_row(tokens), options);
    p_values.push_back(chi_square_test(counts_of(tokens, p.size()), p).p_value);
  }
  const auto fit = uniformity_test(p_values);
  return judged(std::string("Kolmogorov-Smirnov of p-values, ") + name,
                std::to_string(seeds) + " seeds of " + std::to_string(kDraws) + " draws",
                fit.statistic, fit.p_value);
}

}  // namespace

void add_tests_of_draws(Battery& battery) {
  const std::uint64_t seed = battery.seed;
  for (const Kind& kind : kKinds) {
    // Fewer than 40 of each would leave Pearson nothing to count.
    const std::int64_t draws = std::max(battery.draws(kind.draws), 40 * kind.categories);
    battery.tests.push_back([&kind, seed, draws] { return test_kind(kind, seed, draws); });
  }
  const std::int64_t pairs = battery.draws(2e5), seeds = battery.draws(1000);
  battery.tests.push_back([seed, pairs] { return test_pairs(seed, pairs); });
  for (const std::size_t kind : {0, 4}) {
    battery.tests.push_back([kind, seed, seeds] {
      return test_seeds(kKinds[kind].name, kKinds[kind].draw, seed, seeds);
    });
  }
}

}  // namespace gibbs::sampling
