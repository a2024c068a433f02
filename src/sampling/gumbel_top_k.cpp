#include "gibbs/sampling/gumbel_top_k.hpp"

#include <vector>

#include "gibbs/log_sum.hpp"
#include "sampling/draw_run.hpp"
#include "sampling/perturb.hpp"

namespace gibbs::detail {

namespace {

// log of the weights of all categories but those drawn.
template <class V>
LogSum left_over(const sampling::DrawLaw<V>& law, const std::vector<kernels::Perturbed>& drawn) {
  std::vector<V> rest(law.x, law.x + law.n);
  for (const auto& p : drawn)
    rest[static_cast<std::size_t>(p.index)] = -std::numeric_limits<V>::infinity();
  const V max = kernels::highest_score(rest.data(), law.n);
  if (max == -std::numeric_limits<V>::infinity()) return {};
  return {sampling::log_total(sampling::DrawLaw<V>{rest.data(), law.n, max, law.temperature}), 1};
}

// log(p_m / (1 - p_0 - ... - p_{m-1})) of each token, from the last to the first.
template <class V>
std::vector<double> conditional_logs(const sampling::DrawLaw<V>& law,
                                     const std::vector<kernels::Perturbed>& drawn) {
  LogSum rest = left_over(law, drawn);
  std::vector<double> logs(drawn.size());
  for (std::size_t m = drawn.size(); m-- > 0;) {
    const double weight = law.log_weight(drawn[m].index);
    rest = merge(rest, {weight, 1});
    logs[m] = (weight - rest.max) - std::log(rest.sum);
  }
  return logs;
}

}  // namespace

template <Score T>
void gumbel_top_k(Rows<const T> scores, Rows<std::int64_t> tokens, Rows<double> perturbed,
                  const DrawOptions<T>& options) {
  const char* const function = "gumbel_top_k";
  const sampling::DrawRun<T> run(function, scores, tokens, options);
  const std::int64_t k = std::min(tokens.cols, scores.cols);
  if (!perturbed.empty()) {
    base::check_same_shape(function, "perturbed", {perturbed.rows, perturbed.cols}, "tokens",
                           {tokens.rows, tokens.cols});
    for (std::int64_t i = 0; i < perturbed.rows; ++i) {
      for (std::int64_t m = 0; m < perturbed.cols; ++m) {
        perturbed(i, m) = -std::numeric_limits<double>::infinity();
      }
    }
  }
  run.run(false, [&](std::int64_t i, const RowNoise& noise, const auto& law) {
    std::vector<kernels::Perturbed> drawn(static_cast<std::size_t>(k));
    const auto row = sampling::perturb(law, noise, options.first_draw, options.first_category);
    const std::int64_t found = k == 0 ? 0 : kernels::highest_perturbed(row, k, drawn.data());
    drawn.resize(static_cast<std::size_t>(found));
    const auto logs =
        run.wants_log() ? conditional_logs(law, drawn) : std::vector<double>(drawn.size());
    for (std::int64_t m = 0; m < found; ++m) {
      const auto at = static_cast<std::size_t>(m);
      run.tell(i, m, static_cast<std::int64_t>(options.first_category) + drawn[at].index, logs[at]);
      if (!perturbed.empty()) perturbed(i, m) = drawn[at].value;
    }
    run.none(i, found);
  });
}

template void gumbel_top_k(Rows<const double>, Rows<std::int64_t>, Rows<double>,
                           const DrawOptions<double>&);
template void gumbel_top_k(Rows<const float>, Rows<std::int64_t>, Rows<double>,
                           const DrawOptions<float>&);
template void gumbel_top_k(Rows<const bfloat16>, Rows<std::int64_t>, Rows<double>,
                           const DrawOptions<bfloat16>&);
template void gumbel_top_k(Rows<const float16>, Rows<std::int64_t>, Rows<double>,
                           const DrawOptions<float16>&);

}  // namespace gibbs::detail
