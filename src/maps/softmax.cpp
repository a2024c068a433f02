#include "gibbs/softmax.hpp"

#include "gibbs/entmax.hpp"
#include "maps/engine.hpp"
#include "maps/vjp.hpp"

namespace gibbs::detail {

template <Score T>
void softmax(Rows<const T> scores, Rows<T> probabilities, const MapOptions<T>& options) {
  const maps::Request<T> request{scores, probabilities, kernels::Output::kProbabilities,
                                 with_alpha<T>(1, options)};
  maps::check("softmax", "probabilities", request);
  maps::run(request);
}

template <Score T>
void softmax_vjp(Rows<const T> probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                 const VjpOptions<T>& options) {
  const maps::VjpRequest<T> request{kernels::VjpOf::kEntmax, probabilities, upstream, grad_scores,
                                    with_alpha<T>(1, options)};
  maps::check("softmax_vjp", "probabilities", request);
  maps::run(request);
}

template void softmax(Rows<const double>, Rows<double>, const MapOptions<double>&);
template void softmax(Rows<const float>, Rows<float>, const MapOptions<float>&);
template void softmax(Rows<const bfloat16>, Rows<bfloat16>, const MapOptions<bfloat16>&);
template void softmax(Rows<const float16>, Rows<float16>, const MapOptions<float16>&);

template void softmax_vjp(Rows<const double>, Rows<const double>, Rows<double>,
                          const VjpOptions<double>&);
template void softmax_vjp(Rows<const float>, Rows<const float>, Rows<float>,
                          const VjpOptions<float>&);
template void softmax_vjp(Rows<const bfloat16>, Rows<const bfloat16>, Rows<bfloat16>,
                          const VjpOptions<bfloat16>&);
template void softmax_vjp(Rows<const float16>, Rows<const float16>, Rows<float16>,
                          const VjpOptions<float16>&);

}  // namespace gibbs::detail
