#include "gibbs/sampling/gumbel_max.hpp"

#include "sampling/draw_run.hpp"
#include "sampling/perturb.hpp"

namespace gibbs::detail {

namespace {

template <Score T>
void check_pieces(const DrawOptions<T>& options, std::int64_t rows) {
  const char* const function = "gumbel_max_pieces";
  for (std::int64_t i = 0; i < rows; ++i) {
    if (options.alpha[i] == 1) continue;
    base::refuse_value(function, "alpha must be 1 for pieces", options.alpha[i]);
  }
}

template <class V>
GumbelWinner winner_of(const sampling::DrawLaw<V>& law, const RowNoise& noise, std::uint64_t draw,
                       std::uint64_t first_category) {
  kernels::Perturbed best{};
  kernels::highest_perturbed(sampling::perturb(law, noise, draw, first_category), 1, &best);
  GumbelWinner winner;
  winner.rank = law.rank;
  winner.value = best.value;
  winner.low = best.low;
  winner.category = static_cast<std::int64_t>(first_category) + best.index;
  winner.log_weight = law.log_weight(best.index);
  return winner;
}

}  // namespace

template <Score T>
void gumbel_max(Rows<const T> scores, Rows<std::int64_t> tokens, const DrawOptions<T>& options) {
  const sampling::DrawRun<T> run("gumbel_max", scores, tokens, options);
  run.run(false, [&](std::int64_t i, const RowNoise& noise, const auto& law) {
    const double total = run.wants_log() ? sampling::log_total(law) : 0;
    for (std::int64_t j = 0; j < run.draws(); ++j) {
      const auto winner = winner_of(law, noise, run.draw(j), options.first_category);
      run.tell(i, j, winner.category, winner.log_weight - total);
    }
  });
}

template <Score T>
void gumbel_max_pieces(Rows<const T> scores, std::span<GumbelWinner> winners,
                       const DrawOptions<T>& options) {
  const char* const function = "gumbel_max_pieces";
  base::check_length(function, "winners", static_cast<std::int64_t>(winners.size()), scores.rows);
  const sampling::DrawLaws<T> laws(function, scores, options);
  const sampling::RowIds ids(function, options.first_row, options.row_ids, scores.rows);
  check_pieces(options, scores.rows);
  maps::for_each_task(scores.rows, scores.rows * scores.cols, [&](std::int64_t i) {
    GumbelWinner& winner = winners[static_cast<std::size_t>(i)];
    winner = {};
    const RowNoise noise({options.seed, options.stream}, ids[i]);
    const auto status = laws.visit(i, [&](const auto& law) {
      winner = winner_of(law, noise, options.first_draw, options.first_category);
      winner.total = {sampling::log_total(law), 1};
    });
    winner.nan = status == DrawStatus::kNaN;
  });
}

template void gumbel_max(Rows<const double>, Rows<std::int64_t>, const DrawOptions<double>&);
template void gumbel_max(Rows<const float>, Rows<std::int64_t>, const DrawOptions<float>&);
template void gumbel_max(Rows<const bfloat16>, Rows<std::int64_t>, const DrawOptions<bfloat16>&);
template void gumbel_max(Rows<const float16>, Rows<std::int64_t>, const DrawOptions<float16>&);

template void gumbel_max_pieces(Rows<const double>, std::span<GumbelWinner>,
                                const DrawOptions<double>&);
template void gumbel_max_pieces(Rows<const float>, std::span<GumbelWinner>,
                                const DrawOptions<float>&);
template void gumbel_max_pieces(Rows<const bfloat16>, std::span<GumbelWinner>,
                                const DrawOptions<bfloat16>&);
template void gumbel_max_pieces(Rows<const float16>, std::span<GumbelWinner>,
                                const DrawOptions<float16>&);

}  // namespace gibbs::detail
