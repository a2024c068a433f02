#include "roster.hpp"

namespace gibbs::bench {

Contestant two_threads_gibbs(const Arena& arena, int threads) {
  Contestant contestant = softmax_gibbs(arena);
  contestant.name = threads == 1 ? "two_threads/one" : "two_threads/gibbs";
  contestant.threads = threads;
  contestant.by_the_wall = true;
  return contestant;
}

}  // namespace gibbs::bench
