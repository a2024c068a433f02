#pragma once
// The promised accuracy, as the public headers state it.

#include <algorithm>
#include <gibbs/simd.hpp>
#include <gibbs/types.hpp>
#include <string>

#include "support/ulp.hpp"

namespace gibbs::testing {

// Whether a target, as Highway names it, has fused multiply-add.
inline bool has_fma(const std::string& target) {
  return !target.starts_with("SSE") && !target.starts_with("SSSE") && target != "EMU128" &&
         target != "SCALAR";
}

// 1 with fused multiply-add, 2 without: the promise is twice as wide there.
inline double fma_factor() { return has_fma(simd_target()) ? 1 : 2; }

// Softmax in ulp, log-softmax and log-sum-exp in ulp of max(1, |answer|).
// The short types are computed in float and rounded once: half an ulp and what 2 ulp of float are.
template <Score T>
double softmax_bar() {
  if constexpr (std::same_as<T, double>) return 4 * fma_factor();
  if constexpr (std::same_as<T, float>) return 2 * fma_factor();
  return 0.5 + 2 * fma_factor() * std::ldexp(1.0, Format<T>::kMantissa - Format<float>::kMantissa);
}

// |p - exact| of entmax, without the rounding to T.
template <Score T>
long double entmax_bar() {
  if constexpr (std::same_as<T, double>) return 4 * fma_factor() * 0x1p-52L;
  return 2e-7L * fma_factor();
}

// The same with the rounding of a p to a short type.
template <Score T>
long double entmax_bar_at(long double exact) {
  constexpr bool kShort = !std::same_as<T, double> && !std::same_as<T, float>;
  return entmax_bar<T>() + (kShort ? 0.5L * ulp_at<T>(exact + entmax_bar<T>()) : 0);
}

// |p - exact| of the constrained maps; p may be above 1.
template <Score T>
long double constrained_bar(long double exact) {
  const long double at_one = std::max(1.0L, exact);
  if constexpr (std::same_as<T, double>) return 1e-15L * at_one;
  return 2e-7L * at_one + (std::same_as<T, float> ? 0 : 0.5L * ulp_at<T>(exact));
}

// |p - exact| of normmax.
template <Score T>
long double normmax_bar(long double alpha) {
  if constexpr (std::same_as<T, double>) return alpha > 2 ? 1e-10L : 1e-15L;
  return 2e-7L;
}

}  // namespace gibbs::testing
