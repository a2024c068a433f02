// One token of a row, from what the filters of a chain leave of it, with all that is told of it.

#include "gibbs/sampling/truncation.hpp"

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "roster.hpp"

namespace gibbs::bench {
namespace {

struct Drawn {
  std::vector<std::int64_t> token{0}, kept{0};
  std::vector<double> log_p{0}, full_log_p{0}, mass{0};

  void draw(const Arena& arena, const Chain& chain, std::uint64_t number) {
    TruncationOptions options;
    options.first_draw = number;
    options.log_probability = log_p;
    options.full_log_probability = full_log_p;
    options.kept_mass = mass;
    options.kept = kept;
    sample_truncated(arena.in_rows(), chain, Rows<std::int64_t>(token), options);
  }
};

// Of the one row; and that what is told fits together.
Contestant truncation(const Arena& arena, const std::string& name, Filter filter,
                      std::vector<Filter> more = {}) {
  const auto drawn = std::make_shared<Drawn>();
  more.insert(more.begin(), std::move(filter));
  const auto chain = std::make_shared<Chain>(Chain{std::move(more)});
  const auto count = std::make_shared<std::uint64_t>(0);
  return {
      name + "/gibbs", [=] { drawn->draw(arena, *chain, (*count)++); },
      [=] { return std::abs(drawn->log_p[0] - drawn->full_log_p[0] + std::log(drawn->mass[0])); },
      1e-5};
}

}  // namespace

std::vector<Contestant> truncations_gibbs(const Arena& arena) {
  return {truncation(arena, "top_p", TopP{0.9}),
          truncation(arena, "top_k", TopK{40}),
          truncation(arena, "top_k_top_p", TopK{1000}, {TopP{0.9}}),
          truncation(arena, "min_p", MinP{0.05}),
          truncation(arena, "typical", TypicalP{0.9}),
          truncation(arena, "top_n_sigma", TopNSigma{2}),
          truncation(arena, "p_less", PLess{})};
}

}  // namespace gibbs::bench
