#include "commands/number_list.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "commands/words.hpp"

namespace gibbs::cli {

namespace {

constexpr std::int64_t kMostNumbers = 1'000'000;
constexpr std::int64_t kMostDigits = 100'000'000'000'000'000;  // so that sums stay in 64 bits

// digits 10^power.
struct Decimal {
  std::int64_t digits = 0;
  int power = 0;
};

// The shortest decimal of a finite number: -0.0025 is {-25, -4}.
Decimal decimal_of(double number) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number,
                                 std::chars_format::scientific)
                       .ptr;  // d.ddde+xx
  const std::string text(buffer, end);
  const std::size_t e = text.find('e');
  Decimal decimal;
  const std::string exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.power);
  std::string digits = text.substr(0, e);
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    decimal.power -= static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  std::from_chars(digits.data(), digits.data() + digits.size(), decimal.digits);
  return decimal;
}

// With another power that is not above its own; none where the digits are too many.
std::optional<std::int64_t> digits_at(const Decimal& decimal, int power) {
  std::int64_t digits = decimal.digits;
  for (int p = decimal.power; p > power && digits != 0; --p) {
    if (std::abs(digits) >= kMostDigits / 10) return {};
    digits *= 10;
  }
  return digits;
}

void add_range(std::string_view option, std::string_view word, std::vector<double>& numbers) {
  const auto refuse = [&](std::string_view why) {
    throw BadRequest(fmt::format("{}: the range {} {}", option, in_quotes(word), why));
  };
  const std::size_t first = word.find(':'), second = word.find(':', first + 1);
  if (second == std::string_view::npos) refuse("must be FROM:TO:STEP");
  Decimal parts[3];
  int power = 1000;
  for (int i = 0; i < 3; ++i) {
    const std::string_view text = i == 0   ? word.substr(0, first)
                                  : i == 1 ? word.substr(first + 1, second - first - 1)
                                           : word.substr(second + 1);
    const double number = read_number(option, text);
    if (!std::isfinite(number)) refuse("must be of finite numbers");
    parts[i] = decimal_of(number);
    if (number != 0) power = std::min(power, parts[i].power);
  }
  const auto from = digits_at(parts[0], power), to = digits_at(parts[1], power),
             step = digits_at(parts[2], power);
  if (!from || !to || !step) refuse("has a step too small for its numbers");
  if (*step == 0 || (*to - *from != 0 && (*to > *from) != (*step > 0))) {
    refuse("never reaches its end");
  }
  if ((*to - *from) / *step >= kMostNumbers) refuse("has more than a million numbers");
  for (std::int64_t digits = *from; *step > 0 ? digits <= *to : digits >= *to; digits += *step) {
    numbers.push_back(read_number(option, fmt::format("{}e{}", digits, power)));
  }
}

}  // namespace

std::vector<double> read_number_list(std::string_view option, const std::string& list) {
  std::vector<double> numbers;
  for (const std::string& word : split_list(option, list)) {
    if (word.find(':') == std::string::npos) {
      numbers.push_back(read_number(option, word));
    } else {
      add_range(option, word, numbers);
    }
  }
  return numbers;
}

}  // namespace gibbs::cli
