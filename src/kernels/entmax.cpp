#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/entmax.cpp"
#include "kernels/entmax.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/entmax-inl.h"
#include "kernels/entmax_parts-inl.h"
#include "kernels/entmax_weighted-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(entmax_float);
HWY_EXPORT(entmax_double);
HWY_EXPORT(entmax_columns_float);
HWY_EXPORT(weighted_row);
HWY_EXPORT(candidates_float);
HWY_EXPORT(keep_float);
HWY_EXPORT(edge_float);
HWY_EXPORT(write_edge_float);
HWY_EXPORT(sums_float);
HWY_EXPORT(write_tsallis_float);
HWY_EXPORT(candidates_double);
HWY_EXPORT(keep_double);
HWY_EXPORT(edge_double);
HWY_EXPORT(write_edge_double);
HWY_EXPORT(sums_double);
HWY_EXPORT(write_tsallis_double);

void entmax_rows(const EntmaxBatch<float>& batch) { HWY_DYNAMIC_DISPATCH(entmax_float)(batch); }
void entmax_rows(const EntmaxBatch<double>& batch) { HWY_DYNAMIC_DISPATCH(entmax_double)(batch); }
void entmax_columns(const EntmaxBatch<float>& batch) {
  HWY_DYNAMIC_DISPATCH(entmax_columns_float)(batch);
}
RowSummary entmax_weighted_row(const double* y, const double* y_low, const double* log_weights,
                               std::int64_t n, double alpha, long double offset, double* scratch,
                               double* out) {
  return HWY_DYNAMIC_DISPATCH(weighted_row)(y, y_low, log_weights, n, alpha, offset, scratch, out);
}

EntmaxCandidates<float> candidates_of_part(const float* x, std::int64_t n, double width,
                                           float* buffer) {
  return HWY_DYNAMIC_DISPATCH(candidates_float)(x, n, width, buffer);
}
std::int64_t keep_candidates(const EntmaxCandidates<float>& c, float max, double width, float* to) {
  return HWY_DYNAMIC_DISPATCH(keep_float)(c, max, width, to);
}
EntmaxEdge edge_of(const EntmaxCandidates<float>& c, double alpha, double temperature, double* z) {
  return HWY_DYNAMIC_DISPATCH(edge_float)(c, alpha, temperature, z);
}
void write_edge(const float* x, std::int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                float* out) {
  HWY_DYNAMIC_DISPATCH(write_edge_float)(x, n, edge, alpha, stream, out);
}
TsallisSums sums_of_part(const float* x, std::int64_t n, double b, float max, double temperature,
                         double delta, TsallisPass pass) {
  return HWY_DYNAMIC_DISPATCH(sums_float)(x, n, b, max, temperature, delta, pass);
}
void write_tsallis(const float* x, std::int64_t n, double b, float max, double temperature,
                   double delta, double factor, bool stream, float* out) {
  HWY_DYNAMIC_DISPATCH(write_tsallis_float)(x, n, b, max, temperature, delta, factor, stream, out);
}

EntmaxCandidates<double> candidates_of_part(const double* x, std::int64_t n, double width,
                                            double* buffer) {
  return HWY_DYNAMIC_DISPATCH(candidates_double)(x, n, width, buffer);
}
std::int64_t keep_candidates(const EntmaxCandidates<double>& c, double max, double width,
                             double* to) {
  return HWY_DYNAMIC_DISPATCH(keep_double)(c, max, width, to);
}
EntmaxEdge edge_of(const EntmaxCandidates<double>& c, double alpha, double temperature, double* z) {
  return HWY_DYNAMIC_DISPATCH(edge_double)(c, alpha, temperature, z);
}
void write_edge(const double* x, std::int64_t n, const EntmaxEdge& edge, double alpha, bool stream,
                double* out) {
  HWY_DYNAMIC_DISPATCH(write_edge_double)(x, n, edge, alpha, stream, out);
}
TsallisSums sums_of_part(const double* x, std::int64_t n, double b, double max, double temperature,
                         double delta, TsallisPass pass) {
  return HWY_DYNAMIC_DISPATCH(sums_double)(x, n, b, max, temperature, delta, pass);
}
void write_tsallis(const double* x, std::int64_t n, double b, double max, double temperature,
                   double delta, double factor, bool stream, double* out) {
  HWY_DYNAMIC_DISPATCH(write_tsallis_double)(x, n, b, max, temperature, delta, factor, stream, out);
}

RowSummary entmax_summary(double max, double temperature, double alpha, double delta,
                          const TsallisSums& sums) {
  const double b = alpha - 1;
  RowSummary summary;
  summary.max = max;
  summary.excess = delta + ((sums.p - 1) + b * sums.pv) / alpha;
  summary.log_partition = max / temperature + summary.excess;
  summary.entropy = 0.0 - sums.pv / sums.p / alpha;  // not -0
  if (b > 0) summary.threshold = max + temperature * (delta - 1 / b);
  return summary;
}

}  // namespace gibbs::kernels
#endif
