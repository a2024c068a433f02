#include "support/known_answers.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace gibbs::testing {
namespace {

const char* const kPath = GIBBS_SOURCE_DIR "/tests/known/maps.txt";

[[noreturn]] void fail(int line, const std::string& what) {
  throw std::runtime_error(std::string(kPath) + ":" + std::to_string(line) + ": " + what);
}

// strtold reads hexadecimal floats, inf and -inf.
std::vector<long double> numbers(std::istream& in, int line) {
  std::vector<long double> values;
  for (std::string word; in >> word;) {
    char* end = nullptr;
    values.push_back(std::strtold(word.c_str(), &end));
    if (*end != '\0') fail(line, "not a number: " + word);
  }
  return values;
}

long double number(std::istream& in, int line) {
  const std::vector<long double> values = numbers(in, line);
  if (values.size() != 1) fail(line, "one number expected");
  return values[0];
}

void read_item(KnownAnswer& to, const std::string& key, std::istream& in, int line) {
  if (key == "alpha")
    to.problem.alpha = number(in, line);
  else if (key == "temperature")
    to.problem.temperature = number(in, line);
  else if (key == "scores")
    to.problem.scores = numbers(in, line);
  else if (key == "log_degeneracy")
    to.problem.log_degeneracy = numbers(in, line);
  else if (key == "mask") {
    for (const long double on : numbers(in, line)) to.problem.mask.push_back(on != 0);
  } else if (key == "log_partition")
    to.solution.log_partition = number(in, line);
  else if (key == "entropy")
    to.solution.entropy = number(in, line);
  else if (key == "threshold")
    to.solution.threshold = number(in, line);
  else if (key == "support")
    to.solution.support = static_cast<std::int64_t>(number(in, line));
  else if (key == "probabilities")
    to.solution.probabilities = numbers(in, line);
  else if (key == "log_probabilities")
    to.solution.log_probabilities = numbers(in, line);
  else
    fail(line, "unknown key " + key);
}

void check_lengths(const KnownAnswer& one, int line) {
  const std::size_t cols = one.problem.scores.size();
  const bool good =
      one.solution.probabilities.size() == cols &&
      (one.problem.log_degeneracy.empty() || one.problem.log_degeneracy.size() == cols) &&
      (one.problem.mask.empty() || one.problem.mask.size() == cols) &&
      (one.problem.alpha != 1 || one.solution.log_probabilities.size() == cols);
  if (!good) fail(line, "lengths differ in case " + one.name);
}

std::vector<KnownAnswer> read_all() {
  std::ifstream file(kPath);
  if (!file) fail(0, "cannot be read");
  std::vector<KnownAnswer> all;
  int line = 0;
  for (std::string text; std::getline(file, text);) {
    ++line;
    std::istringstream in(text);
    std::string key;
    if (!(in >> key) || key[0] == '#') continue;
    if (key == "case") {
      in >> key;
      all.push_back({key + " at maps.txt:" + std::to_string(line), {}, {}});
    } else if (key == "end") {
      check_lengths(all.back(), line);
    } else {
      read_item(all.back(), key, in, line);
    }
  }
  if (all.empty()) fail(line, "no cases");
  return all;
}

}  // namespace

const std::vector<KnownAnswer>& known_answers() {
  static const std::vector<KnownAnswer> all = read_all();
  return all;
}

}  // namespace gibbs::testing
