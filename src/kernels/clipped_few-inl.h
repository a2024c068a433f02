// The threshold of a projection on a few states, for one SIMD target.

#if defined(GIBBS_KERNELS_CLIPPED_FEW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_FEW_INL_H_
#undef GIBBS_KERNELS_CLIPPED_FEW_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_FEW_INL_H_
#endif

#include <cmath>
#include <limits>

#include "kernels/clipped_maps-inl.h"
#include "kernels/root.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The sum of the lanes of a mask in double.
template <class D>
HWY_INLINE double sum_where(D d, hn::Mask<D> which, hn::Vec<D> v) {
  double high = 0, low = 0;
  add_lanes(d, hn::IfThenElseZero(which, v), high, low);
  return high + low;
}

// t with sum clip(u - t, 0, most) = room, u = (x - origin) / T, over no more states than lanes and
// without bounds of their own. The sum falls along straight lines that break at every u and u -
// most: it is taken at all of them at once, and the line that crosses `room` is solved. Newton's
// method needs six to eight such sums one after the other.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE Root<double> root_of_few(D d, const ClippedRow<W>& row, double origin,
                                    const Clipped<W>& part, double room) {
  const auto zero = hn::Zero(d), most = hn::Set(d, row.most);
  const auto from = hn::Set(d, static_cast<W>(origin));
  const auto nowhere = hn::Set(d, std::numeric_limits<W>::lowest() / 4);
  const auto off = hn::Sub(load_some(d, part.x, part.n, W{0}), from);
  const auto exist = hn::FirstN(d, part.n);
  const auto enters = hn::IfThenElse(exist, hn::Mul(off, hn::Set(d, row.scale.inverse)), nowhere);
  const auto fills = hn::Sub(enters, most);
  HWY_ALIGN W u[hn::MaxLanes(D())];
  hn::Store(enters, d, u);
  auto at_enters = zero, at_fills = zero;
  for (size_t k = 0; k < part.n; ++k) {
    const auto of = hn::Set(d, u[k]);
    at_enters = hn::Add(at_enters, hn::Min(most, hn::Max(zero, hn::Sub(of, enters))));
    at_fills = hn::Add(at_fills, hn::Min(most, hn::Max(zero, hn::Sub(of, fills))));
  }
  // The last break where no less than `room` is taken.
  const auto wanted = hn::Set(d, static_cast<W>(room));
  const auto last =
      hn::MaxOfLanes(d, hn::Max(hn::IfThenElse(hn::Ge(at_enters, wanted), enters, nowhere),
                                hn::IfThenElse(hn::Ge(at_fills, wanted), fills, nowhere)));
  const auto full = hn::Gt(fills, last), inside = hn::AndNot(full, hn::Gt(enters, last));
  const double count = static_cast<double>(hn::CountTrue(d, inside));
  const double spent = static_cast<double>(hn::CountTrue(d, full)) * static_cast<double>(row.most);
  const double t = (sum_where(d, inside, off) / row.scale.temperature + spent - room) / count;
  // Further from the origin u has too few digits.
  return {t, hn::AllFalse(d, hn::IsNaN(enters)) && std::abs(t) <= 2};
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
