#pragma once
// A bar on standard error: share done, rate, time left.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace gibbs::cli {

// "  43% [#########           ]  312 MB/s  0:07 left"; without a total, what is done and the rate.
std::string progress_line(std::int64_t done, std::optional<std::int64_t> total, double seconds);

// Draws nothing in the first half second, so that short work leaves the terminal alone, and wipes
// its line at the end.
class Progress {
 public:
  Progress(bool visible, std::optional<std::int64_t> total) : visible_(visible), total_(total) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void add(std::int64_t bytes);
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool visible_;
  std::optional<std::int64_t> total_;
  std::int64_t done_ = 0;
  Clock::time_point start_ = Clock::now();
  double drawn_at_ = 0;
};

}  // namespace gibbs::cli
