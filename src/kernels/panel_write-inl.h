// What becomes of a panel whose sums are known, written to memory, for one SIMD target.

#if defined(GIBBS_KERNELS_PANEL_WRITE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_WRITE_INL_H_
#undef GIBBS_KERNELS_PANEL_WRITE_INL_H_
#else
#define GIBBS_KERNELS_PANEL_WRITE_INL_H_
#endif

#include <cstring>
#include <limits>
#include <type_traits>

#include "hwy/cache_control.h"
#include "kernels/panel-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/softmax_group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Where a block is written.
template <class W>
struct PanelOut {
  W* data;
  ptrdiff_t step;
  bool stream;
};

// Writes p of kSize columns; where a row is in a limit, its values.
template <size_t kSize, class D, class W = hn::TFromD<D>>
HWY_INLINE void write_panel_at(const PanelBlock<D>& block, const PanelRows& rows, size_t first,
                               size_t j, Pack<D, kSize> p, const PanelOut<W>& out) {
  const D d = block.d;
  const size_t lanes = hn::Lanes(d);
  if (const uint64_t bad = rows.bad[first / lanes]; HWY_UNLIKELY(bad != 0)) {
    uint8_t bits[8];
    std::memcpy(bits, &bad, sizeof bits);
    const auto limit = hn::LoadMaskBits(d, bits);
    const auto infinity = hn::Set(d, std::numeric_limits<W>::infinity());
    const auto at_infinity = hn::Load(d, rows.at_infinity + first);
    const auto elsewhere = hn::Load(d, rows.elsewhere + first);
    each<kSize>([&](size_t k) HWY_ATTR {
      const auto is_infinite = hn::Eq(block.load(j + k), infinity);
      p[k] = hn::IfThenElse(limit, hn::IfThenElse(is_infinite, at_infinity, elsewhere), p[k]);
    });
  }
  each<kSize>([&](size_t k) HWY_ATTR {
    W* at = out.data + static_cast<ptrdiff_t>(j + k) * out.step;
    if (block.rows < lanes) {
      store_first(p[k], d, at, block.rows);
    } else if (out.stream) {
      hn::Stream(p[k], d, at);
    } else {
      hn::StoreU(p[k], d, at);
    }
  });
}

// Calls write(columns as a std::integral_constant, first of them) over a block.
template <class D, class Write>
HWY_INLINE void for_each_pack_of(const PanelBlock<D>& block, const Write& write) {
  size_t j = 0;
  for (; j + kPack <= block.cols; j += kPack) write(std::integral_constant<size_t, kPack>(), j);
  for (; j < block.cols; ++j) write(std::integral_constant<size_t, 1>(), j);
}

template <class D, class W>
HWY_INLINE void write_panel_log(const PanelBlock<D>& block, const Scale<W>& scale,
                                const PanelRows& rows, size_t first, const PanelOut<W>& out) {
  const D d = block.d;
  const LogMap<D> log(d, scale, hn::Load(d, rows.top + first), hn::Load(d, rows.high + first),
                      hn::Load(d, rows.low + first));
  for_each_pack_of(block, [&](auto size, size_t j) HWY_ATTR {
    Pack<D, size()> p;
    each<size()>([&](size_t k) HWY_ATTR { p[k] = log(block.load(j + k)); });
    write_panel_at(block, rows, first, j, p, out);
  });
}

// `load(size, j)`: exponentials of columns j on.
template <class D, class W, class Load>
HWY_INLINE void write_panel_block(const PanelBlock<D>& block, const PanelRows& rows, size_t first,
                                  const PanelOut<W>& out, const Load& load) {
  const D d = block.d;
  const auto high = hn::Load(d, rows.high + first), low = hn::Load(d, rows.low + first);
  for_each_pack_of(block, [&](auto size, size_t j) HWY_ATTR {
    auto e = load(size, j);
    each<size()>([&](size_t k) HWY_ATTR { e[k] = hn::MulAdd(e[k], high, hn::Mul(e[k], low)); });
    write_panel_at(block, rows, first, j, e, out);
  });
}

HWY_INLINE void write_panel(const Panel& panel, const PanelRows& rows) {
  const PanelTag d;
  const size_t lanes = hn::Lanes(d);
  const auto& batch = panel.batch;
  const bool stream = panel.streams();
  RowExp<PanelTag> exps[kPanelVectors];
  for (size_t i = 0; i < panel.count; i += lanes) {
    exps[i / lanes] = RowExp<PanelTag>(d, *batch.scales, hn::Load(d, rows.reference + i));
  }
  PanelBeside beside(panel, PanelTrail(), kPanelColumns);
  const bool reads = batch.output == Output::kLogProbabilities || !panel.kept;
  panel.for_each_block(d, [&](const auto& block, size_t i, size_t j) HWY_ATTR {
    for (size_t k = 0; reads && k < block.cols; k += kPack) beside.step();
    const PanelOut<float> out{
        batch.out + panel.first + i + static_cast<ptrdiff_t>(j) * batch.out_stride,
        batch.out_stride, stream};
    if (batch.output == Output::kLogProbabilities) {
      return write_panel_log(block, *batch.scales, rows, i, out);
    }
    if (const float* kept = panel.kept_at(i, j); kept && j >= rows.kept_from[i / lanes]) {
      return write_panel_block(block, rows, i, out, [&](auto size, size_t col) HWY_ATTR {
        Pack<PanelTag, size()> e;
        for (size_t k = 0; k < size(); ++k) {
          e[k] = hn::Load(d, kept + static_cast<ptrdiff_t>(col + k) * panel.kept_step);
        }
        return e;
      });
    }
    const auto& exp = exps[i / lanes];
    write_panel_block(block, rows, i, out, [&](auto size, size_t col) HWY_ATTR {
      Pack<PanelTag, size()> shifted;
      for (size_t k = 0; k < size(); ++k) shifted[k] = exp.shifted(block.load(col + k));
      return exp.exp(shifted);
    });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
