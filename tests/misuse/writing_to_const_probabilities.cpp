// The output is written to, so it cannot be const.
// refused: constraints not satisfied
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

void f(const std::vector<float>& scores) {
#ifdef MISUSE
  const std::vector<float> probabilities(scores.size());
#else
  std::vector<float> probabilities(scores.size());
#endif
  gibbs::softmax(scores, probabilities);
}
