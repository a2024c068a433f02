#pragma once
// Runs the built command in a directory of its own.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gibbs::cli::testing {

struct Result {
  int status = 0;  // the exit status; 128 + the signal that ended the process
  std::string out;
  std::string err;
  std::int64_t peak_kilobytes = 0;
};

class CommandTest : public ::testing::Test {
 protected:
  CommandTest();
  ~CommandTest() override;

  // `gibbs words...` in the directory, with `input` on standard input, none of it a terminal.
  Result gibbs(const std::vector<std::string>& words, std::string_view input = "") const;
  // The same through a shell: pipes and redirections; `gibbs` is on the PATH.
  Result shell(const std::string& line) const;
  // On a terminal of 60 x 24; `out` holds what appeared on it.
  Result terminal(const std::vector<std::string>& words) const;
  Result shell_on_terminal(const std::string& line) const;

  std::string write(const std::string& name, std::string_view bytes) const;
  std::string read(const std::string& name) const;
  // The names of all files, in order, without those of standard input and output.
  std::vector<std::string> files() const;
  const std::filesystem::path& directory() const { return directory_; }

 private:
  Result run(const std::vector<std::string>& words, std::string_view input) const;
  Result run_on_terminal(const std::vector<std::string>& words) const;

  std::filesystem::path directory_;
  std::filesystem::path streams_;
};

// Rows of numbers in CSV text without a header.
std::vector<std::vector<double>> numbers_of(std::string_view csv);

// The bytes of a .npy file: version major.0, with this dictionary, and data.
std::string npy(std::string_view dictionary, std::string_view data, int major = 1);

template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

// rows x cols numbers in C order.
std::string npy_of(const std::vector<double>& numbers, int rows, int cols);

// What a .npy file says of itself, and its data.
struct NpyFile {
  std::string header;
  std::string data;
};
NpyFile split_npy(const std::string& bytes);

}  // namespace gibbs::cli::testing
