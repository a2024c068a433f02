#pragma once
// Samples as every state sees them: what reweighting starts from.

#include <cstdint>
#include <functional>
#include <memory>

#include "gibbs/rows.hpp"

namespace gibbs::thermo {

namespace detail {
class Source;
}

// Reduced potentials u_k(n) = beta_k (U_k + p_k V + ...) of N samples in K states, read block by
// block. +inf: the state cannot be in that configuration. Never owns what it views,
// which must live as long as what is made of it.
class Potentials {
 public:
  // u_k of samples first, first + 1, ... into u(k, j), states x u.cols. Called from several threads
  // at once, for any samples in any order, and always with the same answer.
  using Fill = std::function<void(std::int64_t first, Rows<double> u)>;

  // A matrix, states x samples, read where it lies.
  // throws    std::invalid_argument: fewer than 1 state or sample
  Potentials(Rows<const double> u);  // NOLINT(google-explicit-constructor): it is one
  // u_k(n) = sum_i lambdas(k, i) x(i, n): states x terms and terms x samples. Temperatures, fields
  // and couplings are such families, and take terms x samples numbers instead of states x samples.
  // throws    as above; other terms in x than in lambdas; a number that is not finite, by its place
  static Potentials linear(Rows<const double> lambdas, Rows<const double> x);
  // Whatever a function makes of them, when they are asked for.
  // throws    as above; an empty function
  static Potentials blocks(std::int64_t states, std::int64_t samples, Fill fill);

  std::int64_t states() const;
  std::int64_t samples() const;
  const detail::Source& source() const { return *source_; }

 private:
  explicit Potentials(std::shared_ptr<const detail::Source> source) : source_(std::move(source)) {}

  std::shared_ptr<const detail::Source> source_;
};

}  // namespace gibbs::thermo
