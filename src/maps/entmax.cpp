#include "gibbs/entmax.hpp"

#include "maps/engine.hpp"
#include "maps/vjp.hpp"

namespace gibbs::detail {

template <Score T>
void entmax(const char* function, Rows<const T> scores, Rows<T> probabilities,
            const EntmaxOptions<T>& options) {
  const maps::Request<T> request{scores, probabilities, kernels::Output::kProbabilities, options};
  maps::check(function, "probabilities", request);
  maps::run(request);
}

template <Score T>
void entmax_vjp(const char* function, Rows<const T> probabilities, Rows<const T> upstream,
                Rows<T> grad_scores, const EntmaxVjpOptions<T>& options) {
  const maps::VjpRequest<T> request{kernels::VjpOf::kEntmax, probabilities, upstream, grad_scores,
                                    options};
  maps::check(function, "probabilities", request);
  maps::run(request);
}

template void entmax(const char*, Rows<const double>, Rows<double>, const EntmaxOptions<double>&);
template void entmax(const char*, Rows<const float>, Rows<float>, const EntmaxOptions<float>&);
template void entmax(const char*, Rows<const bfloat16>, Rows<bfloat16>,
                     const EntmaxOptions<bfloat16>&);
template void entmax(const char*, Rows<const float16>, Rows<float16>,
                     const EntmaxOptions<float16>&);

template void entmax_vjp(const char*, Rows<const double>, Rows<const double>, Rows<double>,
                         const EntmaxVjpOptions<double>&);
template void entmax_vjp(const char*, Rows<const float>, Rows<const float>, Rows<float>,
                         const EntmaxVjpOptions<float>&);
template void entmax_vjp(const char*, Rows<const bfloat16>, Rows<const bfloat16>, Rows<bfloat16>,
                         const EntmaxVjpOptions<bfloat16>&);
template void entmax_vjp(const char*, Rows<const float16>, Rows<const float16>, Rows<float16>,
                         const EntmaxVjpOptions<float16>&);

}  // namespace gibbs::detail
