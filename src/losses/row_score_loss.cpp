#include "losses/row_score_loss.hpp"

#include <algorithm>

namespace gibbs::losses {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double target_of(const RowTarget& target, std::int64_t i) {
  return target.probabilities ? target.probabilities[i] : i == target.label ? 1 : 0;
}

// a b, and 0 where a is 0 and b infinite.
double times(double a, double b) { return a == 0 ? 0 : a * b; }

// What one state adds to a loss, and its derivatives.
struct Term {
  double loss = 0, slope = 0, by_temperature = 0;
};

// A loss that is a sum over the states: term(x_i, y_i) of those that are there.
template <class W, class TermOf>
RowScoreLoss sum_of(const MappedRow<W>& row, const RowTarget& target, double weight, W* grad,
                    const TermOf& term_of) {
  RowScoreLoss sum;
  for (std::int64_t i = 0; i < row.n; ++i) {
    const double y = target_of(target, i);
    const Term term = row.is_absent(i) ? Term{times(std::abs(y), kInfinity)}
                                       : term_of(static_cast<double>(row.x[i]), y);
    sum.loss += term.loss;
    sum.by_temperature += term.by_temperature;
    if (grad) grad[i] = static_cast<W>(term.slope == 0 ? 0 : weight * term.slope);
  }
  if (!std::isnan(sum.loss)) return sum;
  if (grad) std::fill_n(grad, row.n, std::numeric_limits<W>::quiet_NaN());
  return {kNan, kNan};
}

// The entropy of one yes or no.
double binary_entropy(double p) { return -(times(p, std::log(p)) + times(1 - p, std::log1p(-p))); }

// A yes or no at x / T: what is against the sign of x, how much T log(1 + exp(-|x| / T)) adds to
// max(x, 0), and the entropy h = log(1 + exp(-z)) + z p(-z), z = |x| / T.
struct Logistic {
  Logistic(double x, double temperature) {
    const double size = std::abs(x);
    const double z = size == 0 || std::isinf(size) ? size : size / temperature;
    const double tail_of_one = std::log1p(std::exp(-z));
    against = std::exp(-z) / (1 + std::exp(-z));
    tail = tail_of_one == 0 ? 0 : times(temperature, tail_of_one);
    entropy = tail_of_one + (against == 0 ? 0 : z * against);
  }
  double against, tail, entropy;
};

Term one_versus_rest(double x, double y, double temperature) {
  if (std::isnan(x) || !(y >= 0 && y <= 1)) return {kNan, kNan, kNan};
  const Logistic at(x, temperature);
  const double slope = x < 0 ? at.against - y : 1 - y - at.against;
  const double h = y == 0 || y == 1 ? 0 : binary_entropy(y);
  const bool limit = temperature == 0 || std::isinf(temperature);
  const double by_temperature = limit ? 0 : at.entropy - h;
  if (slope == 0 && h > 0) return {0, 0, by_temperature};
  const double loss = times(1 - y, std::max(x, 0.0)) + times(y, std::max(-x, 0.0)) + at.tail -
                      times(h, temperature);
  return {std::isnan(loss) ? kInfinity : std::max(loss, 0.0), slope, by_temperature};
}

// What the hinge takes the maximum of: x_i + c (1 - y_i), relative to the largest score, so that
// nothing large is subtracted.
template <class W>
struct Margins {
  const MappedRow<W>& row;
  const RowTarget& target;
  double cost;
  double top = -kInfinity, best = -kInfinity, pull = 0;

  Margins(const MappedRow<W>& of, const RowTarget& against, double of_others)
      : row(of), target(against), cost(of_others) {
    for (std::int64_t i = 0; i < row.n; ++i) top = std::max(top, static_cast<double>(row.x[i]));
    for (std::int64_t i = 0; i < row.n; ++i) {
      const double y = target_of(target, i);
      pull += y >= 0 ? times(y, below_top(i)) : kNan;
      if (std::isnan(row.x[i])) pull = kNan;
      if (!row.is_absent(i)) best = std::max(best, reach(i));
    }
  }
  double below_top(std::int64_t i) const {
    const auto x = static_cast<double>(row.x[i]);
    return row.is_absent(i) ? -kInfinity : x == top ? 0 : x - top;
  }
  double reach(std::int64_t i) const {
    return below_top(i) + times(1 - target_of(target, i), cost);
  }
  bool wins(std::int64_t i) const { return !row.is_absent(i) && reach(i) == best; }
  double loss() const {
    if (std::isnan(pull)) return kNan;
    if (pull == -kInfinity) return kInfinity;
    return best == -kInfinity ? 0 : std::max(best - pull, 0.0);
  }
};

}  // namespace

template <class W>
RowScoreLoss one_versus_all(const MappedRow<W>& row, const RowTarget& target, double weight,
                            W* grad) {
  return sum_of(row, target, weight, grad,
                [&](double x, double y) { return one_versus_rest(x, y, row.temperature); });
}

template <class W>
RowScoreLoss squared(const MappedRow<W>& row, const RowTarget& target, double weight, W* grad) {
  return sum_of(row, target, weight, grad, [](double x, double y) {
    return Term{0.5 * (x - y) * (x - y), x - y};
  });
}

template <class W>
RowScoreLoss hinge(const MappedRow<W>& row, const RowTarget& target, double cost, double weight,
                   W* grad) {
  const Margins<W> margins(row, target, cost);
  const double loss = margins.loss();
  if (!grad) return {loss};
  std::int64_t ties = 0;
  for (std::int64_t i = 0; i < row.n; ++i) ties += margins.wins(i) ? 1 : 0;
  for (std::int64_t i = 0; i < row.n; ++i) {
    const double q = margins.wins(i) ? 1 / static_cast<double>(ties) : 0;
    const double slope = row.is_absent(i) ? 0 : weight * (q - target_of(target, i));
    grad[i] = static_cast<W>(std::isnan(loss) ? kNan : slope);
  }
  return {loss};
}

template RowScoreLoss one_versus_all(const MappedRow<double>&, const RowTarget&, double, double*);
template RowScoreLoss one_versus_all(const MappedRow<float>&, const RowTarget&, double, float*);
template RowScoreLoss squared(const MappedRow<double>&, const RowTarget&, double, double*);
template RowScoreLoss squared(const MappedRow<float>&, const RowTarget&, double, float*);
template RowScoreLoss hinge(const MappedRow<double>&, const RowTarget&, double, double, double*);
template RowScoreLoss hinge(const MappedRow<float>&, const RowTarget&, double, double, float*);

}  // namespace gibbs::losses
