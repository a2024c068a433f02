#pragma once
// A file that appears whole or not at all.

#include <cstdint>
#include <string>
#include <string_view>

namespace gibbs::cli {

// Writes beside the file of that name and renames at the end. What is no regular file (a pipe,
// /dev/null, standard output as "-") is written to directly.
// edges     a link stays and the file is made where it leads, if there is none yet; without
//           `commit`, and on the signals of remove_output_on_signals, nothing is left behind
// throws    BadData: cannot be written
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  // False where only one byte after the other can be written.
  bool can_rewrite() const { return !beside_.empty(); }
  void write(std::string_view bytes);
  // Writes over the first bytes.
  void rewrite_start(std::string_view bytes);
  void commit();

 private:
  void create_beside();
  void fail() const;

  std::string path_;    // where links lead
  std::string beside_;  // empty when written directly
  int descriptor_ = -1;
};

// Onto standard output.
void print(std::string_view text);

// Lets SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT and SIGXCPU end the process as they do by default,
// after the file under way has been removed. Beyond the limit of ulimit -f a write fails, as on a
// full disk. Called once, at the start of the program.
void remove_output_on_signals();

}  // namespace gibbs::cli
