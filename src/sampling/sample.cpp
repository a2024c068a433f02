#include "gibbs/sampling/sample.hpp"

#include <algorithm>

#include "kernels/noise.hpp"
#include "sampling/draw_run.hpp"
#include "sampling/inversion.hpp"

namespace gibbs {
namespace sampling {
namespace {

// The words of inversions: of one draw without the vectors of several.
void whole_row_words(const RowNoise& noise, std::uint64_t draw, std::int64_t n,
                     std::uint64_t* words) {
  if (n > 1) return kernels::fill_draw_bits(noise, draw, n, words);
  const auto pair = noise.pair(kWholeRow / 2, draw);
  std::copy(pair.begin(), pair.end(), words);
}

}  // namespace
}  // namespace sampling

namespace detail {

namespace {

template <Score T, class Law, class Inversions>
void draw_row(const sampling::DrawRun<T>& run, std::int64_t i, const RowNoise& noise,
              const Law& law, double log_total, const Inversions& inversions) {
  constexpr std::int64_t kAtOnce = 256;
  std::uint64_t words[2 * kAtOnce];
  std::int64_t tokens[kAtOnce];
  for (std::int64_t j = 0; j < run.draws(); j += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, run.draws() - j);
    sampling::whole_row_words(noise, run.draw(j), count, words);
    inversions.draw(words, count, tokens);
    for (std::int64_t k = 0; k < count; ++k) {
      run.tell(i, j + k, tokens[k], run.wants_log() ? law.log_weight(tokens[k]) - log_total : 0);
    }
  }
}

}  // namespace

template <Score T>
void sample(Rows<const T> scores, Rows<std::int64_t> tokens, const DrawOptions<T>& options) {
  const sampling::DrawRun<T> run("sample", scores, tokens, options);
  const bool few = run.draws() < sampling::kManyDraws && scores.cols > sampling::kDrawBlock;
  run.run(few, [&](std::int64_t i, const RowNoise& noise, const auto& law) {
    const double total = run.wants_log() ? sampling::log_total(law) : 0;
    if (run.draws() >= sampling::kManyDraws) {
      draw_row(run, i, noise, law, total, sampling::ManyInversions(law, run.draws()));
    } else {
      draw_row(run, i, noise, law, total, sampling::FewInversions(law));
    }
  });
}

template void sample(Rows<const double>, Rows<std::int64_t>, const DrawOptions<double>&);
template void sample(Rows<const float>, Rows<std::int64_t>, const DrawOptions<float>&);
template void sample(Rows<const bfloat16>, Rows<std::int64_t>, const DrawOptions<bfloat16>&);
template void sample(Rows<const float16>, Rows<std::int64_t>, const DrawOptions<float16>&);

}  // namespace detail
}  // namespace gibbs
