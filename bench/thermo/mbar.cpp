// gibbs_bench_mbar: MBAR on the ladders that its peers publish, against what is promised and
// against what the exponentials and the memory cost at best.

#include "gibbs/thermo/mbar.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "driver/machine.hpp"
#include "floor/loops.hpp"
#include "gibbs/parallel.hpp"

namespace gibbs::bench {
namespace {

constexpr int kThreads = 2;
constexpr int kRounds = 5;

// u_k = (x - k)^2 / 2, x drawn in each state: the set-up of pymbar's pull request 570.
struct Ladder {
  std::int64_t states, each;
  std::vector<double> u = {};
  std::vector<std::int64_t> counts = {};
  std::int64_t samples() const { return states * each; }
  Rows<const double> rows() const { return {u.data(), states, samples()}; }
};

Ladder make_ladder(std::int64_t states, std::int64_t each, double spacing) {
  Ladder ladder{states, each};
  ladder.counts.assign(static_cast<std::size_t>(states), each);
  std::mt19937_64 bits(1);
  std::normal_distribution<double> normal;
  std::vector<double> x;
  for (std::int64_t n = 0; n < ladder.samples(); ++n) {
    const std::int64_t state = n / each;
    x.push_back(spacing * static_cast<double>(state) + normal(bits));
  }
  ladder.u.reserve(x.size() * static_cast<std::size_t>(states));
  for (std::int64_t k = 0; k < states; ++k) {
    for (const double at : x) {
      const double from = at - spacing * static_cast<double>(k);
      ladder.u.push_back(from * from / 2);
    }
  }
  return ladder;
}

double processor_time(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Times {
  double wall, processor;  // of the fastest round; the processor's, of all threads
};

Times time_of(const std::function<void()>& work) {
  Times least{1e300, 1e300};
  for (int round = 0; round < kRounds; ++round) {
    const auto began = std::chrono::steady_clock::now();
    const double before = processor_time(CLOCK_PROCESS_CPUTIME_ID);
    work();
    const double processor = processor_time(CLOCK_PROCESS_CPUTIME_ID) - before;
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
    least = {std::min(least.wall, wall.count()), std::min(least.processor, processor)};
  }
  return least;
}

// One pass at best, of one thread: every potential read, every exponential taken. Those of double
// cost two of float. The products of pairs of states come on top where states are near.
double seconds_per_pass(const Ladder& ladder) {
  std::vector<float> in(4096, 0.5f), out(4096);
  const auto count = std::ssize(ladder.u);
  const Times exponentials = time_of([&] {
    for (std::int64_t i = 0; i < count; i += 4096) {
      exponential_of_all(in.data(), out.data(), 4096);
      exponential_of_all(in.data(), out.data(), 4096);
    }
  });
  volatile std::uint64_t sink = 0;
  const std::vector<std::uint64_t> words(ladder.u.size(), 1);
  const Times read = time_of([&] { sink = sink + read_all(words.data(), count); });
  return std::max(exponentials.processor, read.processor);
}

void report(const char* what, const Times& times, double floor, double bar) {
  fmt::print("{:<44}{:>9.3f}{:>9.3f}{:>9.3f}{:>7.1f}  {}\n", what, times.wall, times.processor,
             floor, bar, times.wall <= bar ? "met" : "MISSED");
}

// The most memory that the process ever had, in bytes.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

void run() {
  set_num_threads(kThreads);
  std::optional<thermo::Mbar> mbar;
  fmt::print("\n{:<44}{:>9}{:>9}{:>9}{:>7}\n", "seconds, the fastest of 5, two threads", "wall",
             "CPU", "floor", "bar");
  {
    const Ladder ladder = make_ladder(96, 5000, 1);
    const double before = peak_memory();
    mbar.emplace(ladder.rows(), ladder.counts);
    const double extra = (peak_memory() - before) / (0.08 * static_cast<double>(ladder.u.size()));
    const Times times = time_of([&] { mbar.emplace(ladder.rows(), ladder.counts); });
    // The check, and an evaluation before each step and after the last.
    const double passes = static_cast<double>(mbar->report().iterations) + 1;
    report("MBAR, 96 states x 5000 samples each", times, passes * seconds_per_pass(ladder), 2);
    fmt::print("  {}; memory beside the input {:.1f} % (bar 10 %)\n", mbar->report().message,
               extra);
  }
  const Ladder ladder = make_ladder(36, 2500, 0.7);
  const double pass = seconds_per_pass(ladder);
  const Times once = time_of([&] { mbar.emplace(ladder.rows(), ladder.counts); });
  report("MBAR, 36 states x 90 000 samples", once,
         pass * static_cast<double>(mbar->report().iterations + 1), 12);
  std::int64_t failed = 0;
  const Times again = time_of([&] { failed = mbar->bootstrap(100).failed; });
  report("  100 bootstraps of it", again, 100 * 3 * pass, 12);
  fmt::print("  {} replicates failed\n", failed);
}

}  // namespace
}  // namespace gibbs::bench

int main() {
  for (const auto& [name, value] : gibbs::bench::machine()) {
    fmt::print("{:<12} {}\n", name, value);
  }
  gibbs::bench::run();
  return 0;
}
