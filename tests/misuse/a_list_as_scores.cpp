// A row is contiguous in memory, or has strides: a linked list is neither.
// refused: constraints not satisfied
// refused: no matching function
#include <list>
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Scores = std::list<float>;
#else
using Scores = std::vector<float>;
#endif

void f(const Scores& scores, std::vector<float>& probabilities) {
  gibbs::softmax(scores, probabilities);
}
