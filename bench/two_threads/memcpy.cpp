// The floor: one and two threads that copy.

#include <cstring>
#include <thread>

#include "driver/check.hpp"
#include "roster.hpp"

namespace gibbs::bench {

Contestant two_threads_memcpy(const Arena& arena, int threads) {
  const auto bytes = static_cast<std::size_t>(arena.shape.elements()) * sizeof(float);
  const auto first = threads == 1 ? bytes : bytes / 2;  // of this thread
  const auto copy = [=](std::size_t from, std::size_t count) {
    std::memcpy(reinterpret_cast<char*>(arena.out) + from,
                reinterpret_cast<const char*>(arena.scores) + from, count);
  };
  Contestant contestant{threads == 1 ? "two_threads/one_copies" : "two_threads/memcpy",
                        [=] {
                          std::jthread other;
                          if (first < bytes) other = std::jthread(copy, first, bytes - first);
                          copy(0, first);
                        },
                        [=] { return copy_error(arena); }, 0};
  contestant.by_the_wall = true;
  return contestant;
}

}  // namespace gibbs::bench
