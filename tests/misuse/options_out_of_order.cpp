// Options are named in the order in which options.hpp declares them: alpha, temperature, ...
// refused: designator order
// refused: declaration order
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

void f(const std::vector<float>& scores, std::vector<float>& probabilities) {
#ifdef MISUSE
  gibbs::entmax(scores, probabilities, {.temperature = 2.0, .alpha = 1.5});
#else
  gibbs::entmax(scores, probabilities, {.alpha = 1.5, .temperature = 2.0});
#endif
}
