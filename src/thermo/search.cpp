#include "thermo/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "thermo/count_checks.hpp"
#include "thermo/counting.hpp"
#include "thermo/factorial.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Beyond it losses decide, not integers: the factors would be multiplied for seconds.
constexpr std::int64_t kMostFactors = 20'000;

std::int64_t distance(const Occupation& a, const Occupation& b) {
  std::int64_t sum = 0;
  for (std::size_t s = 0; s < a.size(); ++s) sum += std::abs(a[s] - b[s]);
  return sum;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

struct Range {
  std::int64_t from = 0, to = 0;
};

// Narrows n to those with n slope <= bound.
void bound(Range& range, std::int64_t slope, std::int64_t most) {
  if (slope > 0) range.to = std::min(range.to, floor_divide(most, slope));
  if (slope < 0) range.from = std::max(range.from, -floor_divide(most, -slope));
  if (slope == 0 && most < 0) range.to = range.from - 1;
}

// The numbers of a range from the least loss up: away from the centre on either side.
class Outward {
 public:
  Outward(const Range& range, double log_rate, double least_cost)
      : range_(range), log_rate_(log_rate), least_cost_(least_cost) {
    const auto rate = static_cast<std::int64_t>(likeliest(log_rate));
    const std::int64_t centre = std::clamp(rate, range.from, range.to);
    up_ = centre;
    down_ = centre - 1;
    up_loss_ = loss(up_);
    down_loss_ = loss(down_);
  }
  bool done() const { return up_ > range_.to && down_ < range_.from; }
  std::pair<std::int64_t, double> take() {
    if (up_loss_ <= down_loss_) {
      const std::pair taken{up_, up_loss_};
      up_loss_ = loss(++up_);
      return taken;
    }
    const std::pair taken{down_, down_loss_};
    down_loss_ = loss(--down_);
    return taken;
  }

 private:
  double loss(std::int64_t n) const {
    if (n < range_.from || n > range_.to) return kInfinity;
    return std::max(0.0, poisson_cost(static_cast<double>(n), log_rate_) - least_cost_);
  }

  Range range_;
  double log_rate_, least_cost_;
  std::int64_t up_ = 0, down_ = 0;
  double up_loss_ = 0, down_loss_ = 0;
};

}  // namespace

bool comes_first(const Spectrum& spectrum, const Occupation& a, const Occupation& b) {
  std::size_t decides = a.size();
  for (std::size_t s = 0; s < a.size(); ++s) {
    if (a[s] == b[s]) continue;
    if (decides == a.size() || spectrum.quanta[s] < spectrum.quanta[decides]) decides = s;
  }
  return decides < a.size() && a[decides] > b[decides];
}

OccupationSearch::OccupationSearch(const Counted& problem, const Multipliers& multipliers,
                                   std::int64_t max_steps)
    : problem_(problem),
      log_rates_(log_rates(problem, multipliers)),
      current_(log_rates_.size()),
      best_loss_(kInfinity),
      // Losses are differences of numbers as long as the deviations from the rates.
      slack_(1e-12 * (1 + std::sqrt(static_cast<double>(problem.count)))),
      max_steps_(max_steps) {
  for (const double t : log_rates_) least_cost_.push_back(poisson_cost(likeliest(t), t));
  order_levels();
}

// The rarest first, whose numbers are the fewest. Last are the fullest level and the fullest one at
// another energy.
void OccupationSearch::order_levels() {
  const auto& quanta = problem_.spectrum.quanta;
  order_.resize(quanta.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, {}, [&](std::size_t s) { return log_rates_[s]; });
  const auto last = order_.rbegin();
  const auto other =
      std::find_if(last, order_.rend(), [&](std::size_t s) { return quanta[s] != quanta[*last]; });
  std::rotate(std::next(last), other, std::next(other));

  rests_.resize(order_.size());
  Rest rest{quanta[order_.back()], quanta[order_.back()], 0};
  for (std::size_t i = order_.size(); i-- > 0;) {
    const std::int64_t u = quanta[order_[i]];
    rest = {std::min(rest.lowest, u), std::max(rest.highest, u),
            std::gcd(rest.divisor, u - quanta[order_.back()])};
    rests_[i] = rest;
  }
}

void OccupationSearch::run() {
  complete_ = true;
  const Left all{problem_.count, problem_.energy, 0};
  if (is_possible(0, all)) visit_all(all);
}

void OccupationSearch::propose(const Occupation& occupation) {
  double total = 0;
  for (std::size_t s = 0; s < occupation.size(); ++s)
    total += loss_of(occupation[s], log_rates_[s]);
  current_ = occupation;
  consider(total);
}

bool OccupationSearch::spent() {
  if (steps_ < max_steps_ && !(stop_at_first_ && found())) return false;
  complete_ = false;
  return true;
}

// Whether the levels from `depth` on can hold what is left, but for signs within their range.
bool OccupationSearch::is_possible(std::size_t depth, const Left& left) const {
  const Rest& rest = rests_[depth];
  const std::int64_t last = problem_.spectrum.quanta[order_.back()];
  const std::int64_t offset = left.energy - left.systems * last;
  return left.energy >= left.systems * rest.lowest && left.energy <= left.systems * rest.highest &&
         (rest.divisor == 0 ? offset == 0 : offset % rest.divisor == 0);
}

// A list of its own instead of calls in calls: the tree is as deep as there are levels.
struct OccupationSearch::Node {
  Outward numbers;
  Left left;
};

void OccupationSearch::visit_all(const Left& all) {
  std::vector<Node> path;
  enter(path, all);
  while (!path.empty()) {
    Node& node = path.back();
    const std::size_t depth = path.size() - 1, level = order_[depth];
    if (node.numbers.done()) {
      path.pop_back();
      continue;
    }
    const auto [n, lost] = node.numbers.take();
    if (node.left.loss + lost > best_loss_ + slack_) {
      path.pop_back();
      continue;
    }
    ++steps_;
    if (spent()) return;
    const Left next{node.left.systems - n, node.left.energy - n * problem_.spectrum.quanta[level],
                    node.left.loss + lost};
    if (!is_possible(depth + 1, next)) continue;
    current_[level] = n;
    enter(path, next);
  }
}

// The numbers that the next level of a path can hold, if any; or the last two.
void OccupationSearch::enter(std::vector<Node>& path, const Left& left) {
  const std::size_t depth = path.size();
  if (depth + 2 >= order_.size()) return visit_last(left);
  const std::size_t level = order_[depth];
  const std::int64_t u = problem_.spectrum.quanta[level];
  const Rest& rest = rests_[depth + 1];
  Range range{0, left.systems};
  bound(range, u - rest.lowest, left.energy - left.systems * rest.lowest);
  bound(range, rest.highest - u, left.systems * rest.highest - left.energy);
  if (range.from > range.to) return;
  path.push_back({Outward(range, log_rates_[level], least_cost_[level]), left});
}

// Two levels at different energies hold what is left in one way.
void OccupationSearch::visit_last(const Left& left) {
  ++steps_;
  const std::size_t p = order_[order_.size() - 2], q = order_.back();
  const auto& quanta = problem_.spectrum.quanta;
  const std::int64_t n = (left.energy - left.systems * quanta[q]) / (quanta[p] - quanta[q]);
  current_[p] = n;
  current_[q] = left.systems - n;
  consider(left.loss + loss_of(current_[p], log_rates_[p]) + loss_of(current_[q], log_rates_[q]));
}

void OccupationSearch::consider(double loss) {
  if (!is_better(loss)) return;
  best_ = current_;
  best_loss_ = loss;
}

bool OccupationSearch::is_better(double loss) {
  if (!found() || loss < best_loss_ - slack_) return true;
  if (loss > best_loss_ + slack_) return false;
  const std::int64_t factors = distance(current_, best_);
  if (factors > kMostFactors) return loss < best_loss_;
  // As long as so many steps take.
  steps_ += factors / 8 + static_cast<std::int64_t>(current_.size() / 64);
  const int sign = compare_arrangements(current_, best_, problem_.spectrum.degeneracies);
  return sign > 0 || (sign == 0 && comes_first(problem_.spectrum, current_, best_));
}

}  // namespace gibbs::thermo
