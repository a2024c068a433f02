// A parameter per row is a span of double, whatever the type of the scores.
// refused: invalid initialization
// refused: no matching function
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Temperature = float;
#else
using Temperature = double;
#endif

void f(gibbs::Rows<const float> scores, gibbs::Rows<float> probabilities,
       const std::vector<Temperature>& temperatures) {
  gibbs::softmax(scores, probabilities, {.temperature = temperatures});
}
