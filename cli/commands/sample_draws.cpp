#include "commands/sample_draws.hpp"

#include <algorithm>
#include <variant>

namespace gibbs::cli {

namespace {

template <Score T>
Rows<const T> rows_of(const Block<T>& block, std::int64_t cols, std::int64_t first,
                      std::int64_t count) {
  return {block.numbers.data() + first * cols, count, cols};
}

}  // namespace

namespace {

// With a coin to flip for each draw, rows keep nothing of their own.
bool keeps_the_same(const Chain& chain) {
  return std::none_of(chain.filters.begin(), chain.filters.end(),
                      [](const Filter& filter) { return std::holds_alternative<Xtc>(filter); });
}

template <Score T>
void draw_truncated(const SampleRequest& request, const Rows<const T>& scores,
                    std::uint64_t first_row, Draws& draws) {
  TruncationOptions options;
  options.seed = request.seed;
  options.stream = request.stream;
  options.first_row = first_row;
  options.first_draw = request.first_draw;
  options.status = draws.status;
  options.log_probability =
      Rows<double>(draws.log_probabilities.data(), scores.rows, request.draws);
  draws.full_log_probabilities.resize(draws.tokens.size());
  options.full_log_probability =
      Rows<double>(draws.full_log_probabilities.data(), scores.rows, request.draws);
  if (keeps_the_same(*request.chain)) {
    draws.kept_masses.resize(draws.status.size());
    draws.kept.resize(draws.status.size());
    options.kept_mass = draws.kept_masses;
    options.kept = draws.kept;
  }
  sample_truncated(scores, *request.chain,
                   Rows<std::int64_t>(draws.tokens.data(), scores.rows, request.draws), options);
}

}  // namespace

template <Score T>
Draws draw_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                std::int64_t first, std::int64_t count) {
  Draws draws;
  draws.tokens.resize(static_cast<std::size_t>(count * request.draws));
  draws.log_probabilities.resize(draws.tokens.size());
  draws.status.resize(static_cast<std::size_t>(count));
  const Rows<const T> scores = rows_of(block, cols, first, count);
  const auto first_row = static_cast<std::uint64_t>(block.first_row + first);
  if (request.chain) {
    draw_truncated(request, scores, first_row, draws);
    return draws;
  }
  DrawOptions<T> options;
  options.seed = request.seed;
  options.stream = request.stream;
  options.first_row = first_row;
  options.first_draw = request.first_draw;
  options.alpha = request.alpha;
  options.temperature = request.temperature;
  options.log_probability = Rows<double>(draws.log_probabilities.data(), count, request.draws);
  options.status = draws.status;
  const Rows<std::int64_t> tokens(draws.tokens.data(), count, request.draws);
  switch (request.kind) {
    case DrawKind::kGumbelMax:
      gumbel_max(scores, tokens, options);
      break;
    case DrawKind::kWithoutReplacement:
      gumbel_top_k(scores, tokens, options);
      break;
    default:
      sample(scores, tokens, options);
  }
  return draws;
}

template <Score T>
Counts count_draws(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                   std::int64_t row) {
  constexpr std::int64_t kAtOnce = 1'000'000;
  Counts counts{std::vector<std::int64_t>(static_cast<std::size_t>(cols))};
  SampleRequest some = request;
  for (std::int64_t left = request.draws; left > 0; left -= some.draws) {
    some.draws = std::min(left, kAtOnce);
    some.first_draw = static_cast<std::uint64_t>(request.draws - left);
    const Draws draws = draw_rows(some, block, cols, row, 1);
    counts.status = draws.status.front();
    if (counts.status != DrawStatus::kDrawn) break;
    for (const std::int64_t token : draws.tokens) ++counts.of[static_cast<std::size_t>(token)];
  }
  return counts;
}

template <Score T>
std::vector<double> law_of_row(const SampleRequest& request, const Block<T>& block,
                               std::int64_t cols, std::int64_t row) {
  std::vector<double> scores, law(static_cast<std::size_t>(cols));
  for (std::int64_t j = 0; j < cols; ++j) {
    scores.push_back(static_cast<working_t<T>>(rows_of(block, cols, row, 1)(0, j)));
  }
  if (request.chain) {
    truncate(scores, *request.chain, law);
  } else {
    entmax(scores, law, {.alpha = request.alpha, .temperature = request.temperature});
  }
  return law;
}

template <Score T>
std::vector<T> relax_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                          std::int64_t draw) {
  std::vector<T> relaxed(static_cast<std::size_t>(block.rows * cols));
  RelaxedEntmaxOptions<T> options;
  options.seed = request.seed;
  options.stream = request.stream;
  options.first_row = static_cast<std::uint64_t>(block.first_row);
  options.draw = static_cast<std::uint64_t>(draw);
  options.alpha = request.alpha;
  options.temperature = request.temperature;
  options.tau = request.tau;
  gumbel_entmax(rows_of(block, cols, 0, block.rows), Rows<T>(relaxed.data(), block.rows, cols),
                options);
  return relaxed;
}

template Draws draw_rows(const SampleRequest&, const Block<double>&, std::int64_t, std::int64_t,
                         std::int64_t);
template Draws draw_rows(const SampleRequest&, const Block<float>&, std::int64_t, std::int64_t,
                         std::int64_t);
template Draws draw_rows(const SampleRequest&, const Block<float16>&, std::int64_t, std::int64_t,
                         std::int64_t);
template Counts count_draws(const SampleRequest&, const Block<double>&, std::int64_t, std::int64_t);
template Counts count_draws(const SampleRequest&, const Block<float>&, std::int64_t, std::int64_t);
template Counts count_draws(const SampleRequest&, const Block<float16>&, std::int64_t,
                            std::int64_t);
template std::vector<double> law_of_row(const SampleRequest&, const Block<double>&, std::int64_t,
                                        std::int64_t);
template std::vector<double> law_of_row(const SampleRequest&, const Block<float>&, std::int64_t,
                                        std::int64_t);
template std::vector<double> law_of_row(const SampleRequest&, const Block<float16>&, std::int64_t,
                                        std::int64_t);
template std::vector<double> relax_rows(const SampleRequest&, const Block<double>&, std::int64_t,
                                        std::int64_t);
template std::vector<float> relax_rows(const SampleRequest&, const Block<float>&, std::int64_t,
                                       std::int64_t);
template std::vector<float16> relax_rows(const SampleRequest&, const Block<float16>&, std::int64_t,
                                         std::int64_t);

}  // namespace gibbs::cli
