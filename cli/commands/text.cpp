#include "commands/text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "io/number.hpp"

namespace gibbs::cli {

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') json += '\\';
    json += byte < 0x20 ? fmt::format("\\u{:04x}", byte) : std::string(1, c);
  }
  return json += '"';
}

std::string json_number(double value) {
  if (std::isnan(value)) return "null";
  if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
  return number_text(value);
}

std::string count(std::int64_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

double mean(double sum, std::int64_t number) { return sum / static_cast<double>(number); }

}  // namespace gibbs::cli
