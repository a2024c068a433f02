#include "io/problem.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace gibbs::cli {

namespace {

constexpr std::size_t kLongestShown = 40;

// The longest prefix of at most `size` bytes that does not end inside a UTF-8 character.
std::string_view cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
  return text.substr(0, size);
}

}  // namespace

BadData bad_data(std::string_view file, const Problem& problem) {
  std::string place(file);
  if (problem.line > 0) place += fmt::format(":{}", problem.line);
  if (problem.line > 0 && problem.field > 0) place += fmt::format(":{}", problem.field);
  return BadData(fmt::format("{}: {}", place, problem.sentence));
}

BadData bad_file(std::string_view verb, std::string_view file) {
  return BadData(fmt::format("cannot {} {}: {}", verb, in_quotes(file), std::strerror(errno)));
}

std::string rule_of(const std::invalid_argument& refusal) {
  const std::string sentence = refusal.what();
  return sentence.substr(sentence.find(": ") + 2);
}

std::string in_quotes(std::string_view text) {
  std::string shown = "\"";
  for (const char c : cut(text, kLongestShown)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7F;
    shown += control ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  shown += text.size() > kLongestShown ? "...\"" : "\"";
  return shown;
}

}  // namespace gibbs::cli
