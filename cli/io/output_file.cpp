#include "io/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXCPU};

// The file under way. A handler may only touch memory like this, and call unlink.
std::array<char, 4096> file_under_way{};
volatile std::sig_atomic_t has_file_under_way = 0;

extern "C" void remove_and_die(int signal) {
  if (has_file_under_way != 0) unlink(file_under_way.data());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// No signal of ours between the creation of a file and its entry above.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t ours;
    sigemptyset(&ours);
    for (const int signal : kSignals) sigaddset(&ours, signal);
    pthread_sigmask(SIG_BLOCK, &ours, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// Also to a place where there is no file yet, which realpath does not tell.
std::string where_links_lead(const std::string& path) {
  namespace fs = std::filesystem;
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real) return real.get();
  std::error_code none;
  if (fs::exists(path, none)) return path;  // a pipe: /dev/fd/63 has no path to lead to
  constexpr int kMostLinks = 40;            // as Linux follows
  fs::path place = path;
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(place, none)); ++i) {
    place = place.parent_path() / fs::read_symlink(place, none);
  }
  return place.string();
}

mode_t mode_of_new_files() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

}  // namespace

void remove_output_on_signals() {
  for (const int signal : kSignals) {
    const bool ignored = std::signal(signal, &remove_and_die) == SIG_IGN;
    if (ignored && signal == SIGHUP) std::signal(signal, SIG_IGN);  // nohup
  }
  std::signal(SIGXFSZ, SIG_IGN);
}

OutputFile::OutputFile(const std::string& path) : path_(path) {
  if (path == "-") {
    path_ = "stdout";
    descriptor_ = dup(STDOUT_FILENO);
    if (descriptor_ < 0) fail();
    return;
  }
  path_ = where_links_lead(path);
  struct stat status {};
  const bool exists = stat(path_.c_str(), &status) == 0;
  if (exists ? access(path_.c_str(), W_OK) != 0 : errno != ENOENT) fail();
  if (!exists || S_ISREG(status.st_mode)) {
    create_beside();
    fchmod(descriptor_, exists ? status.st_mode & 07777 : mode_of_new_files());
  } else {
    descriptor_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail();
  }
}

void OutputFile::create_beside() {
  const SignalsBlocked blocked;
  std::string name = path_ + ".XXXXXX";
  if (name.size() >= file_under_way.size()) {
    errno = ENAMETOOLONG;
    fail();
  }
  descriptor_ = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail();
  beside_ = name;
  std::memcpy(file_under_way.data(), name.c_str(), name.size() + 1);
  has_file_under_way = 1;
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (beside_.empty()) return;
  unlink(beside_.c_str());
  has_file_under_way = 0;
}

void OutputFile::fail() const { throw bad_file("write", path_); }

void OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
    if (done < 0 && errno != EINTR) fail();
    if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

void OutputFile::rewrite_start(std::string_view bytes) {
  if (pwrite(descriptor_, bytes.data(), bytes.size(), 0) != std::ssize(bytes)) fail();
}

void OutputFile::commit() {
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (close(descriptor) != 0) fail();
  if (beside_.empty()) return;
  const SignalsBlocked blocked;
  if (std::rename(beside_.c_str(), path_.c_str()) != 0) fail();
  beside_.clear();
  has_file_under_way = 0;
}

void print(std::string_view text) {
  OutputFile out("-");
  out.write(text);
  out.commit();
}

}  // namespace gibbs::cli
