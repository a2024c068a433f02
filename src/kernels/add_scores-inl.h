// Scores and noise, added, for one SIMD target.

#if defined(GIBBS_KERNELS_ADD_SCORES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ADD_SCORES_INL_H_
#undef GIBBS_KERNELS_ADD_SCORES_INL_H_
#else
#define GIBBS_KERNELS_ADD_SCORES_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/add_scores.hpp"
#include "kernels/limit_row.hpp"
#include "kernels/reduce-inl.h"
#include "kernels/scale.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The largest score of a plain row; NaN if there is a NaN.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE W largest_or_nan(D d, const W* x, size_t n) {
  auto numbers = hn::Zero(d);
  const auto nan = hn::Set(d, std::numeric_limits<W>::quiet_NaN());
  for_each_vector(d, x, n, W{0}, [&](size_t, auto v) HWY_ATTR {
    numbers = hn::IfThenElse(hn::Eq(v, v), numbers, nan);
  });
  return max_of(d, x, n) + hn::GetLane(hn::SumOfLanes(d, numbers));
}

// (x - top) / T of one state of a row, at any T and top.
template <class W>
double relative_score(W x, W top, double temperature) {
  constexpr W kInfinity = std::numeric_limits<W>::infinity();
  if (x == -kInfinity) return -std::numeric_limits<double>::infinity();
  if (temperature == 0 || top == kInfinity) {
    return x == top ? 0 : -std::numeric_limits<double>::infinity();
  }
  if (temperature == std::numeric_limits<double>::infinity()) return 0;
  return (static_cast<double>(x) - static_cast<double>(top)) / temperature;
}

template <class W>
void add_any(const NoisyRow<W>& row, W top) {
  constexpr W kLowest = -std::numeric_limits<W>::infinity();
  for (int64_t i = 0; i < row.n; ++i) {
    const W weight = row.log_weights ? row.log_weights[i] : W{0};
    const double sum = relative_score(row.scores[i], top, row.temperature) +
                       static_cast<double>(weight) + static_cast<double>(row.noise[i]);
    row.noise[i] = weight == kLowest ? kLowest : static_cast<W>(sum);
  }
}

// A regular row: T not extreme, top finite.
template <class W>
HWY_INLINE void add_regular(const NoisyRow<W>& row, W top) {
  const hn::ScalableTag<W> d;
  const size_t n = static_cast<size_t>(row.n), lanes = hn::Lanes(d);
  constexpr W kLowest = -std::numeric_limits<W>::infinity();
  const auto shift = hn::Set(d, top), inverse = hn::Set(d, static_cast<W>(1 / row.temperature));
  const auto lowest = hn::Set(d, kLowest);
  for_each_vector(d, row.scores, n, kLowest, [&](size_t i, auto x) HWY_ATTR {
    const size_t count = n - i;
    auto z = hn::Mul(hn::Sub(x, shift), inverse);
    if (row.log_weights) {
      const auto weight = load_first(d, row.log_weights + i, std::min(count, lanes), W{0});
      z = hn::IfThenElse(hn::Eq(weight, lowest), lowest, hn::Add(z, weight));
    }
    if (count >= lanes) {
      hn::StoreU(hn::Add(z, hn::LoadU(d, row.noise + i)), d, row.noise + i);
    } else {
      const auto noise = load_first(d, row.noise + i, count, W{0});
      store_first(hn::Add(z, noise), d, row.noise + i, count);
    }
  });
}

template <class W>
HWY_INLINE void add(const NoisyRow<W>& row) {
  const auto n = static_cast<size_t>(row.n);
  const W top = row.log_weights ? detail::largest_score(row.scores, row.log_weights, n)
                                : largest_or_nan(hn::ScalableTag<W>(), row.scores, n);
  if (std::isnan(top)) {
    std::fill_n(row.noise, n, top);
  } else if (std::isfinite(top) && has_scale<W>(row.temperature)) {
    add_regular(row, top);
  } else {
    add_any(row, top);
  }
}

void add_scores_float(const NoisyRow<float>& row) { add(row); }
void add_scores_double(const NoisyRow<double>& row) { add(row); }

template <class W>
HWY_INLINE int64_t winner(const W* z, int64_t n) {
  const hn::ScalableTag<W> d;
  const auto count = static_cast<size_t>(n);
  const W top = max_of(d, z, count);
  if (n == 0 || std::isnan(z[0]) || top == -std::numeric_limits<W>::infinity()) return -1;
  return std::find(z, z + n, top) - z;
}

int64_t winner_float(const float* z, int64_t n) { return winner(z, n); }
int64_t winner_double(const double* z, int64_t n) { return winner(z, n); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
