#include "support/known_answers.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace gibbs::testing {
namespace {

const char* const kFolder = GIBBS_SOURCE_DIR "/tests/known/";

// Throws with the place, which the reader of the file adds.
[[noreturn]] void fail(const std::string& what) { throw std::invalid_argument(what); }

// strtold reads hexadecimal floats, inf and -inf.
std::vector<long double> numbers(std::istream& in) {
  std::vector<long double> values;
  for (std::string word; in >> word;) {
    char* end = nullptr;
    values.push_back(std::strtold(word.c_str(), &end));
    if (*end != '\0') fail("not a number: " + word);
  }
  return values;
}

long double number(std::istream& in) {
  const std::vector<long double> values = numbers(in);
  if (values.size() != 1) fail("one number expected");
  return values[0];
}

void read_item(KnownAnswer& to, const std::string& key, std::istream& in) {
  if (key == "alpha")
    to.problem.alpha = number(in);
  else if (key == "temperature")
    to.problem.temperature = number(in);
  else if (key == "scores")
    to.problem.scores = numbers(in);
  else if (key == "log_degeneracy")
    to.problem.log_degeneracy = numbers(in);
  else if (key == "mask") {
    for (const long double on : numbers(in)) to.problem.mask.push_back(on != 0);
  } else if (key == "log_partition")
    to.solution.log_partition = number(in);
  else if (key == "entropy")
    to.solution.entropy = number(in);
  else if (key == "threshold")
    to.solution.threshold = number(in);
  else if (key == "support")
    to.solution.support = static_cast<std::int64_t>(number(in));
  else if (key == "probabilities")
    to.solution.probabilities = numbers(in);
  else if (key == "log_probabilities")
    to.solution.log_probabilities = numbers(in);
  else
    fail("unknown key " + key);
}

void check(const KnownAnswer& one) {
  const std::size_t cols = one.problem.scores.size();
  const bool good =
      one.solution.probabilities.size() == cols &&
      (one.problem.log_degeneracy.empty() || one.problem.log_degeneracy.size() == cols) &&
      (one.problem.mask.empty() || one.problem.mask.size() == cols) &&
      (one.problem.alpha != 1 || one.solution.log_probabilities.size() == cols);
  if (!good) fail("lengths differ");
}

const std::set<std::string>& numbers_of_family() {
  static const std::set<std::string> keys = {"alpha",
                                             "temperature",
                                             "budget",
                                             "k",
                                             "t",
                                             "sink",
                                             "value",
                                             "log_partition",
                                             "entropy",
                                             "threshold",
                                             "sink_probability",
                                             "support",
                                             "grad_temperature",
                                             "grad_budget",
                                             "grad_alpha",
                                             "grad_t",
                                             "grad_sink"};
  return keys;
}

const std::set<std::string>& rows_of_family() {
  static const std::set<std::string> keys = {
      "scores",     "lower",      "upper",          "weights",
      "mask",       "upstream",   "grad_scores",    "grad_log_degeneracy",
      "grad_lower", "grad_upper", "log_degeneracy", "probabilities"};
  return keys;
}

void read_item(FamilyAnswer& to, const std::string& key, std::istream& in) {
  if (key == "map") {
    in >> to.map;
  } else if (key == "divergence") {
    in >> to.divergence;
  } else if (key.ends_with("multiplier") || rows_of_family().contains(key)) {
    to.items[key] = numbers(in);
  } else if (numbers_of_family().contains(key)) {
    to.items[key] = {number(in)};
  } else {
    fail("unknown key " + key);
  }
}

void check(const FamilyAnswer& one) {
  const std::size_t cols = one.row("scores").size();
  for (const auto& [key, values] : one.items) {
    if (rows_of_family().contains(key) && values.size() != cols) fail("lengths differ");
  }
  if (one.map.empty() || !one.has("probabilities")) fail("no map or no probabilities");
}

// The cases of a file, each item read by read_item.
template <class Answer>
std::vector<Answer> read_all(const std::string& file_name) {
  std::ifstream file(kFolder + file_name);
  std::vector<Answer> all;
  int line = 0;
  const auto place = [&] { return file_name + ":" + std::to_string(line); };
  const auto read_line = [&](const std::string& text) {
    std::istringstream in(text);
    std::string key;
    if (!(in >> key) || key[0] == '#') return;
    if (key == "case") {
      in >> key;
      all.push_back({});
      all.back().name = key + " at " + place();
    } else if (key == "end") {
      check(all.back());
    } else {
      read_item(all.back(), key, in);
    }
  };
  try {
    for (std::string text; std::getline(file, text);) {
      ++line;
      read_line(text);
    }
    if (all.empty()) fail("no cases");
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(place() + ": " + error.what());
  }
  return all;
}

}  // namespace

long double FamilyAnswer::number(const std::string& key, long double otherwise) const {
  const auto found = items.find(key);
  return found == items.end() ? otherwise : found->second.at(0);
}

const std::vector<long double>& FamilyAnswer::row(const std::string& key) const {
  static const std::vector<long double> none;
  const auto found = items.find(key);
  return found == items.end() ? none : found->second;
}

const std::vector<KnownAnswer>& known_answers() {
  static const auto all = read_all<KnownAnswer>("maps.txt");
  return all;
}

const std::vector<FamilyAnswer>& family_answers() {
  static const auto all = read_all<FamilyAnswer>("family.txt");
  return all;
}

}  // namespace gibbs::testing
