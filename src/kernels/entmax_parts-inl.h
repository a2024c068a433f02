// entmax of one part of a very long row, for one SIMD target: what the threads share out.
//
// No name here may be that of a function of entmax.hpp: a call from inside would find the public
// one, which dispatches to here again.

#if defined(GIBBS_KERNELS_ENTMAX_PARTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_PARTS_INL_H_
#undef GIBBS_KERNELS_ENTMAX_PARTS_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_PARTS_INL_H_
#endif

#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/ahead.hpp"
#include "kernels/entmax.hpp"
#include "kernels/entmax_candidates-inl.h"
#include "kernels/entmax_edge-inl.h"
#include "kernels/entmax_tsallis-inl.h"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class W>
HWY_INLINE EntmaxCandidates<W> part_candidates(const W* x, int64_t n, double width, W* buffer) {
  const hn::ScalableTag<W> d;
  const auto found =
      find_candidates(d, x, static_cast<size_t>(n), width, buffer, x + kLanesAhead<W>);
  return {found.max, buffer, static_cast<int64_t>(found.count)};
}

template <class W>
HWY_INLINE int64_t part_keep(const EntmaxCandidates<W>& c, W max, double width, W* to) {
  const hn::ScalableTag<W> d;
  return static_cast<int64_t>(keep_above(d, c.scores, static_cast<size_t>(c.count),
                                         below(max, width), to, c.scores, [](size_t) HWY_ATTR {}));
}

template <class W>
HWY_INLINE EntmaxEdge part_edge(const EntmaxCandidates<W>& given, double alpha, double temperature,
                                double* z) {
  const Candidates<W> c{given.max, given.scores, static_cast<size_t>(given.count)};
  const Edge<W> edge = alpha == 2     ? solve_sparsemax(c, temperature)
                       : alpha == 1.5 ? solve_entmax15(c, temperature)
                                      : solve_steep(c, alpha - 1, temperature, z);
  EntmaxEdge solved{static_cast<double>(edge.pivot), edge.at_pivot, edge.probability, edge.slope,
                    RowSummary::nan()};
  if (!std::isnan(solved.pivot) && !std::isnan(solved.at_pivot)) {
    solved.summary = edge_summary(c, edge, alpha, temperature);
  }
  return solved;
}

template <class W>
HWY_INLINE void part_write_edge(const W* x, int64_t n, const EntmaxEdge& edge, double alpha,
                                bool stream, W* out) {
  using D = hn::ScalableTag<W>;
  const Edge<W> lane_edge{static_cast<W>(edge.pivot), edge.at_pivot, edge.probability, edge.slope};
  const double factor = edge.factor;
  const auto write = [&](const auto& map) HWY_ATTR {
    write_mapped(D(), x, static_cast<size_t>(n), stream, out, map);
    if (stream) hwy::FlushStream();
  };
  if (alpha == 2) return write(EdgeMap<1, D>(D(), lane_edge, 1, factor));
  if (alpha == 1.5) return write(EdgeMap<2, D>(D(), lane_edge, 0.5, factor));
  write(EdgeMap<0, D>(D(), lane_edge, alpha - 1, factor));
}

template <class W>
HWY_INLINE TsallisSums part_sums(const W* x, int64_t n, double b, W max, double temperature,
                                 double delta, TsallisPass pass) {
  using D = hn::ScalableTag<W>;
  const TsallisExp<D> map(D(), b, max, temperature, delta);
  const auto lanes = static_cast<size_t>(n);
  const W* const ahead = x + kLanesAhead<W>;
  if (pass == TsallisPass::kRough) {
    return tsallis_sums<TsallisPass::kRough, false>(D(), map, x, lanes, Kept<W>{}, ahead);
  }
  if (pass == TsallisPass::kExact) {
    return tsallis_sums<TsallisPass::kExact, false>(D(), map, x, lanes, Kept<W>{}, ahead);
  }
  return tsallis_sums<TsallisPass::kMoment, false>(D(), map, x, lanes, Kept<W>{}, ahead);
}

template <class W>
HWY_INLINE void part_write_tsallis(const W* x, int64_t n, double b, W max, double temperature,
                                   double delta, double factor, bool stream, W* out) {
  using D = hn::ScalableTag<W>;
  const TsallisExp<D> map(D(), b, max, temperature, delta);
  const W bound = b > 0 ? below(max, temperature / b) : -std::numeric_limits<W>::infinity();
  write_tsallis_lanes(map, x, static_cast<size_t>(n), bound, factor, stream, out);
  if (stream) hwy::FlushStream();
}

EntmaxCandidates<float> candidates_float(const float* x, int64_t n, double width, float* buffer) {
  return part_candidates(x, n, width, buffer);
}
int64_t keep_float(const EntmaxCandidates<float>& c, float max, double width, float* to) {
  return part_keep(c, max, width, to);
}
EntmaxEdge edge_float(const EntmaxCandidates<float>& c, double alpha, double temperature,
                      double* z) {
  return part_edge(c, alpha, temperature, z);
}
void write_edge_float(const float* x, int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                      float* out) {
  part_write_edge(x, n, edge, alpha, stream, out);
}
TsallisSums sums_float(const float* x, int64_t n, double b, float max, double temperature,
                       double delta, TsallisPass pass) {
  return part_sums(x, n, b, max, temperature, delta, pass);
}
void write_tsallis_float(const float* x, int64_t n, double b, float max, double temperature,
                         double delta, double factor, bool stream, float* out) {
  part_write_tsallis(x, n, b, max, temperature, delta, factor, stream, out);
}

EntmaxCandidates<double> candidates_double(const double* x, int64_t n, double width,
                                           double* buffer) {
  return part_candidates(x, n, width, buffer);
}
int64_t keep_double(const EntmaxCandidates<double>& c, double max, double width, double* to) {
  return part_keep(c, max, width, to);
}
EntmaxEdge edge_double(const EntmaxCandidates<double>& c, double alpha, double temperature,
                       double* z) {
  return part_edge(c, alpha, temperature, z);
}
void write_edge_double(const double* x, int64_t n, const EntmaxEdge& edge, double alpha,
                       bool stream, double* out) {
  part_write_edge(x, n, edge, alpha, stream, out);
}
TsallisSums sums_double(const double* x, int64_t n, double b, double max, double temperature,
                        double delta, TsallisPass pass) {
  return part_sums(x, n, b, max, temperature, delta, pass);
}
void write_tsallis_double(const double* x, int64_t n, double b, double max, double temperature,
                          double delta, double factor, bool stream, double* out) {
  part_write_tsallis(x, n, b, max, temperature, delta, factor, stream, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
