// std::vector<bool> packs its bits and has no array of bool to look at.
// refused: invalid initialization
// refused: no matching function
#include <array>
#include <vector>

#include "gibbs/gibbs.hpp"

#ifdef MISUSE
using Mask = std::vector<bool>;
#else
using Mask = std::array<bool, 3>;
#endif

void f(const std::vector<float>& scores, std::vector<float>& probabilities, const Mask& allowed) {
  gibbs::softmax(scores, probabilities, {.mask = allowed});
}
