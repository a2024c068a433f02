#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax.cpp"
#include "kernels/softmax.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/softmax-inl.h"
#include "kernels/softmax_parts-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(softmax_float);
HWY_EXPORT(softmax_double);
HWY_EXPORT(softmax_columns_float);
HWY_EXPORT(softmax_columns_double);
HWY_EXPORT(part_float);
HWY_EXPORT(part_double);
HWY_EXPORT(parts_float);
HWY_EXPORT(write_float);
HWY_EXPORT(write_double);
HWY_EXPORT(keep_float);
HWY_EXPORT(keep_double);
HWY_EXPORT(write_kept_float);
HWY_EXPORT(write_kept_double);

void softmax_rows(const SoftmaxBatch<float>& batch) { HWY_DYNAMIC_DISPATCH(softmax_float)(batch); }
void softmax_rows(const SoftmaxBatch<double>& batch) {
  HWY_DYNAMIC_DISPATCH(softmax_double)(batch);
}

void softmax_columns(const SoftmaxBatch<float>& batch) {
  HWY_DYNAMIC_DISPATCH(softmax_columns_float)(batch);
}
void softmax_columns(const SoftmaxBatch<double>& batch) {
  HWY_DYNAMIC_DISPATCH(softmax_columns_double)(batch);
}

Part part_of_row(const float* x, const float* low, std::int64_t n, const Scale<float>& scale,
                 Sum sum) {
  return HWY_DYNAMIC_DISPATCH(part_float)(x, low, n, scale, sum);
}
Part part_of_row(const double* x, const double* low, std::int64_t n, const Scale<double>& scale,
                 Sum sum) {
  return HWY_DYNAMIC_DISPATCH(part_double)(x, low, n, scale, sum);
}

void parts_of_row(const float* x, std::int64_t n, std::int64_t length, const Scale<float>& scale,
                  Part* parts) {
  HWY_DYNAMIC_DISPATCH(parts_float)(x, n, length, scale, parts);
}
void parts_of_row(const double* x, std::int64_t n, std::int64_t length, const Scale<double>& scale,
                  Part* parts) {
  for (std::int64_t i = 0; i < n; i += length, ++parts) {
    *parts = part_of_row(x + i, static_cast<const double*>(nullptr), std::min(length, n - i), scale,
                         Sum::kForLog);
  }
}

void write_part(const float* x, const float* low, std::int64_t n, const Scale<float>& scale,
                const Part& row, Output output, bool stream, float* out) {
  HWY_DYNAMIC_DISPATCH(write_float)(x, low, n, scale, row, output, stream, out);
}
void write_part(const double* x, const double* low, std::int64_t n, const Scale<double>& scale,
                const Part& row, Output output, bool stream, double* out) {
  HWY_DYNAMIC_DISPATCH(write_double)(x, low, n, scale, row, output, stream, out);
}

Part keep_part(const float* x, std::int64_t n, const Scale<float>& scale, bool moment,
               KeptPart<float> kept, const KeptRow<float>& before) {
  return HWY_DYNAMIC_DISPATCH(keep_float)(x, n, scale, moment, kept, before);
}
void write_kept_part(const KeptRow<float>& row, std::int64_t n, const Scale<float>& scale,
                     KeptPart<float> kept, bool stream) {
  HWY_DYNAMIC_DISPATCH(write_kept_float)(row, n, scale, kept, stream);
}
Part keep_part(const double* x, std::int64_t n, const Scale<double>& scale, bool moment,
               KeptPart<double> kept, const KeptRow<double>& before) {
  return HWY_DYNAMIC_DISPATCH(keep_double)(x, n, scale, moment, kept, before);
}
void write_kept_part(const KeptRow<double>& row, std::int64_t n, const Scale<double>& scale,
                     KeptPart<double> kept, bool stream) {
  HWY_DYNAMIC_DISPATCH(write_kept_double)(row, n, scale, kept, stream);
}

RowSummary summary_of(const Part& row, double temperature) {
  const long double log_sum = std::log(row.total.sum);
  RowSummary summary;
  summary.log_partition = static_cast<double>(row.total.max / temperature + log_sum);
  summary.max = static_cast<double>(row.total.max);
  summary.excess = static_cast<double>(log_sum);
  summary.entropy = static_cast<double>(log_sum - row.moment / row.total.sum);
  return summary;
}

}  // namespace gibbs::kernels
#endif
