// Philox4x32-10 on several counters at once, for one SIMD target.

#if defined(GIBBS_KERNELS_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PHILOX_INL_H_
#undef GIBBS_KERNELS_PHILOX_INL_H_
#else
#define GIBBS_KERNELS_PHILOX_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "gibbs/sampling/noise.hpp"
#include "hwy/highway.h"
#include "kernels/pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The words of RowNoise::bits for categories 2 p, 2 p + 1, ... in memory order.
class PhiloxRow {
 public:
  using D = hn::ScalableTag<uint64_t>;
  // Vectors of counters in flight: a round's chain of five instructions takes ten cycles.
  static constexpr size_t kChains = 4;
  // Categories that one step makes.
  static HWY_INLINE size_t step() { return 2 * kChains * hn::Lanes(D()); }

  HWY_INLINE PhiloxRow(const RowNoise& row, uint64_t draw)
      : key_(row.key), from_(draw ^ row.salt) {}

  // to[0, step()): from category 2 * pair on.
  HWY_INLINE void fill(uint64_t pair, uint64_t* to) const {
    const D d;
    const auto from = hn::Set(d, from_);
    fill(to, [&](hn::Vec<D> offset) HWY_ATTR {
      return Counter{hn::Add(hn::Set(d, pair), offset), from};
    });
  }

  // to[0, step()): both words of `pair` at the draw given first and those after it.
  HWY_INLINE void fill_draws(uint64_t pair, uint64_t first_draw, uint64_t salt,
                             uint64_t* to) const {
    const D d;
    const auto category = hn::Set(d, pair);
    fill(to, [&](hn::Vec<D> offset) HWY_ATTR {
      const auto draw = hn::Add(hn::Set(d, first_draw), offset);
      return Counter{category, hn::Xor(draw, hn::Set(d, salt))};
    });
  }

 private:
  struct Counter {
    hn::Vec<D> pair, from;
  };

  // The words of counter_of(0), counter_of(1), ... in memory order.
  template <class CounterOf>
  HWY_INLINE void fill(uint64_t* to, const CounterOf& counter_of) const {
    using P = Pack<D, kChains>;
    const D d;
    const hn::Repartition<uint32_t, D> d32;
    const size_t lanes = hn::Lanes(d);
    P c0, c1, c2, c3;
    each<kChains>([&](size_t k) HWY_ATTR {
      const Counter counter = counter_of(hn::Add(hn::Set(d, uint64_t{k * lanes}), offsets(d)));
      c0[k] = counter.pair;
      c1[k] = hn::ShiftRight<32>(counter.pair);
      c2[k] = counter.from;
      c3[k] = hn::ShiftRight<32>(counter.from);
    });
    const auto m0 = hn::Set(d32, Philox4x32::kMultipliers[0]);
    const auto m1 = hn::Set(d32, Philox4x32::kMultipliers[1]);
    auto key = key_;
    for (int i = 0; i < Philox4x32::kRounds; ++i) {
      const auto k0 = hn::Set(d, uint64_t{key[0]}), k1 = hn::Set(d, uint64_t{key[1]});
      each<kChains>([&](size_t k) HWY_ATTR {
        // Only the lower halves count; what is above them is not read by the next product.
        const auto a = hn::MulEven(m0, hn::BitCast(d32, c0[k]));
        const auto b = hn::MulEven(m1, hn::BitCast(d32, c2[k]));
        c0[k] = hn::Xor3(hn::ShiftRight<32>(b), c1[k], k0);
        c1[k] = b;
        c2[k] = hn::Xor3(hn::ShiftRight<32>(a), c3[k], k1);
        c3[k] = a;
      });
      key = {key[0] + Philox4x32::kWeyl[0], key[1] + Philox4x32::kWeyl[1]};
    }
    const auto low = hn::Set(d, uint64_t{0xFFFFFFFFu});
    each<kChains>([&](size_t k) HWY_ATTR {
      const auto even = hn::Or(hn::And(c0[k], low), hn::ShiftLeft<32>(c1[k]));
      const auto odd = hn::Or(hn::And(c2[k], low), hn::ShiftLeft<32>(c3[k]));
      hn::StoreU(hn::InterleaveLower(d, even, odd), d, to + 2 * k * lanes);
      hn::StoreU(hn::InterleaveUpper(d, even, odd), d, to + (2 * k + 1) * lanes);
    });
  }

  // Lane i counts pair i / 2 of the first half of a vector's pairs, or of the second if i is odd:
  // interleaving within blocks of 128 bits then puts the words in order.
  static HWY_INLINE hn::Vec<D> offsets(D d) {
    const auto i = hn::Iota(d, 0);
    const auto second = hn::And(i, hn::Set(d, uint64_t{1}));
    return hn::Add(hn::ShiftRight<1>(i),
                   hn::IfThenElseZero(hn::Eq(second, hn::Set(d, uint64_t{1})),
                                      hn::Set(d, static_cast<uint64_t>(hn::Lanes(d) / 2))));
  }

  Philox4x32::Key key_;
  uint64_t from_;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
