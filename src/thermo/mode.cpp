#include "thermo/mode.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <utility>
#include <vector>

namespace gibbs::thermo {
namespace {

constexpr double kTie = 1e-13;

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

// Levels in the order of ties: by energy, then as they stand.
std::vector<std::size_t> order_of_ties(const Spectrum& spectrum) {
  std::vector<std::size_t> order(spectrum.quanta.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t s) { return spectrum.quanta[s]; });
  return order;
}

// Moves systems to levels that come earlier where nothing is lost by that.
void settle_ties(const std::vector<std::size_t>& order, const Gains& gains, Occupation& n) {
  double next = 0;
  for (const std::size_t s : order) next = std::max(next, gains.coming(s));
  for (std::size_t to = 0; to < order.size(); ++to) {
    for (std::size_t from = order.size(); --from > to;) {
      const std::size_t i = order[from], k = order[to];
      if (gains.coming(k) < next * (1 - kTie)) break;
      if (n[i] == 0 || gains.leaving(i) > next * (1 + kTie)) continue;
      --n[i], ++n[k];
    }
  }
}

}  // namespace

Occupation multinomial_mode(const Spectrum& spectrum, std::span<const double> probabilities,
                            std::int64_t count) {
  Occupation n = lower_bound(probabilities, count);
  const Gains gains(probabilities, n);
  add_one_by_one(gains, n, count - std::accumulate(n.begin(), n.end(), std::int64_t{0}));
  settle_ties(order_of_ties(spectrum), gains, n);
  return n;
}

}  // namespace gibbs::thermo
