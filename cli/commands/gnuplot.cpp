#include "commands/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

constexpr const char* kMissing =
    "--plot draws with gnuplot, and there is none on the PATH (Debian: apt install gnuplot-nox)";

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

File temporary_file() {
  File file(std::tmpfile());
  if (!file) throw bad_file("write", "a temporary file");
  return file;
}

std::string contents(std::FILE* file) {
  std::string text;
  std::array<char, 4096> buffer;
  std::rewind(file);
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file)) {
    text.append(buffer.data(), size);
  }
  return text;
}

// In the child: only what is safe after a fork.
[[noreturn]] void become_gnuplot(int input, int output, int errors) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  const char* const words[] = {"gnuplot", "-", nullptr};
  execvp("gnuplot", const_cast<char* const*>(words));  // NOLINT: it does not write to them
  _exit(127);
}

}  // namespace

void find_gnuplot() {
  const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    if (access(fmt::format("{}/gnuplot", folder).c_str(), X_OK) == 0) return;
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
  }
  throw BadRequest(kMissing);
}

// Through files without a name, so that neither side waits for the other.
std::string run_gnuplot(const std::string& script) {
  const File input = temporary_file(), output = temporary_file(), errors = temporary_file();
  std::fwrite(script.data(), 1, script.size(), input.get());
  std::rewind(input.get());
  const pid_t child = fork();
  if (child < 0) throw bad_file("start", "gnuplot");
  if (child == 0) become_gnuplot(fileno(input.get()), fileno(output.get()), fileno(errors.get()));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) throw BadRequest(kMissing);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return contents(output.get());
  throw BadData(fmt::format("gnuplot failed: {}", in_quotes(contents(errors.get()))));
}

}  // namespace gibbs::cli
