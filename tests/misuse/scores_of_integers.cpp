// Scores are float, double, bfloat16 or float16; integers are not converted behind one's back.
// refused: constraints not satisfied
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Number = int;
#else
using Number = float;
#endif

void f(const std::vector<Number>& scores, std::vector<Number>& probabilities) {
  gibbs::softmax(scores, probabilities);
}
