#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "driver/check.hpp"
#include "gibbs/losses/fenchel_young.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

// Labels that no order of the columns favours.
std::shared_ptr<std::vector<std::int64_t>> labels_of(const Shape& shape) {
  auto labels = std::make_shared<std::vector<std::int64_t>>();
  for (std::int64_t i = 0; i < shape.rows; ++i) labels->push_back(i * 7919 % shape.cols);
  return labels;
}

// The gradient and the labels make p again, but for the rounding of the labels' 1.
double loss_error(const Arena& arena, const std::vector<std::int64_t>& labels, double alpha) {
  std::vector<float> p(arena.out, arena.out + arena.shape.elements());
  const Rows<float> rows(p.data(), arena.shape.rows, arena.shape.cols);
  for (std::int64_t i = 0; i < rows.rows; ++i) rows(i, labels[static_cast<std::size_t>(i)]) += 1;
  if (alpha != 1) return entmax_error(arena, rows, alpha);
  double worst = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    worst = std::max(worst, std::abs(double{p[k]} - double{arena.probabilities[k]}));
  }
  return worst;
}

}  // namespace

Contestant loss_gibbs(const Arena& arena, double alpha) {
  const auto labels = labels_of(arena.shape);
  const auto run = [=] {
    const LossOptions<float> options{.reduction = Reduction::kSum, .grad_scores = arena.out_rows()};
    if (alpha == 1) {
      cross_entropy(arena.in_rows(), *labels, options);
    } else {
      fenchel_young_loss(arena.in_rows(), *labels, alpha, options);
    }
  };
  return {fmt::format("loss_{}/gibbs", alpha), run,
          [=] { return loss_error(arena, *labels, alpha); }, 2e-3};
}

}  // namespace gibbs::bench
