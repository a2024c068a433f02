#pragma once
// The functions f of include/gibbs/family/divergence.hpp in 512 bits.

#include <string>

#include "known_answers_real.hpp"

namespace known {

enum class Kind { kAlpha, kEuclidean, kReverseKl, kChiSquare, kHellinger, kJensenShannon, kFermi };

// As it stands in the file.
std::string name_of(Kind kind);

struct Generator {
  Kind kind = Kind::kAlpha;
  Real alpha = 1;

  // f(r), by its definition.
  Real value(const Real& r) const;
  // f'(r); r = 0 has its limit, which may be -inf.
  Real slope(const Real& r) const;
  // r with f'(r) = z: 0 where z is below the range of f' or above it by no more than 1e-110, inf
  // where it is above.
  Real ratio(const Real& z) const;

 private:
  Real alpha_ratio(const Real& z) const;
};

}  // namespace known
