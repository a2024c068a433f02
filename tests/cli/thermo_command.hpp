#pragma once
// `gibbs thermo`, and the table that it prints.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"

namespace gibbs::cli::testing {

// A table with a header, as numbers by column.
using Columns = std::map<std::string, std::vector<double>>;

inline std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, separator);) fields.push_back(field);
  return fields;
}

inline Columns columns_of(const std::string& csv, char separator = ',') {
  std::istringstream in(csv);
  std::string line;
  std::getline(in, line);
  const auto names = split(line, separator);
  Columns columns;
  while (std::getline(in, line)) {
    const auto fields = split(line, separator);
    for (std::size_t i = 0; i < names.size(); ++i) {
      columns[names[i]].push_back(std::strtod(fields.at(i).c_str(), nullptr));
    }
  }
  return columns;
}

class Thermo : public CommandTest {
 protected:
  Columns columns(std::vector<std::string> words, std::string_view input = "") const {
    words.insert(words.begin(), "thermo");
    const Result result = gibbs(words, input);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return columns_of(result.out);
  }
  void expect_refused(std::vector<std::string> words, int status, const std::string& sentence,
                      std::string_view input = "E,g\n0,1\n1,1\n") const {
    words.insert(words.begin(), "thermo");
    const Result result = gibbs(words, input);
    EXPECT_EQ(result.status, status) << sentence;
    EXPECT_EQ(result.err, "gibbs: " + sentence + "\n");
    EXPECT_EQ(result.out, "");
  }
};

inline constexpr const char* kTwo = "E,g\n0,2\n1.5,3\n";

}  // namespace gibbs::cli::testing
