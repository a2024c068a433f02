#pragma once
// The law that a truncated one is compared with.

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/truncation.hpp"
#include "sampling/portable_scalar.hpp"
#include "sampling/row_law.hpp"

namespace gibbs::sampling {

// softmax(x / T) of a row as it was given, T from 0 to infinity.
template <class W>
class WholeLaw {
 public:
  WholeLaw(const W* x, std::int64_t n, W top, double temperature, const RowLaw<W>& law,
           TruncationRoom<W>& room)
      : x_(x), n_(n), top_(top), room_(room) {
    beta_ = static_cast<double>(static_cast<W>(1 / temperature));
    // A beta that scores cannot be multiplied with in their own type (RowLaw): they are copied.
    direct_ = beta_ >= std::ldexp(1.0, sizeof(W) == 4 ? -100 : -1000) &&
              beta_ <= static_cast<double>(std::numeric_limits<W>::max()) / 4;
    if (!direct_) beta_ = 1 / temperature;
    mass_ = law.row_mass().beta == beta_ ? law.row_mass().mass : mass_of_row();
    log_mass_ = log_of(mass_);
  }

  double log_probability(std::int64_t column) const { return power(x_[column]) - log_mass_; }

  // The mass of the states that a law has kept. At most 1: rounding adds nothing.
  double mass_of(RowLaw<W>& law, std::int64_t states) const {
    if (law.count() == states) return 1;
    return std::min(weight_of(law) / mass_, 1.0);
  }

 private:
  double weight_of(RowLaw<W>& law) const {
    if (direct_ && law.unedited() && law.beta() == beta_) {
      return law.reference() == top_ ? law.sums().mass
                                     : weigh(law.states().x, law.states().n, weighing());
    }
    const auto states = law.states();
    return weigh_each(states.n, [&](std::int64_t i) {
      const W none = -std::numeric_limits<W>::infinity();
      return states.x[i] == none ? none : x_[law.column_at(i)];
    });
  }

  double mass_of_row() const {
    if (direct_) return weigh(x_, n_, weighing());
    return weigh_each(n_, [&](std::int64_t i) { return x_[i]; });
  }

  template <class At>
  double weigh_each(std::int64_t n, const At& at) const {
    W* const x = room_.candidates.x();
    for (std::int64_t i = 0; i < n; ++i) x[i] = direct_ ? at(i) : static_cast<W>(power(at(i)));
    return weigh(x, n, direct_ ? weighing() : kernels::Weighing<W>{0, 1});
  }

  static double weigh(const W* x, std::int64_t n, const kernels::Weighing<W>& of) {
    return kernels::weigh(x, n, of, kernels::Sums::kMass, nullptr, nullptr).mass;
  }
  kernels::Weighing<W> weighing() const { return {top_, static_cast<W>(beta_)}; }

  // (x - top) / T, also at the limits of T.
  double power(W x) const {
    if (x == top_) return 0;
    if (x == -std::numeric_limits<W>::infinity()) return -std::numeric_limits<double>::infinity();
    return (static_cast<double>(x) - static_cast<double>(top_)) * beta_;
  }

  const W* x_;
  std::int64_t n_;
  W top_;
  TruncationRoom<W>& room_;
  double beta_ = 1, mass_ = 0, log_mass_ = 0;
  bool direct_ = true;
};

}  // namespace gibbs::sampling
