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

// With a coin to flip for each draw, rows keep nothing of their own.
bool keeps_the_same(const Chain& chain) {
  return std::none_of(chain.filters.begin(), chain.filters.end(),
                      [](const Filter& filter) { return std::holds_alternative<Xtc>(filter); });
}

// Options that all draws have.
template <class Options>
Options options_of(const SampleRequest& request, std::uint64_t first_row, std::int64_t first_draw,
                   Draws& draws) {
  Options options;
  options.seed = request.seed;
  options.stream = request.stream;
  options.first_row = first_row;
  options.first_draw = static_cast<std::uint64_t>(first_draw);
  options.status = draws.status;
  options.log_probability = draws.rows_of(draws.log_probabilities);
  return options;
}

template <Score T>
void draw_truncated(const SampleRequest& request, const Rows<const T>& scores,
                    std::uint64_t first_row, std::int64_t first_draw, Draws& draws) {
  auto options = options_of<TruncationOptions>(request, first_row, first_draw, draws);
  draws.full_log_probabilities.resize(draws.tokens.size());
  options.full_log_probability = draws.rows_of(draws.full_log_probabilities);
  if (keeps_the_same(*request.chain)) {
    draws.kept_masses.resize(draws.status.size());
    draws.kept.resize(draws.status.size());
    options.kept_mass = draws.kept_masses;
    options.kept = draws.kept;
  }
  sample_truncated(scores, *request.chain, draws.rows_of(draws.tokens), options);
}

// Some draws without replacement: those before and after them are drawn too, as far as there are
// categories, since each depends on all.
template <Score T>
void draw_top_k(const Rows<const T>& scores, DrawOptions<T> options, const Stretch& stretch,
                std::int64_t most, Draws& draws) {
  Draws all(stretch.rows, std::min(most, scores.cols));
  options.first_draw = 0;
  options.log_probability = all.rows_of(all.log_probabilities);
  gumbel_top_k(scores, all.rows_of(all.tokens), options);
  for (std::int64_t i = 0; i < stretch.rows; ++i) {
    for (std::int64_t j = 0; j < stretch.draws; ++j) {
      const bool any = stretch.draw + j < all.per_row;
      const std::size_t to = draws.at(i, j), from = any ? all.at(i, stretch.draw + j) : 0;
      draws.tokens[to] = any ? all.tokens[from] : kNoToken;
      draws.log_probabilities[to] = any ? all.log_probabilities[from] : 0;
    }
  }
}

}  // namespace

template <Score T>
Draws draw_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                const Stretch& stretch) {
  Draws draws(stretch.rows, stretch.draws);
  const Rows<const T> scores = rows_of(block, cols, stretch.row, stretch.rows);
  const auto first_row = static_cast<std::uint64_t>(block.first_row + stretch.row);
  if (request.chain) {
    draw_truncated(request, scores, first_row, stretch.draw, draws);
    return draws;
  }
  auto options = options_of<DrawOptions<T>>(request, first_row, stretch.draw, draws);
  options.alpha = request.alpha;
  options.temperature = request.temperature;
  switch (request.kind) {
    case DrawKind::kGumbelMax:
      gumbel_max(scores, draws.rows_of(draws.tokens), options);
      break;
    case DrawKind::kWithoutReplacement:
      draw_top_k(scores, options, stretch, request.draws, draws);
      break;
    default:
      sample(scores, draws.rows_of(draws.tokens), options);
  }
  return draws;
}

template <Score T>
Counts count_draws(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                   std::int64_t row) {
  constexpr std::int64_t kAtOnce = 1'000'000;
  Counts counts{std::vector<std::int64_t>(static_cast<std::size_t>(cols))};
  for (std::int64_t done = 0; done < request.draws; done += kAtOnce) {
    const Stretch some{row, 1, done, std::min(request.draws - done, kAtOnce)};
    const Draws draws = draw_rows(request, block, cols, some);
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
                          const Stretch& stretch) {
  std::vector<T> relaxed(static_cast<std::size_t>(stretch.draws * stretch.rows * cols));
  RelaxedEntmaxOptions<T> options;
  options.seed = request.seed;
  options.stream = request.stream;
  options.first_row = static_cast<std::uint64_t>(block.first_row + stretch.row);
  options.alpha = request.alpha;
  options.temperature = request.temperature;
  options.tau = request.tau;
  const Rows<const T> scores = rows_of(block, cols, stretch.row, stretch.rows);
  for (std::int64_t j = 0; j < stretch.draws; ++j) {
    options.draw = static_cast<std::uint64_t>(stretch.draw + j);
    // Draw j of row i is row i draws + j.
    gumbel_entmax(scores,
                  Rows<T>(relaxed.data() + j * cols, stretch.rows, cols, stretch.draws * cols, 1),
                  options);
  }
  return relaxed;
}

template Draws draw_rows(const SampleRequest&, const Block<double>&, std::int64_t, const Stretch&);
template Draws draw_rows(const SampleRequest&, const Block<float>&, std::int64_t, const Stretch&);
template Draws draw_rows(const SampleRequest&, const Block<float16>&, std::int64_t, const Stretch&);
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
                                        const Stretch&);
template std::vector<float> relax_rows(const SampleRequest&, const Block<float>&, std::int64_t,
                                       const Stretch&);
template std::vector<float16> relax_rows(const SampleRequest&, const Block<float16>&, std::int64_t,
                                         const Stretch&);

}  // namespace gibbs::cli
