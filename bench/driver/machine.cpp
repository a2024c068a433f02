#include "driver/machine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "gibbs/simd.hpp"

namespace gibbs::bench {
namespace {

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string caches() {
  const auto kib = [](int name) { return sysconf(name) / 1024; };
  return fmt::format("{} KiB, {} KiB, {} KiB", kib(_SC_LEVEL1_DCACHE_SIZE),
                     kib(_SC_LEVEL2_CACHE_SIZE), kib(_SC_LEVEL3_CACHE_SIZE));
}

std::string compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

// Asked at run time: a build outlives many commits.
std::string commit() {
  constexpr const char* kCommand =
      "git -C '" GIBBS_SOURCE_DIR "' describe --always --dirty --abbrev=12 2>/dev/null";
  struct Close {
    void operator()(FILE* pipe) const { pclose(pipe); }
  };
  const std::unique_ptr<FILE, Close> pipe(popen(kCommand, "r"));
  std::array<char, 128> text{};
  if (pipe == nullptr || std::fgets(text.data(), text.size(), pipe.get()) == nullptr) {
    return "unknown";
  }
  const std::string line(text.data());
  return line.substr(0, line.find('\n'));
}

// Above one busy thread per processor left over, the figures are noise: say so with them.
std::string load() {
  double average = 0;
  if (getloadavg(&average, 1) != 1) return "unknown";
  return fmt::format("{:.2f} before the run", average);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> machine() {
  return {
      {"processor", fmt::format("{}, {} in use", cpu_name(), std::thread::hardware_concurrency())},
      {"caches", caches()},
      {"SIMD target", simd_target()},
      {"compiler", compiler()},
      {"rivals", GIBBS_BENCH_RIVALS},
      {"commit", commit()},
      {"load", load()}};
}

}  // namespace gibbs::bench
