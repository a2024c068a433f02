#include "io/byte_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "io/problem.hpp"

namespace gibbs::cli {

std::string shown_name(const std::string& path) { return path == "-" ? "stdin" : path; }

FileSource::FileSource(const std::string& path)
    : ByteSource(shown_name(path)),
      descriptor_(path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) throw bad_file("read", name());
  if (S_ISDIR(status.st_mode)) {
    close(descriptor_);
    errno = EISDIR;
    throw bad_file("read", name());
  }
  if (S_ISREG(status.st_mode)) {
    size_ = status.st_size;
    posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
}

FileSource::~FileSource() { close(descriptor_); }

std::size_t FileSource::read(char* to, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, to, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw bad_file("read", name());
  }
}

std::size_t FileSource::read_at(std::int64_t offset, char* to, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(descriptor_, to + done, size - done, offset);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw bad_file("read", name());
    done += static_cast<std::size_t>(got);
    offset += got;
  }
  return done;
}

bool FileSource::ready() const {
  if (size_) return true;
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, 0) != 0;
}

std::size_t MemorySource::read(char* to, std::size_t size) {
  const std::size_t got = bytes_.copy(to, std::min(size, step_), position_);
  position_ += got;
  return got;
}

std::size_t MemorySource::read_at(std::int64_t offset, char* to, std::size_t size) const {
  const auto from = static_cast<std::size_t>(offset);
  return from < bytes_.size() ? bytes_.copy(to, size, from) : 0;
}

}  // namespace gibbs::cli
