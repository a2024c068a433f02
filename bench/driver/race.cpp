#include "driver/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>

#include "gibbs/parallel.hpp"

// Why a loop of its own and not Google Benchmark: its random interleaving mixes the repetitions of
// all benchmarks, so shapes would throw each other out of the cache; it gives no ratio of times
// taken in the same round, which is what stays steady on a busy machine; and it cannot let a
// contestant that is 50 times slower sit out most rounds.

namespace gibbs::bench {
namespace {

double now(bool by_the_wall) {
  timespec time{};
  clock_gettime(by_the_wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// A sample shorter than this is repeated: the clock (0.2 us) then costs 0.1 %.
constexpr double kShortestSample = 200e-6;
// A contestant slower than this takes part in one round of kSlowEvery (sorting: 0.7 s a run).
constexpr double kSlow = 0.25;
constexpr int kSlowEvery = 7;

struct Runner {
  const Contestant* contestant;
  int repetitions;
  int every;
};

double time_of(const Contestant& contestant, int repetitions) {
  const double start = now(contestant.by_the_wall);
  for (int k = 0; k < repetitions; ++k) contestant.run();
  return (now(contestant.by_the_wall) - start) / repetitions;
}

double sample(const Runner& runner) {
  set_num_threads(runner.contestant->threads);
  // What is repeated is meant to be in cache, so it must not pay for what came before.
  if (runner.repetitions > 1) runner.contestant->run();
  return time_of(*runner.contestant, runner.repetitions);
}

// The first run answers for its correctness: what it leaves untouched is NaN.
double checked_error(const Arena& arena, const Contestant& contestant) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  std::fill_n(arena.out, arena.shape.elements(), kNaN);
  std::fill_n(arena.log_partition, arena.shape.rows, kNaN);
  set_num_threads(contestant.threads);
  contestant.run();
  const double error = contestant.error();
  if (!(error <= contestant.tolerance)) {
    throw std::runtime_error(fmt::format("{} on {}: error {:.3g} is above its tolerance {:.3g}",
                                         contestant.name, arena.shape.name, error,
                                         contestant.tolerance));
  }
  return error;
}

Runner calibrated(const Contestant& contestant) {
  const double once = std::min(time_of(contestant, 1), time_of(contestant, 1));
  const double repetitions = std::ceil(kShortestSample / std::max(once, 1e-9));
  return {&contestant, static_cast<int>(std::max(1.0, repetitions)), once > kSlow ? kSlowEvery : 1};
}

}  // namespace

std::vector<Lap> race(const Arena& arena, const std::vector<Contestant>& contestants,
                      const Pace& pace) {
  const int rounds = arena.shape.slow() ? pace.rounds_out_of_cache : pace.rounds_in_cache;
  constexpr double kSatOut = std::numeric_limits<double>::quiet_NaN();
  std::vector<Runner> runners;
  std::vector<Lap> laps;
  for (const Contestant& contestant : contestants) {
    const double error = checked_error(arena, contestant);
    laps.push_back(
        {contestant.name, error, std::vector<double>(static_cast<std::size_t>(rounds), kSatOut)});
    runners.push_back(calibrated(contestant));
  }
  // Whoever comes first changes what the next one finds in cache: shuffled, that averages out.
  std::mt19937 bits(7);
  std::vector<std::size_t> order(runners.size());
  std::iota(order.begin(), order.end(), 0);
  for (int round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), bits);
    for (const std::size_t k : order) {
      if (round % runners[k].every != 0) continue;
      laps[k].seconds[static_cast<std::size_t>(round)] = sample(runners[k]);
    }
  }
  set_num_threads(1);
  return laps;
}

}  // namespace gibbs::bench
