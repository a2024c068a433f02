#include "command.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace gibbs::cli::testing {

namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void spill(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::ssize(bytes));
}

fs::path new_directory() {
  std::string name = (fs::temp_directory_path() / "gibbs-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  return name;
}

// Waits for the end of the child.
void finish(pid_t child, Result& result) {
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  result.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  result.peak_kilobytes = usage.ru_maxrss;
}

[[noreturn]] void execute(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

void redirect(const fs::path& path, int flags, int descriptor) {
  dup2(open(path.c_str(), flags, 0600), descriptor);
}

std::vector<std::string> in_gibbs(const std::vector<std::string>& words) {
  std::vector<std::string> all = {GIBBS_COMMAND};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

std::vector<std::string> in_bash(const std::string& line) {
  const std::string path = fs::path(GIBBS_COMMAND).parent_path().string();
  return {"bash", "-c", "PATH=" + path + ":$PATH; " + line};
}

}  // namespace

CommandTest::CommandTest() : directory_(new_directory()), streams_(new_directory()) {}

CommandTest::~CommandTest() {
  fs::remove_all(directory_);
  fs::remove_all(streams_);
}

Result CommandTest::run(const std::vector<std::string>& words, std::string_view input) const {
  spill(streams_ / "in", input);
  malloc_trim(0);  // the peak of a child begins with the memory it was forked from
  const pid_t child = fork();
  if (child == 0) {
    redirect(streams_ / "in", O_RDONLY, STDIN_FILENO);
    redirect(streams_ / "out", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(streams_ / "err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (chdir(directory_.c_str()) != 0) _exit(126);
    execute(words);
  }
  Result result;
  finish(child, result);
  result.out = slurp(streams_ / "out");
  result.err = slurp(streams_ / "err");
  return result;
}

Result CommandTest::gibbs(const std::vector<std::string>& words, std::string_view input) const {
  return run(in_gibbs(words), input);
}

Result CommandTest::shell(const std::string& line) const { return run(in_bash(line), ""); }

Result CommandTest::terminal(const std::vector<std::string>& words) const {
  return run_on_terminal(in_gibbs(words));
}

Result CommandTest::shell_on_terminal(const std::string& line) const {
  return run_on_terminal(in_bash(line));
}

Result CommandTest::run_on_terminal(const std::vector<std::string>& words) const {
  int master = 0;
  winsize size{.ws_row = 24, .ws_col = 60, .ws_xpixel = 0, .ws_ypixel = 0};
  const pid_t child = forkpty(&master, nullptr, nullptr, &size);
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    if (chdir(directory_.c_str()) != 0) _exit(126);
    execute(words);
  }
  Result result;
  std::vector<char> piece(4096);
  for (ssize_t got = 0; (got = ::read(master, piece.data(), piece.size())) > 0;) {
    result.out.append(piece.data(), static_cast<std::size_t>(got));
  }
  close(master);
  finish(child, result);
  return result;
}

std::string CommandTest::write(const std::string& name, std::string_view bytes) const {
  spill(directory_ / name, bytes);
  return name;
}

std::string CommandTest::read(const std::string& name) const { return slurp(directory_ / name); }

std::vector<std::string> CommandTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::vector<double>> numbers_of(std::string_view csv) {
  std::vector<std::vector<double>> rows;
  std::istringstream text{std::string(csv)};
  for (std::string line; std::getline(text, line);) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  return rows;
}

std::string npy(std::string_view dictionary, std::string_view data, int major) {
  std::string header(dictionary);
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += {static_cast<char>(major), '\0'};
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  if (major > 1) bytes += std::string(2, '\0');
  return bytes + header + std::string(data);
}

std::string npy_of(const std::vector<double>& numbers, int rows, int cols) {
  return npy("{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                 std::to_string(cols) + "), }",
             bytes_of(numbers));
}

NpyFile split_npy(const std::string& bytes) {
  const std::size_t end = bytes.find('\n');
  return {bytes.substr(10, end - 10), bytes.substr(end + 1)};
}

}  // namespace gibbs::cli::testing
