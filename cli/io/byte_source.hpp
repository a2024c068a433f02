#pragma once
// Where bytes come from: a file, a pipe, or memory (tests).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gibbs::cli {

class ByteSource {
 public:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // The name that messages use.
  const std::string& name() const { return name_; }
  // Reads up to `size` bytes; 0 at the end only.
  virtual std::size_t read(char* to, std::size_t size) = 0;
  // Reads at a place, from several threads at once; fewer bytes than asked for at the end only.
  virtual std::size_t read_at(std::int64_t offset, char* to, std::size_t size) const = 0;
  // False when the next read would wait for a slow writer.
  virtual bool ready() const = 0;
  // Nothing where it is not known beforehand: a pipe.
  virtual std::optional<std::int64_t> size() const = 0;

 private:
  std::string name_;
};

// The file, as messages call it: "stdin" for "-".
std::string shown_name(const std::string& path);

// A file, or standard input for "-".
// throws    BadData: it cannot be opened, it is a directory
class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::string& path);
  ~FileSource() override;

  std::size_t read(char* to, std::size_t size) override;
  std::size_t read_at(std::int64_t offset, char* to, std::size_t size) const override;
  bool ready() const override;
  std::optional<std::int64_t> size() const override { return size_; }

 private:
  int descriptor_;
  std::optional<std::int64_t> size_;
};

// Bytes in memory, which must outlive the source; handed out `step` at a time.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::size_t step = SIZE_MAX)
      : ByteSource("memory"), bytes_(bytes), step_(step) {}

  std::size_t read(char* to, std::size_t size) override;
  std::size_t read_at(std::int64_t offset, char* to, std::size_t size) const override;
  bool ready() const override { return true; }
  std::optional<std::int64_t> size() const override {
    return static_cast<std::int64_t>(bytes_.size());
  }

 private:
  std::string_view bytes_;
  std::size_t step_;
  std::size_t position_ = 0;
};

}  // namespace gibbs::cli
