#include "gibbs/log_softmax.hpp"

#include "gibbs/entmax.hpp"
#include "maps/engine.hpp"
#include "maps/vjp.hpp"

namespace gibbs::detail {

template <Score T>
void log_softmax(Rows<const T> scores, Rows<T> log_probabilities, const MapOptions<T>& options) {
  const maps::Request<T> request{scores, log_probabilities, kernels::Output::kLogProbabilities,
                                 with_alpha<T>(1, options)};
  maps::check("log_softmax", "log_probabilities", request);
  maps::run(request);
}

template <Score T>
void log_softmax_vjp(Rows<const T> log_probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                     const VjpOptions<T>& options) {
  const maps::VjpRequest<T> request{kernels::VjpOf::kLogSoftmax, log_probabilities, upstream,
                                    grad_scores, with_alpha<T>(1, options)};
  maps::check("log_softmax_vjp", "log_probabilities", request);
  maps::run(request);
}

template void log_softmax(Rows<const double>, Rows<double>, const MapOptions<double>&);
template void log_softmax(Rows<const float>, Rows<float>, const MapOptions<float>&);
template void log_softmax(Rows<const bfloat16>, Rows<bfloat16>, const MapOptions<bfloat16>&);
template void log_softmax(Rows<const float16>, Rows<float16>, const MapOptions<float16>&);

template void log_softmax_vjp(Rows<const double>, Rows<const double>, Rows<double>,
                              const VjpOptions<double>&);
template void log_softmax_vjp(Rows<const float>, Rows<const float>, Rows<float>,
                              const VjpOptions<float>&);
template void log_softmax_vjp(Rows<const bfloat16>, Rows<const bfloat16>, Rows<bfloat16>,
                              const VjpOptions<bfloat16>&);
template void log_softmax_vjp(Rows<const float16>, Rows<const float16>, Rows<float16>,
                              const VjpOptions<float16>&);

}  // namespace gibbs::detail
