// perturbed.hpp for one SIMD target.
//
// Every category needs its random bits, but few need their noise: G = -log(E) with E >= u, so what
// cannot pass with -log(u), or with a bound of that from the exponent and mantissa of u as an
// integer, is left out. What passes is computed in full, the same way on every target.

#if defined(GIBBS_KERNELS_PERTURBED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PERTURBED_INL_H_
#undef GIBBS_KERNELS_PERTURBED_INL_H_
#else
#define GIBBS_KERNELS_PERTURBED_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>

#include "hwy/highway.h"
#include "kernels/noise-inl.h"
#include "kernels/perturbed.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The k highest so far as a heap, the lowest of them first.
class HighestSoFar {
 public:
  HighestSoFar(int64_t k, Perturbed* heap) : heap_(heap), k_(k) {}

  // What a perturbed score must reach to come in, less `reference`.
  double bound_from(double reference) const {
    if (count_ < k_) return -std::numeric_limits<double>::infinity();
    return heap_[0].value - reference + heap_[0].low;
  }
  // Whether the bound may have risen.
  bool add(const Perturbed& p) {
    if (count_ == k_) {
      if (!comes_before(p, heap_[0])) return false;
      std::pop_heap(heap_, heap_ + count_--, comes_before);
    }
    heap_[count_++] = p;
    std::push_heap(heap_, heap_ + count_, comes_before);
    return true;
  }
  int64_t sorted() {
    std::sort_heap(heap_, heap_ + count_, comes_before);
    return count_;
  }

 private:
  Perturbed* heap_;
  int64_t k_, count_ = 0;
};

// Which categories may reach a bound. All in units of log(2) / 2^23, as the bits of a float count.
struct Sieve {
  static constexpr double kUnit = 0x1p23, kLog2e = 0x1.71547652b82fep0;
  static constexpr double kBias = 127 + 31;
  double temperature;
  float level = std::numeric_limits<float>::infinity();

  double slope() const { return kUnit * kLog2e / temperature; }
  // 31 bits of u: log2(u) >= bits of float(u 2^31) / 2^23 - 127 - 31. The slack of 2^-10 holds all
  // roundings: those of float are below 2^-14 where a bound of 158 or less matters.
  void raise(double from_top) {
    level = static_cast<float>((kBias + 0x1p-10 - from_top * kLog2e) * kUnit);
  }
};

// The lanes of 31 bits of each word, as float.
template <class D>
HWY_INLINE hn::Vec<D> upper_bits(D d, const uint64_t* words) {
  const hn::RebindToUnsigned<D> du;
  const hn::RebindToSigned<D> di;
  const auto* halves = reinterpret_cast<const uint32_t*>(words);
  const auto upper = hn::ConcatOdd(du, hn::LoadU(du, halves + hn::Lanes(d)), hn::LoadU(du, halves));
  return hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<1>(upper)));
}

// Calls body(i) for the i < n that may pass; scores in units of the sieve, see in_units.
template <class Body>
HWY_INLINE void sieve(const Sieve& bound, const float* scores, const uint64_t* words, size_t n,
                      const Body& body) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<decltype(d)> di;
  const size_t lanes = hn::Lanes(d);
  uint8_t bits[8];
  for (size_t i = 0; i < n; i += lanes) {
    const auto log2 = hn::ConvertTo(d, hn::BitCast(di, upper_bits(d, words + i)));
    // No state: -inf + inf is NaN and passes nothing.
    const auto pass = hn::Le(log2, hn::Add(hn::LoadU(d, scores + i), hn::Set(d, bound.level)));
    if (HWY_LIKELY(hn::AllFalse(d, pass))) continue;
    std::fill_n(bits, 8, uint8_t{0});
    hn::StoreMaskBits(d, pass, bits);
    for (size_t k = 0; k < std::min(lanes, n - i); ++k) {
      if ((bits[k / 8] >> (k % 8) & 1) != 0) body(i + k);
    }
  }
}

// Scores less the highest in units of the sieve, but not so low that a first bound of -inf would
// not let them pass; -inf where there is no state, and in the room behind the last.
template <class W>
HWY_INLINE void in_units(const W* x, size_t n, const PerturbedRow<W>& row, double slope,
                         float* out) {
  constexpr W kLeast = W(-0x1p40), kNone = -std::numeric_limits<W>::infinity();
  const W by = static_cast<W>(slope), max = row.max;
  for (size_t i = 0; i < n; ++i) {
    const W below = (x[i] - max) * by;
    const W reached = below < kLeast ? kLeast : below;
    out[i] = static_cast<float>(x[i] > kNone ? reached : kNone);
  }
  std::fill_n(out + n, HWY_MAX_BYTES / sizeof(float), -std::numeric_limits<float>::infinity());
}

// The same of quotients that are so high that their rounding could decide: by these themselves.
template <class W>
HWY_INLINE void quotients_in_units(const W* x, size_t n, const PerturbedRow<W>& row, double top,
                                   float* out) {
  constexpr double kLeast = -0x1p40;
  constexpr W kNone = -std::numeric_limits<W>::infinity();
  for (size_t i = 0; i < n; ++i) {
    const double below =
        (static_cast<double>(x[i]) / row.temperature - top) * Sieve::kLog2e * Sieve::kUnit;
    out[i] = x[i] > kNone ? static_cast<float>(std::max(below, kLeast))
                          : -std::numeric_limits<float>::infinity();
  }
  std::fill_n(out + n, HWY_MAX_BYTES / sizeof(float), -std::numeric_limits<float>::infinity());
}

// source: Knuth 1969, TwoSum
template <class W>
HWY_INLINE Perturbed perturbed(const PerturbedRow<W>& row, int64_t i, const uint64_t* word) {
  double noise[1];
  noise_of_words(word, 1, detail::Noise::kGumbel, noise);
  const double quotient = static_cast<double>(row.x[i]) / row.temperature;
  const double sum = quotient + noise[0], of_noise = sum - quotient;
  const double low = (quotient - (sum - of_noise)) + (noise[0] - of_noise);
  return {sum, std::isfinite(sum) ? low : 0, i};
}

// Some categories at a time, in an order that no order of the scores is likely to share: in a row
// of rising scores, taken as they come, each would pass.
inline constexpr int64_t kSieved = 448;

// How far to step from block to block so that all are visited: near the golden section.
inline int64_t stride_of(int64_t blocks) {
  int64_t stride = std::max<int64_t>(blocks * 5 / 8, 1);
  while (std::gcd(stride, blocks) != 1) ++stride;
  return stride;
}

template <class W>
HWY_INLINE int64_t any_highest_perturbed(const PerturbedRow<W>& row, int64_t k, Perturbed* out) {
  const PhiloxRow philox(row.noise, row.draw);
  HighestSoFar highest(k, out);
  Sieve bound{row.temperature};
  const double top = static_cast<double>(row.max) / row.temperature;
  // Up to here what the quotients are rounded by is within the slack of the sieve.
  const bool rounded = std::abs(top) > 0x1p40;
  HWY_ALIGN float scores[kSieved + HWY_MAX_BYTES];
  const int64_t blocks = (row.n + kSieved - 1) / kSieved, stride = stride_of(blocks);
  for (int64_t i = 0, block = 0; i < blocks; ++i, block = (block + stride) % blocks) {
    const int64_t first = block * kSieved;
    const auto n = static_cast<size_t>(std::min(kSieved, row.n - first));
    if (rounded) {
      quotients_in_units(row.x + first, n, row, top, scores);
    } else {
      in_units(row.x + first, n, row, bound.slope(), scores);
    }
    const auto body = [&](size_t, const uint64_t* words, size_t count) HWY_ATTR {
      sieve(bound, scores, words, count, [&](size_t j) HWY_ATTR {
        const auto index = first + static_cast<int64_t>(j);
        if (highest.add(perturbed(row, index, words + j))) bound.raise(highest.bound_from(top));
      });
    };
    for_each_words(philox, row.first_category + static_cast<uint64_t>(first), n, body);
  }
  return highest.sorted();
}

int64_t highest_perturbed_float(const PerturbedRow<float>& row, int64_t k, Perturbed* out) {
  return any_highest_perturbed(row, k, out);
}
int64_t highest_perturbed_double(const PerturbedRow<double>& row, int64_t k, Perturbed* out) {
  return any_highest_perturbed(row, k, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
