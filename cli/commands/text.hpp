#pragma once
// Pieces of what the commands print.

#include <cstdint>
#include <string>
#include <string_view>

namespace gibbs::cli {

// In quotes, with what JSON wants escaped.
std::string json_string(std::string_view text);
// JSON has no infinity and no NaN: "inf", "-inf" and null.
std::string json_number(double value);
// "1 row", "2 rows"
std::string count(std::int64_t number, std::string_view what);
// NaN where there is nothing to take the mean of.
double mean(double sum, std::int64_t number);

}  // namespace gibbs::cli
