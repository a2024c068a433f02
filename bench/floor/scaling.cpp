#include "floor/scaling.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <limits>
#include <thread>
#include <vector>

#include "floor/loops.hpp"

namespace gibbs::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kFloats = 2048;  // 8 KiB in, 8 KiB out: the first cache of each thread
constexpr int kRounds = 300;        // many and short: two processors are seldom both free for long
constexpr int kRepetitions = 1000;  // half a millisecond

void work() {
  std::vector<float> in(kFloats, 0.5f), out(kFloats);
  for (int k = 0; k < kRepetitions; ++k) exponential_of_all(in.data(), out.data(), kFloats);
}

// The least time in which `count` threads each do the work.
double least_seconds(int count) {
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    std::barrier start(count + 1);
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int k = 0; k < count; ++k) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        work();
      });
    }
    const auto began = Clock::now();  // not after the start: this thread may lose its processor
    start.arrive_and_wait();
    threads.clear();
    least = std::min(least, std::chrono::duration<double>(Clock::now() - began).count());
  }
  return least;
}

}  // namespace

double speedup_of_two_threads() { return 2 * least_seconds(1) / least_seconds(2); }

}  // namespace gibbs::bench
