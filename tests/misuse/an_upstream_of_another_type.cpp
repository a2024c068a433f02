// The upstream vector of a derivative has the type of the probabilities.
// refused: constraints not satisfied
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Upstream = double;
#else
using Upstream = float;
#endif

void f(const std::vector<float>& p, const std::vector<Upstream>& v, std::vector<float>& gradient) {
  gibbs::softmax_vjp(p, v, gradient);
}
