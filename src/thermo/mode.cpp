#include "thermo/mode.hpp"

#include <algorithm>
#include <queue>
#include <utility>

namespace gibbs::thermo {
namespace {

using Occupation = std::vector<std::int64_t>;

// How near gains must be to be alike; less where one system more changes them by less.
double tie_at(std::int64_t n) { return std::min(1e-13, 0.25 / static_cast<double>(n + 1)); }

// What a system that comes to level s multiplies the probability with, but for N: p / (n + 1).
class Gains {
 public:
  Gains(std::span<const double> p, const Occupation& n) : p_(p), n_(n) {}
  double coming(std::size_t s) const { return p_[s] / static_cast<double>(n_[s] + 1); }
  double leaving(std::size_t s) const { return p_[s] / static_cast<double>(n_[s]); }

 private:
  std::span<const double> p_;
  const Occupation& n_;
};

// A mode holds at least floor(N p_s) (Feller, vol. 1, VI.10); less by what the product may round.
Occupation lower_bound(std::span<const double> p, std::int64_t count) {
  Occupation n(p.size());
  for (std::size_t s = 0; s < n.size(); ++s) {
    n[s] = static_cast<std::int64_t>(static_cast<double>(count) * p[s] * (1 - 0x1p-49));
  }
  return n;
}

void add_one_by_one(const Gains& gains, Occupation& n, std::int64_t left) {
  std::priority_queue<std::pair<double, std::size_t>> queue;
  for (std::size_t s = 0; s < n.size(); ++s) queue.emplace(gains.coming(s), s);
  for (; left > 0; --left) {
    const std::size_t s = queue.top().second;
    queue.pop();
    ++n[s];
    queue.emplace(gains.coming(s), s);
  }
}

// Moves systems to levels that come earlier where nothing is lost by that. A level that cannot give
// one to a level never can to a later one: both ends are walked once.
void settle_ties(std::span<const std::size_t> order, const Gains& gains, Occupation& n) {
  double next = 0;
  for (const std::size_t s : order) next = std::max(next, gains.coming(s));
  const auto gives = [&](std::size_t s) {
    return n[s] > 0 && gains.leaving(s) <= next * (1 + tie_at(n[s]));
  };
  std::size_t end = order.size();
  for (std::size_t to = 0; to < end; ++to) {
    const std::size_t k = order[to];
    while (gains.coming(k) >= next * (1 - tie_at(n[k]))) {
      while (end > to + 1 && !gives(order[end - 1])) --end;
      if (end == to + 1) return;
      --n[order[end - 1]], ++n[k];
    }
  }
}

}  // namespace

Occupation multinomial_mode(std::span<const std::size_t> order,
                            std::span<const double> probabilities, std::int64_t count) {
  Occupation n = lower_bound(probabilities, count);
  const Gains gains(probabilities, n);
  add_one_by_one(gains, n, count - std::accumulate(n.begin(), n.end(), std::int64_t{0}));
  settle_ties(order, gains, n);
  return n;
}

}  // namespace gibbs::thermo
