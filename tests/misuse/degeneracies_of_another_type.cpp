// log_degeneracy has the type in which the scores are computed: float for float.
// refused: invalid initialization
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using LogDegeneracy = double;
#else
using LogDegeneracy = float;
#endif

void f(const std::vector<float>& scores, std::vector<float>& probabilities,
       const std::vector<LogDegeneracy>& log_g) {
  gibbs::softmax(scores, probabilities, {.log_degeneracy = log_g});
}
