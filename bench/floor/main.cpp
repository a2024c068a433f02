// gibbs_bench_floor: what one thread of this machine can do at best, as context for the table.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "driver/machine.hpp"
#include "floor/loops.hpp"
#include "floor/panels.hpp"
#include "floor/scaling.hpp"

namespace gibbs::bench {
namespace {

double processor_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The least of many samples of at least a millisecond: a floor is what the noise only adds to.
template <class Work>
double least_seconds(const Work& work) {
  const auto time_of = [&](int repetitions) {
    const double start = processor_time();
    for (int k = 0; k < repetitions; ++k) work();
    return (processor_time() - start) / repetitions;
  };
  const double once = std::max(1e-9, std::min(time_of(1), time_of(1)));
  const int repetitions = static_cast<int>(std::max(1.0, std::ceil(1e-3 / once)));
  double least = once;
  for (int k = 0; k < 25; ++k) least = std::min(least, time_of(repetitions));
  return least;
}

struct Floor {
  double copy, read, exponential;  // nanoseconds per float
};

Floor floor_of(std::int64_t floats) {
  const auto count = static_cast<std::size_t>(floats);
  std::vector<float> in(count, 0.5f), out(count);
  std::vector<std::uint64_t> words(count / 2, 1);
  volatile std::uint64_t sink = 0;  // keeps the reads
  const double scale = 1e9 / static_cast<double>(floats);
  const auto copy = [&] {
    std::memcpy(out.data(), in.data(), count * sizeof(float));
    sink = sink + static_cast<std::uint64_t>(out[count / 3]);
  };
  const auto read = [&] { sink = sink + read_all(words.data(), floats / 2); };
  const auto exponential = [&] { exponential_of_all(in.data(), out.data(), floats); };
  return {scale * least_seconds(copy), scale * least_seconds(read),
          scale * least_seconds(exponential)};
}

void print_floors() {
  struct Size {
    const char* name;
    std::int64_t floats;
  };
  // Half of each cache for each array would spill; these leave room for both.
  constexpr std::array kSizes = {Size{"L1, 8 KiB", 2 << 10}, Size{"L2, 256 KiB", 64 << 10},
                                 Size{"L3, 4 MiB", 1 << 20}, Size{"memory, 64 MiB", 16 << 20}};
  fmt::print("{:<16}{:>16}{:>16}{:>16}\n", "each array", "copy, ns (GB/s)", "read, ns (GB/s)",
             "exp, ns");
  const auto rate = [](double bytes, double ns) {
    return fmt::format("{:.3f} ({:.0f})", ns, bytes / ns);
  };
  for (const Size& size : kSizes) {
    const Floor floor = floor_of(size.floats);
    fmt::print("{:<16}{:>16}{:>16}{:>16.3f}\n", size.name, rate(8, floor.copy), rate(4, floor.read),
               floor.exponential);
  }
}

// softmax of columns first either keeps the exponentials of a panel of rows between its two passes,
// or reads all of it twice.
void print_panels() {
  struct Size {
    const char* name;
    std::int64_t rows, cols, height;  // of a panel as softmax takes them
  };
  constexpr std::array kSizes = {
      Size{"32Ki x 256", 32 << 10, 256, 256}, Size{"8Ki x 1024", 8 << 10, 1024, 256},
      Size{"2Ki x 4096", 2 << 10, 4096, 128}, Size{"256 x 32768", 256, 32768, 256}};
  constexpr std::int64_t kFloats = 8 << 20;
  std::vector<float> in(kFloats, 0.5f), out(kFloats + 16);
  float* const line =
      out.data() + (64 - reinterpret_cast<std::uintptr_t>(out.data()) % 64) / 4 % 16;
  volatile float sink = 0;  // keeps the reads
  const auto ns = [&](const auto& work) { return 1e9 / kFloats * least_seconds(work); };
  const double copy = ns([&] { std::memcpy(line, in.data(), kFloats * sizeof(float)); });
  fmt::print("{:<16}{:>16}{:>22}{:>16}\n", "columns first", "copy, ns", "in panels (rows), ns",
             "read twice, ns");
  for (const Size& size : kSizes) {
    const double panels =
        ns([&] { copy_in_panels(in.data(), line, size.rows, size.cols, size.height); });
    const double twice =
        ns([&] { sink = sink + read_then_copy(in.data(), line, size.rows, size.cols); });
    fmt::print("{:<16}{:>16.3f}{:>22}{:>16.3f}\n", size.name, copy,
               fmt::format("{:.3f} ({})", panels, size.height), twice);
  }
}

}  // namespace
}  // namespace gibbs::bench

int main() {
  for (const auto& [name, value] : gibbs::bench::machine()) {
    fmt::print("{:<12} {}\n", name, value);
  }
  fmt::print(
      "\nNanoseconds per float, one thread, the least of many.\n"
      "softmax can beat neither exp nor copy, log_sum_exp neither exp nor read.\n\n");
  gibbs::bench::print_floors();
  fmt::print("\n");
  gibbs::bench::print_panels();
  fmt::print("\nTwo threads that share nothing compute exponentials {:.2f} times as fast as one.\n",
             gibbs::bench::speedup_of_two_threads());
  return 0;
}
