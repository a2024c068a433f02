#include "io/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace gibbs::cli {

namespace {

constexpr int kBarWidth = 24;
constexpr double kFirstDraw = 0.5;
constexpr double kBetweenDraws = 0.1;
constexpr std::string_view kWipe = "\r\x1b[K";

void put(std::string_view text) {
  // A progress bar that cannot be drawn is no reason to fail.
  [[maybe_unused]] const ssize_t ignored = write(STDERR_FILENO, text.data(), text.size());
}

std::string bar(double share) {
  const int full = static_cast<int>(share * kBarWidth);
  std::string cells;
  for (int i = 0; i < kBarWidth; ++i) cells += i < full ? "\u2588" : "\u2591";
  return cells;
}

std::string clock_time(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

std::string progress_line(std::int64_t done, std::optional<std::int64_t> total, double seconds) {
  const auto bytes = static_cast<double>(done);
  const double rate = seconds > 0 ? bytes / seconds : 0;
  if (!total || *total <= 0) return fmt::format("{:.0f} MB  {:.0f} MB/s", bytes / 1e6, rate / 1e6);
  const double share = std::clamp(bytes / static_cast<double>(*total), 0.0, 1.0);
  const double left = rate > 0 ? static_cast<double>(*total - done) / rate : 0;
  return fmt::format("{:3.0f}% {}  {:.0f} MB/s  {} left", share * 100, bar(share), rate / 1e6,
                     clock_time(std::max(left, 0.0)));
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Progress::add(std::int64_t bytes) {
  done_ += bytes;
  const double now = seconds();
  if (!visible_ || now < std::max(kFirstDraw, drawn_at_ + kBetweenDraws)) return;
  put(std::string(kWipe) + progress_line(done_, total_, now));
  drawn_at_ = now;
}

Progress::~Progress() {
  if (drawn_at_ > 0) put(kWipe);
}

}  // namespace gibbs::cli
