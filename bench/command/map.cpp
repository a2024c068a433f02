#include "command/map.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <vector>

#include "driver/figures.hpp"

namespace gibbs::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kColumns = 10;
// A table repeats this block of rows: making a gigabyte of fresh digits would take a minute.
constexpr int kBlockRows = 100'000;
constexpr int kRounds = 3;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "gibbs-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::vector<double> block_of_scores() {
  std::mt19937 bits(3);
  std::normal_distribution<double> normal(0, 2);
  std::vector<double> scores(std::size_t{kBlockRows} * kColumns);
  std::generate(scores.begin(), scores.end(), [&] { return normal(bits); });
  return scores;
}

// `form` is how a score is written.
std::string as_csv(const std::vector<double>& scores, const char* form) {
  std::string text;
  for (std::size_t k = 0; k < scores.size(); ++k) {
    text += fmt::format(fmt::runtime(form), scores[k]);
    text += k % kColumns == kColumns - 1 ? '\n' : ',';
  }
  return text;
}

std::string npy_header(std::int64_t rows) {
  std::string text = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
                                 rows, kColumns);
  constexpr std::size_t kBefore = 10, kAlignment = 64;  // magic, version, length; of the data
  text.append(kAlignment - (kBefore + text.size() + 1) % kAlignment, ' ');
  text += '\n';
  const auto size = static_cast<unsigned>(text.size());
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(size & 255) +
         static_cast<char>(size >> 8) + text;
}

void write_repeated(const std::string& path, const std::string& start, const char* block,
                    std::size_t block_bytes, std::int64_t times) {
  std::ofstream file(path, std::ios::binary);
  file << start;
  for (std::int64_t k = 0; k < times; ++k) {
    file.write(block, static_cast<std::streamsize>(block_bytes));
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::int64_t blocks(std::int64_t bytes, std::size_t block_bytes) {
  return std::max<std::int64_t>(1, bytes / static_cast<std::int64_t>(block_bytes));
}

struct Run {
  double seconds;
  double peak;
};

Run run_map(const std::string& command, const std::string& in, const std::string& out) {
  std::vector<std::string> words{command, "map", in, "-o", out, "--quiet"};
  std::vector<char*> arguments(words.size() + 1);  // ends with a null pointer
  std::transform(words.begin(), words.end(), arguments.begin(),
                 [](std::string& word) { return word.data(); });
  const auto start = Clock::now();
  // Not posix_spawn: its child shares our memory until it runs, so our peak would be taken for its.
  const pid_t child = fork();
  if (child == 0) {
    execv(command.c_str(), arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    throw std::runtime_error(fmt::format("{} failed", fmt::join(words, " ")));
  }
  const std::chrono::duration<double> time = Clock::now() - start;
  return {time.count(), 1024.0 * static_cast<double>(usage.ru_maxrss)};
}

// Through a buffer, as a program must that looks at what it copies.
double copy_seconds(const std::string& from, const std::string& to) {
  const auto start = Clock::now();
  std::vector<char> buffer(std::size_t{1} << 20);
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    out.write(buffer.data(), in.gcount());
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + to);
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Run time_csv(const std::string& command, const std::string& in, const std::string& out) {
  std::vector<double> seconds, peaks;
  for (int round = 0; round < kRounds; ++round) {
    const Run run = run_map(command, in, out);
    seconds.push_back(run.seconds);
    peaks.push_back(run.peak);
    fs::remove(out);
  }
  return {median(seconds), *std::max_element(peaks.begin(), peaks.end())};
}

struct CsvFigures {
  double rate, peak;
};

CsvFigures csv_figures(const std::string& command, const TemporaryDirectory& directory,
                       const std::string& block, std::int64_t bytes) {
  const std::string csv = directory.file("scores.csv");
  write_repeated(csv, "", block.data(), block.size(), blocks(bytes, block.size()));
  const Run run = time_csv(command, csv, directory.file("p.csv"));
  const double rate = static_cast<double>(fs::file_size(csv)) / run.seconds;
  fs::remove(csv);
  return {rate, run.peak};
}

double npy_share_of_copy(const std::string& command, const std::string& in,
                         const std::string& out) {
  std::vector<double> shares;
  for (int round = 0; round < kRounds; ++round) {
    // A fresh file each time: overwriting costs less than writing.
    const double copy = copy_seconds(in, out);
    fs::remove(out);
    shares.push_back(copy / run_map(command, in, out).seconds);
    fs::remove(out);
  }
  return median(shares);
}

}  // namespace

std::optional<CommandFigures> time_command(const std::string& command, std::int64_t bytes) {
  if (!fs::exists(command)) return std::nullopt;
  const TemporaryDirectory directory;
  const std::vector<double> scores = block_of_scores();
  const auto few = csv_figures(command, directory, as_csv(scores, "{:.5f}"), bytes);
  const auto full = csv_figures(command, directory, as_csv(scores, "{}"), bytes);

  const std::vector<float> floats(scores.begin(), scores.end());
  const std::size_t block_bytes = floats.size() * sizeof(float);
  const std::int64_t times = blocks(bytes, block_bytes);
  const std::string npy = directory.file("scores.npy");
  write_repeated(npy, npy_header(times * kBlockRows), reinterpret_cast<const char*>(floats.data()),
                 block_bytes, times);
  return CommandFigures{few.rate, full.rate, std::max(few.peak, full.peak),
                        npy_share_of_copy(command, npy, directory.file("p.npy"))};
}

}  // namespace gibbs::bench
