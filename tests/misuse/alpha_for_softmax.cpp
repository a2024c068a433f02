// softmax is entmax at alpha 1: it has no alpha to turn.
// refused: invalid initialization
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

void f(const std::vector<float>& scores, std::vector<float>& probabilities) {
#ifdef MISUSE
  gibbs::softmax(scores, probabilities, {.alpha = 1.5});
#else
  gibbs::entmax(scores, probabilities, {.alpha = 1.5});
#endif
}
