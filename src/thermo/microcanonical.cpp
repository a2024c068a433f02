#include "gibbs/thermo/microcanonical.hpp"

#include <algorithm>
#include <cmath>
#include <map>
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

void check_cost(const Counted& problem, const Polynomial& p) {
  double states = 0;
  for (const auto& [u, g] : p) states += static_cast<double>(g);
  const auto count = static_cast<double>(problem.count);
  const double words = 1 + count * std::log2(states) / 64;
  const auto energy = static_cast<double>(problem.energy);
  const double steps = energy * static_cast<double>(p.size()) * words;
  if (!(steps <= kMostSteps)) {
    base::refuse_value("microcanonical", "counting must take at most 1e11 steps", steps);
  }
  const double kept = (1 + std::min(energy, static_cast<double>(p.back().first))) * words;
  if (!(kept <= kMostWords)) {
    base::refuse_value("microcanonical", "counting must keep at most 2^28 words", kept);
  }
}

}  // namespace

Microcanonical microcanonical(const CountableLevels& levels, std::int64_t count,
                              std::int64_t energy) {
  Counted problem = counted("microcanonical", levels, count, energy, 1);
  if (problem.energy > problem.count * problem.spectrum.highest() / 2) {
    problem = upside_down(std::move(problem));
  }
  const Spectrum& spectrum = problem.spectrum;
  const Polynomial p = polynomial_of(spectrum);
  check_cost(problem, p);
  PowerCoefficients others(p, count - 1, problem.energy);
  others.advance_to(problem.energy);

  Integer total = 0;
  std::vector<Integer> of_level(spectrum.quanta.size());
  for (std::size_t s = 0; s < of_level.size(); ++s) {
    of_level[s] = others[problem.energy - spectrum.quanta[s]] * spectrum.degeneracies[s];
    total += of_level[s];
  }
  if (total == 0) refuse_energy("microcanonical", count, energy);

  Microcanonical result{total.str(), log_of(total), std::vector<double>(at(levels.size()))};
  for (std::size_t s = 0; s < of_level.size(); ++s) {
    const Binary mean = rounded_quotient(of_level[s] * count, total);
    result.mean_occupation[spectrum.index[s]] =
        std::ldexp(mean.mantissa, static_cast<int>(mean.exponent));
  }
  return result;
}

}  // namespace gibbs::thermo
