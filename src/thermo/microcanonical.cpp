#include "gibbs/thermo/microcanonical.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "thermo/count_checks.hpp"
#include "thermo/counting.hpp"
#include "thermo/spectrum.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kMostSteps = 1e11;
constexpr double kMostWords = 0x1p28;

// g_j at energy u_j, all levels at one energy together; u_0 = 0.
using Polynomial = std::vector<std::pair<std::int64_t, Integer>>;

Polynomial polynomial_of(const Spectrum& spectrum) {
  std::map<std::int64_t, Integer> terms;
  for (std::size_t s = 0; s < spectrum.quanta.size(); ++s) {
    terms[spectrum.quanta[s]] += spectrum.degeneracies[s];
  }
  return {terms.begin(), terms.end()};
}

// The coefficients of P^M up to x^last, one after the other, of which the last deg P + 1 are kept.
// From P Q' = M P' Q for Q = P^M:  k p_0 q_k = sum_j p_j (u_j (M + 1) - k) q_(k - u_j).
class PowerCoefficients {
 public:
  PowerCoefficients(const Polynomial& p, std::int64_t exponent, std::int64_t last)
      : p_(p), exponent_(exponent), kept_(at(std::min(p.back().first, last) + 1)) {
    kept_[0] = boost::multiprecision::pow(p[0].second, static_cast<unsigned>(exponent));
  }

  void advance_to(std::int64_t k) {
    while (k_ < k) advance();
  }
  // q_i for k - deg P <= i <= k.
  Integer operator[](std::int64_t i) const { return i < 0 ? Integer(0) : kept_[slot(i)]; }

 private:
  std::size_t slot(std::int64_t i) const { return at(i) % kept_.size(); }

  void advance() {
    ++k_;
    Integer sum = 0;
    for (std::size_t j = 1; j < p_.size() && p_[j].first <= k_; ++j) {
      const auto& [u, g] = p_[j];
      const Integer& before = kept_[slot(k_ - u)];
      if (before != 0) sum += before * Integer(g * (Integer(u) * (exponent_ + 1) - k_));
    }
    kept_[slot(k_)] = sum / Integer(p_[0].second * k_);
  }

  const Polynomial& p_;
  std::int64_t exponent_;
  std::int64_t k_ = 0;
  std::vector<Integer> kept_;
};

// A step: two words are multiplied.
void check_cost(const Counted& problem, const Polynomial& p) {
  double states = 0;
  for (const auto& [u, g] : p) states += static_cast<double>(g);
  const auto count = static_cast<double>(problem.count);
  const double words = 1 + count * std::log2(states) / 64;
  const auto energy = static_cast<double>(problem.energy);
  const auto levels = static_cast<double>(problem.spectrum.quanta.size());
  const double steps = (energy * static_cast<double>(p.size()) + levels) * words;
  if (!(steps <= kMostSteps)) {
    base::refuse("microcanonical",
                 "counting must take at most 1e11 steps, got " + base::text(steps, 6));
  }
  const double kept = (1 + std::min(energy, static_cast<double>(p.back().first))) * words;
  if (!(kept <= kMostWords)) {
    base::refuse("microcanonical",
                 "counting must keep at most 2^28 words, got " + base::text(kept, 6));
  }
}

// Omega: of the arrangements in which one system is in a level at u_j, sum_j g_j [x^(E - u_j)].
Integer total_of(const Polynomial& p, const PowerCoefficients& others, std::int64_t energy) {
  Integer total = 0;
  for (const auto& [u, g] : p) total += others[energy - u] * g;
  return total;
}

// The mean of each level, one integer at a time: levels that are alike have it in common.
std::vector<double> mean_occupation(const Counted& problem, const PowerCoefficients& others,
                                    const Integer& total, std::size_t levels) {
  const Spectrum& spectrum = problem.spectrum;
  std::vector<std::size_t> order(spectrum.quanta.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto kind = [&](std::size_t s) {
    return std::pair(spectrum.quanta[s], spectrum.degeneracies[s]);
  };
  std::ranges::sort(order, {}, kind);
  std::vector<double> means(levels);
  double mean = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto [u, g] = kind(order[i]);
    if (i == 0 || kind(order[i - 1]) != kind(order[i])) {
      const Binary exact = rounded_quotient(others[problem.energy - u] * g * problem.count, total);
      mean = std::ldexp(exact.mantissa, static_cast<int>(exact.exponent));
    }
    means[spectrum.index[order[i]]] = mean;
  }
  return means;
}

}  // namespace

Microcanonical microcanonical(const CountableLevels& levels, std::int64_t count,
                              std::int64_t energy) {
  Counted problem = counted("microcanonical", levels, count, energy, 1);
  if (problem.energy > problem.count * problem.spectrum.highest() / 2) {
    problem = upside_down(std::move(problem));
  }
  const Polynomial p = polynomial_of(problem.spectrum);
  check_cost(problem, p);
  PowerCoefficients others(p, count - 1, problem.energy);
  others.advance_to(problem.energy);
  const Integer total = total_of(p, others, problem.energy);
  if (total == 0) refuse_energy("microcanonical", count, energy);
  return {total.str(), log_of(total), mean_occupation(problem, others, total, at(levels.size()))};
}

}  // namespace gibbs::thermo
