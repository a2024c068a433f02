// What levels above a cut may add.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "base/log_gamma.hpp"
#include "gibbs/thermo/ensemble.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_cut(const Levels& levels, const Cut& cut) {
  if (levels.lowest() == kInfinity) base::refuse("tail", "there is no level that can be occupied");
  if (!(cut.cut >= levels.highest())) {
    base::refuse_value("tail",
                       "cut must not be below the highest level, " + base::text(levels.highest()),
                       cut.cut);
  }
  if (!(cut.growth >= 0)) base::refuse_value("tail", "growth must not be negative", cut.growth);
}

// log of an upper bound of the incomplete gamma function, integral of y^(a - 1) e^-y from x: all of
// it, or what y / x >= 1 gives, exact for a = 1 and where x is large.
double log_upper_gamma(double a, double x) {
  const double room = a > 1 ? x - a + 1 : x;
  const double far = room > 0 ? a * std::log(x) - x - std::log(room) : kInfinity;
  return std::min(a > 0 ? base::log_gamma(a) : kInfinity, far);
}

// log of a bound of sum y^j e^-y over the missing states, y = beta (E - E_0): from y = `cut` on,
// where the list ends at y = `last` with exp(log_listed) states. The terms fall from y = j on, and
// before are at most what they are there. With N(y) states up to y the sum is at most the integral
// of the falling bound over dN.
double log_missing(int j, double last, double cut, double log_listed, const Cut& how) {
  const double from = std::max(cut, static_cast<double>(j));
  const double log_term = (j == 0 ? 0 : j * std::log(from)) - from;
  if (how.states) return how.states->log() + log_term;
  const double before = log_term + std::log(std::expm1(how.growth * std::log(from / last)));
  const double after =
      std::log(how.growth) - how.growth * std::log(last) + log_upper_gamma(how.growth + j, from);
  const double largest = std::max(before, after);
  if (std::isinf(largest)) return log_listed + largest;
  return log_listed + largest + std::log1p(std::exp(std::min(before, after) - largest));
}

// beta (to - from), where either may be infinite and the other 0: nothing is between one energy and
// itself at T = 0, and nothing has a weight at beta = 0.
double exponent(double beta, double from, double to) {
  if (beta == 0 || from == to) return 0;
  return static_cast<double>(beta * (static_cast<long double>(to) - from));
}

}  // namespace

TailBound Ensemble::tail(double temperature, const Cut& cut) const {
  check_cut(levels_, cut);
  if (std::isnan(temperature)) return {temperature, temperature, temperature, temperature};
  const State s = at(temperature);
  if (std::signbit(temperature)) return {kInfinity, kInfinity, kInfinity, kInfinity};
  if (cut.cut == kInfinity) return {};  // what lies there is never occupied
  const double last = exponent(s.beta, levels_.lowest(), levels_.highest());
  const double from = exponent(s.beta, levels_.lowest(), cut.cut);
  if (from == kInfinity || (cut.growth == 0 && !cut.states)) return {};
  if (!(last > 0 && cut.growth < kInfinity) && !cut.states) {
    return {kInfinity, kInfinity, kInfinity, kInfinity};
  }
  const double log_sum = s.entropy - exponent(s.beta, levels_.lowest(), s.mean_energy);
  const auto share = [&](int j) {
    return std::exp(log_missing(j, last, from, levels_.log_states(), cut) - log_sum);
  };
  const double first = share(1);
  TailBound bound;
  bound.log_partition = std::log1p(share(0));
  bound.mean_energy = first == 0 ? 0 : first / s.beta;
  bound.entropy = bound.log_partition + first;
  bound.heat_capacity = std::max(share(2), s.heat_capacity * share(0));
  return bound;
}

}  // namespace gibbs::thermo
