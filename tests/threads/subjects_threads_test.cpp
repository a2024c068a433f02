// Losses, the wider family and draws on threads: every function that takes a batch, on one whose
// rows are shared out.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/random.hpp"
#include "support/threads.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kRows = 600, kCols = 300;

// What a function is given and what it writes.
struct Work {
  std::vector<double> x = normal_scores<double>(kRows * kCols, 2, 240);
  std::vector<double> v = normal_scores<double>(kRows * kCols, 1, 241);
  std::vector<double> p = std::vector<double>(x.size()), out = p;
  std::vector<double> by_row = std::vector<double>(kRows), by_col = std::vector<double>(kCols);
  std::vector<double> one = std::vector<double>(1);
  std::vector<std::int64_t> labels = std::vector<std::int64_t>(kRows), tokens = labels;

  Work() {
    for (std::int64_t i = 0; i < kRows; ++i) labels[static_cast<std::size_t>(i)] = i % kCols;
  }
  Rows<const double> scores() const { return {x.data(), kRows, kCols}; }
  Rows<const double> upstream() const { return {v.data(), kRows, kCols}; }
  Rows<const double> given() const { return {p.data(), kRows, kCols}; }
  Rows<double> to_p() { return {p.data(), kRows, kCols}; }
  Rows<double> to_out() { return {out.data(), kRows, kCols}; }
  Rows<std::int64_t> to_tokens() { return {tokens.data(), kRows, 1}; }

  std::vector<double> all() const {
    std::vector<double> all = out;
    for (const auto* more : {&p, &by_row, &by_col, &one}) {
      all.insert(all.end(), more->begin(), more->end());
    }
    all.insert(all.end(), tokens.begin(), tokens.end());
    return all;
  }
};

template <class Compute>
void expect_no_race(const char* what, Compute compute) {
  expect_same_with_any_threads(
      [&] {
        Work work;
        compute(work);
        return work.all();
      },
      what);
}

TEST(LossThreads, LossesAndGradientsDoNotDependOnTheirNumber) {
  const auto gradients = [](auto loss) {
    return [loss](Work& w) {
      LossOptions<double> options{.grad_scores = w.to_out()};
      options.grad_temperature = w.one;
      options.grad_log_degeneracy = Rows<double>(w.by_col.data(), 1, kCols);
      w.by_row[0] = loss(w.scores(), Targets<double>(w.labels), options);
    };
  };
  expect_no_race("cross_entropy", gradients(cross_entropy));
  expect_no_race("sparsemax_loss", gradients(sparsemax_loss));
  expect_no_race("entmax15_loss", gradients(entmax15_loss));
  expect_no_race("hinge_loss",
                 [](Work& w) { hinge_loss(w.scores(), w.labels, {.grad_scores = w.to_out()}); });
  expect_no_race("one_versus_all_loss", [](Work& w) {
    one_versus_all_loss(w.scores(), w.labels, {.grad_scores = w.to_out()});
  });
  expect_no_race("squared_loss",
                 [](Work& w) { squared_loss(w.scores(), w.labels, {.grad_scores = w.to_out()}); });
  expect_no_race("distillation_loss", [](Work& w) {
    w.one[0] = distillation_loss(w.scores(), w.upstream(), {.grad_scores = w.to_out()});
  });
  expect_no_race("fenchel_young_hvp", [](Work& w) {
    fenchel_young_hvp(w.scores(), w.labels, 1.5, w.upstream(), w.to_out());
  });
  expect_no_race("evaluate",
                 [](Work& w) { w.one[0] = evaluate(w.scores(), w.labels, 1.5, {}).loss; });
}

TEST(FamilyThreads, MapsAndDerivativesDoNotDependOnTheirNumber) {
  const auto with_derivative = [](auto map, auto vjp, double total) {
    return [=](Work& w) {
      const std::vector<double> caps(kCols, 0.5);
      const Rows<const double> upper(caps.data(), 1, kCols);
      map(w.scores(), w.to_p(),
          ConstrainedOptions<double>{.budget = total, .upper = upper, .multiplier = w.by_row});
      vjp(w.given(), w.upstream(), w.to_out(),
          ConstrainedVjpOptions<double>{
              .upper = upper,
              .grad_budget = w.one,
              .grad_log_degeneracy = Rows<double>(w.by_col.data(), 1, kCols)});
    };
  };
  expect_no_race("capped_softmax", with_derivative(capped_softmax, capped_softmax_vjp, 1));
  expect_no_race("capped_sparsemax", with_derivative(capped_sparsemax, capped_sparsemax_vjp, 1));
  expect_no_race("fermi_dirac", with_derivative(fermi_dirac, fermi_dirac_vjp, 20));
  expect_no_race("normmax", [](Work& w) {
    normmax(w.scores(), w.to_p());
    normmax_vjp(w.given(), w.upstream(), w.to_out());
  });
  expect_no_race("sink_softmax", [](Work& w) {
    sink_softmax(w.scores(), w.to_p(), {.sink_probability = w.by_row});
    sink_softmax_vjp(w.given(), w.upstream(), w.to_out(),
                     {.sink_probability = w.by_row,
                      .grad_log_degeneracy = Rows<double>(w.by_col.data(), 1, kCols),
                      .grad_sink = w.one});
  });
  expect_no_race("top_k_entmax", [](Work& w) {
    top_k_entmax(w.scores(), 20, w.to_out(), {.alpha = 1.5, .log_partition = w.by_row});
  });
  expect_no_race("tempered_softmax",
                 [](Work& w) { tempered_softmax(w.scores(), 0.7, w.to_out()); });
}

TEST(DrawThreads, TokensDoNotDependOnTheirNumber) {
  expect_no_race("sample", [](Work& w) {
    sample(w.scores(), w.to_tokens(), {.seed = 1, .log_probability = {w.by_row.data(), kRows, 1}});
  });
  expect_no_race("many draws", [](Work& w) {
    sample(Rows<const double>(w.x.data(), kRows / 60, 60 * kCols),
           Rows<std::int64_t>(w.tokens.data(), kRows / 60, 60), {.seed = 2});
  });
  expect_no_race("gumbel_max", [](Work& w) { gumbel_max(w.scores(), w.to_tokens(), {.seed = 3}); });
  expect_no_race("gumbel_top_k", [](Work& w) {
    gumbel_top_k(w.scores(), w.to_tokens(), {.seed = 4}, Rows<double>(w.by_row.data(), kRows, 1));
  });
  expect_no_race("inclusion_probabilities", [](Work& w) {
    inclusion_probabilities(Rows<const double>(w.x.data(), 12, kCols), 3,
                            Rows<double>(w.out.data(), 12, kCols));
  });
  expect_no_race("sample_truncated", [](Work& w) {
    const Chain chain{{TopK{40}, TopP{0.9}}};
    sample_truncated(w.scores(), chain, w.to_tokens(), {.seed = 5, .kept_mass = w.by_row});
    truncate(w.scores(), chain, w.to_out());
  });
  expect_no_race("AliasTable", [](Work& w) {
    std::vector<std::int64_t> many(200000);
    AliasTable::of_scores(std::span<const double>(w.x).first(kCols)).draw(many, {.seed = 6});
    w.out.assign(many.begin(), many.end());
  });
}

TEST(DrawThreads, NoiseAndRelaxationsDoNotDependOnTheirNumber) {
  expect_no_race("noise", [](Work& w) { gumbel_noise(w.to_out(), {.seed = 7}); });
  expect_no_race("straight_through", [](Work& w) {
    straight_through(w.scores(), w.to_out(), w.to_p(), {.seed = 8, .tau = 0.5});
  });
  expect_no_race("gumbel_entmax", [](Work& w) {
    gumbel_entmax(w.scores(), w.to_p(), {.seed = 9, .tau = 0.5});
    gumbel_entmax_vjp(w.given(), w.upstream(), w.to_out(),
                      {.tau = 0.5, .grad_log_degeneracy = Rows<double>(w.by_col.data(), 1, kCols)});
  });
  expect_no_race("a long relaxed row", [](Work& w) { gumbel_softmax(w.x, w.out, {.seed = 10}); });
  expect_no_race("binary_concrete", [](Work& w) {
    binary_concrete(w.scores(), w.to_p(), {.seed = 11});
    binary_concrete_vjp(w.scores(), w.upstream(), w.to_out(), {.grad_tau = w.one});
  });
  expect_no_race("binary_concrete_log_density", [](Work& w) {
    binary_concrete_log_density(w.scores(), w.upstream(), w.to_p());
    binary_concrete_log_density_vjp(w.scores(), w.upstream(), w.given(), w.to_out(),
                                    {.grad_tau = w.one});
  });
}

TEST(DrawThreads, DensitiesAndConditionalsDoNotDependOnTheirNumber) {
  expect_no_race("concrete_log_density", [](Work& w) {
    log_gumbel_softmax(w.scores(), w.to_p(), {.seed = 12});
    concrete_log_density(w.scores(), w.given(), w.by_row);
    concrete_log_density_vjp(
        w.scores(), w.given(), w.by_row, w.to_out(),
        {.grad_tau = w.one, .grad_log_degeneracy = Rows<double>(w.by_col.data(), 1, kCols)});
  });
  expect_no_race("conditional_gumbels", [](Work& w) {
    conditional_gumbels(w.scores(), w.labels, w.to_p(), {.seed = 13});
    conditional_gumbels_vjp(w.scores(), w.labels, w.given(), w.upstream(), w.to_out());
  });
}

}  // namespace
}  // namespace gibbs::testing
