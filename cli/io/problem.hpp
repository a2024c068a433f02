#pragma once
// What can go wrong, by the exit status it leads to.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gibbs::cli {

// The request cannot be met as it stands: exit status 2.
class BadRequest : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A file cannot be read or written, or holds what it must not: exit status 1.
class BadData : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One bad place of a table, not yet tied to a file. Lines and fields count from 1; line 0 means
// that the place is not a line of text, field 0 that it is the whole line.
struct Problem {
  std::int64_t line = 0;
  std::int64_t field = 0;
  std::string sentence;
};

// "scores.csv:17:3: sentence"
BadData bad_data(std::string_view file, const Problem& problem);

// `cannot read "scores.csv": No such file or directory`, from errno.
BadData bad_file(std::string_view verb, std::string_view file);

// What the library refuses, without the name of its function.
std::string rule_of(const std::invalid_argument& refusal);

// The text in quotes, cut after 40 bytes, control bytes as \xNN: safe to show on a terminal.
std::string in_quotes(std::string_view text);

}  // namespace gibbs::cli
