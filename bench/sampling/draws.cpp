#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gibbs/sampling/gumbel_max.hpp"
#include "gibbs/sampling/relaxed.hpp"
#include "gibbs/sampling/sample.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

// One token for each row.
struct Tokens {
  explicit Tokens(const Shape& shape)
      : tokens(static_cast<std::size_t>(shape.rows)), logs(tokens.size()) {}
  Rows<std::int64_t> rows() { return {tokens.data(), std::ssize(tokens), 1}; }
  std::vector<std::int64_t> tokens;
  std::vector<double> logs;
};

// How far the log-probabilities of the first rows' tokens are from those of the definition.
double log_error(const Arena& arena, Tokens& drawn, double temperature,
                 const std::function<void(const DrawOptions<float>&)>& draw) {
  DrawOptions<float> options;
  options.temperature = temperature;
  options.log_probability = Rows<double>(drawn.logs.data(), arena.shape.rows, 1);
  draw(options);
  double worst = 0;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(arena.shape.rows, 8); ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < arena.shape.cols; ++j) {
      sum += std::exp(double{arena.in_rows()(i, j)} / temperature);
    }
    const auto at = static_cast<std::size_t>(i);
    const double score = double{arena.in_rows()(i, drawn.tokens[at])};
    worst = std::max(worst, std::abs(drawn.logs[at] - (score / temperature - std::log(sum))));
  }
  return worst;
}

template <class Draw>
Contestant draws(const char* name, const Arena& arena, double temperature, const Draw& draw) {
  const auto drawn = std::make_shared<Tokens>(arena.shape);
  const auto run = [=](const DrawOptions<float>& options) {
    draw(arena.in_rows(), drawn->rows(), options);
  };
  // Another draw each time, so that no branch is learnt by heart.
  const auto count = std::make_shared<std::uint64_t>(0);
  return {name,
          [=] {
            DrawOptions<float> options;
            options.temperature = temperature;
            options.first_draw = (*count)++;
            run(options);
          },
          [=] { return log_error(arena, *drawn, temperature, run); }, 1e-5};
}

}  // namespace

Contestant sample_gibbs(const Arena& arena) {
  return draws("sample/gibbs", arena, 0.8,
               [](const auto& in, const auto& out, const auto& o) { sample(in, out, o); });
}

Contestant gumbel_max_gibbs(const Arena& arena) {
  return draws("gumbel_max/gibbs", arena, 1.0,
               [](const auto& in, const auto& out, const auto& o) { gumbel_max(in, out, o); });
}

// Relaxed draws sum to 1; what else they are the tests say.
Contestant gumbel_softmax_gibbs(const Arena& arena) {
  return {"gumbel_softmax/gibbs",
          [=] { gumbel_softmax(arena.in_rows(), arena.out_rows(), {.tau = 0.5}); },
          [=] {
            double sum = 0;
            for (std::int64_t j = 0; j < arena.shape.cols; ++j) sum += double{arena.out[j]};
            return std::abs(sum - 1);
          },
          1e-5};
}

}  // namespace gibbs::bench
