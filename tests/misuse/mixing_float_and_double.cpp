// Scores and probabilities are of one type: a conversion would be a copy that nobody asked for.
// refused: constraints not satisfied
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Out = double;
#else
using Out = float;
#endif

void f(const std::vector<float>& scores, std::vector<Out>& probabilities) {
  gibbs::entmax(scores, probabilities);
}
