#include "gibbs/family/tempered.hpp"

#include <charconv>
#include <string>

#include "base/check.hpp"

namespace gibbs::detail {
namespace {

void check_t(double t) {
  if (t < 2) return;
  char got[32];
  const auto end = std::to_chars(got, got + sizeof got, t).ptr;
  base::refuse("tempered_softmax", "t must be less than 2, got " + std::string(got, end));
}

}  // namespace

template <Score T>
void tempered_softmax(Rows<const T> scores, double t, Rows<T> probabilities,
                      const MapOptions<T>& options) {
  check_t(t);
  entmax<T>("tempered_softmax", scores, probabilities, with_alpha<T>(2 - t, options));
}

template void tempered_softmax(Rows<const double>, double, Rows<double>, const MapOptions<double>&);
template void tempered_softmax(Rows<const float>, double, Rows<float>, const MapOptions<float>&);
template void tempered_softmax(Rows<const bfloat16>, double, Rows<bfloat16>,
                               const MapOptions<bfloat16>&);
template void tempered_softmax(Rows<const float16>, double, Rows<float16>,
                               const MapOptions<float16>&);

}  // namespace gibbs::detail
