#include "gibbs/entmax.hpp"

#include "maps/engine.hpp"

namespace gibbs::detail {

template <Score T>
void entmax(const char* function, Rows<const T> scores, Rows<T> probabilities,
            const EntmaxOptions<T>& options) {
  const maps::Request<T> request{scores, probabilities, kernels::Output::kProbabilities, options};
  maps::check(function, "probabilities", request);
  maps::run(request);
}

template void entmax(const char*, Rows<const double>, Rows<double>, const EntmaxOptions<double>&);
template void entmax(const char*, Rows<const float>, Rows<float>, const EntmaxOptions<float>&);
template void entmax(const char*, Rows<const bfloat16>, Rows<bfloat16>,
                     const EntmaxOptions<bfloat16>&);
template void entmax(const char*, Rows<const float16>, Rows<float16>,
                     const EntmaxOptions<float16>&);

}  // namespace gibbs::detail
