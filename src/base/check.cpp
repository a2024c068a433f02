#include "base/check.hpp"

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>

namespace gibbs::base {

std::string text(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string text(double value, int digits) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, digits).ptr;
  return {buffer, end};
}

namespace {

std::string shape_text(Shape shape) {
  return std::to_string(shape.rows) + " x " + std::to_string(shape.cols);
}

void check_per_row(const char* function, const char* argument, const PerRow& values,
                   std::int64_t rows) {
  if (values.is_one_number() || values.size() == rows) return;
  refuse(function, std::string(argument) + " must be one number or one per row, " +
                       std::to_string(rows) + ", got " + std::to_string(values.size()));
}

// The place of an offending entry, where there are several.
std::string at_row(const PerRow& values, std::int64_t row) {
  return values.is_one_number() ? "" : " in row " + std::to_string(row);
}

void check_none_negative(const char* function, const char* argument, const PerRow& values,
                         std::int64_t rows) {
  check_per_row(function, argument, values, rows);
  for (std::int64_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0) continue;
    refuse(function, std::string(argument) + " must not be " +
                         (values[i] < 0 ? "negative" : "NaN") + ", got " + text(values[i]) +
                         at_row(values, i));
  }
}

}  // namespace

void refuse(std::string_view function, std::string_view sentence) {
  throw std::invalid_argument(std::string(function) + ": " + std::string(sentence));
}

void check_temperature(const char* function, const PerRow& temperature, std::int64_t rows) {
  check_none_negative(function, "temperature", temperature, rows);
}

void check_tau(const char* function, const PerRow& tau, std::int64_t rows) {
  check_none_negative(function, "tau", tau, rows);
}

void check_positive_tau(const char* function, const PerRow& tau, std::int64_t rows) {
  check_per_row(function, "tau", tau, rows);
  for (std::int64_t i = 0; i < tau.size(); ++i) {
    if (tau[i] > 0 && std::isfinite(tau[i])) continue;
    refuse(function, "tau must be positive and finite, got " + text(tau[i]) + at_row(tau, i));
  }
}

void check_budget(const char* function, const PerRow& budget, std::int64_t rows) {
  check_per_row(function, "budget", budget, rows);
  for (std::int64_t i = 0; i < budget.size(); ++i) {
    if (budget[i] >= 0 && std::isfinite(budget[i])) continue;
    refuse(function, "budget must be a number from 0, got " + text(budget[i]) + at_row(budget, i));
  }
}

void refuse_entry(const char* function, const char* argument, std::int64_t row, std::int64_t col,
                  std::string_view rule, double value) {
  refuse(function, std::string(argument) + "[" + std::to_string(row) + ", " + std::to_string(col) +
                       "] " + std::string(rule) + ", got " + text(value));
}

void refuse_entry(const char* function, const char* argument, std::int64_t index,
                  std::string_view rule, double value) {
  refuse(function, std::string(argument) + "[" + std::to_string(index) + "] " + std::string(rule) +
                       ", got " + text(value));
}

void refuse_value(const char* function, std::string_view rule, double value) {
  refuse(function, std::string(rule) + ", got " + text(value));
}

void refuse_capacity(const char* function, const char* bounds, std::int64_t row, double capacity,
                     const char* than, double budget) {
  refuse(function, "the " + std::string(bounds) + " bounds of row " + std::to_string(row) +
                       " hold " + text(capacity) + ", " + than + " than the budget " +
                       text(budget));
}

void check_alpha(const char* function, const PerRow& alpha, std::int64_t rows) {
  check_per_row(function, "alpha", alpha, rows);
  for (std::int64_t i = 0; i < alpha.size(); ++i) {
    if (alpha[i] > 0) continue;
    refuse(function, "alpha must be positive, got " + text(alpha[i]) + at_row(alpha, i));
  }
}

void check_size(const char* function, const char* argument, Shape shape) {
  if (shape.rows >= 0 && shape.cols >= 0) return;
  refuse(function, std::string(argument) + " must not have a negative number of " +
                       (shape.rows < 0 ? "rows" : "columns") + ", got " +
                       std::to_string(shape.rows < 0 ? shape.rows : shape.cols));
}

void check_same_shape(const char* function, const char* argument, Shape shape, const char* as,
                      Shape expected) {
  if (shape.rows == expected.rows && shape.cols == expected.cols) return;
  refuse(function, std::string(argument) + " must have the shape of " + as + ", " +
                       shape_text(expected) + ", got " + shape_text(shape));
}

void check_row_or_same(const char* function, const char* argument, Shape shape, Shape scores) {
  if (shape.cols == scores.cols && (shape.rows == 1 || shape.rows == scores.rows)) return;
  const std::string rows = scores.rows == 1 ? "" : " or " + shape_text(scores);
  refuse(function, std::string(argument) + " must be " + shape_text(Shape{1, scores.cols}) + rows +
                       ", got " + shape_text(shape));
}

void check_length(const char* function, const char* argument, std::int64_t length,
                  std::int64_t expected, const char* per) {
  if (length == expected) return;
  refuse(function, std::string(argument) + " must have " + std::to_string(expected) +
                       (expected == 1 ? " entry" : " entries") + ", one per " + per + ", got " +
                       std::to_string(length));
}

void check_not_negative(const char* function, const char* argument, double value) {
  if (value >= 0) return;
  refuse(function, std::string(argument) + " must not be " + (value < 0 ? "negative" : "NaN") +
                       ", got " + text(value));
}

void check_entry_not_negative(const char* function, const char* argument, std::int64_t index,
                              double value) {
  if (value >= 0) return;
  const std::string entry = std::string(argument) + "[" + std::to_string(index) + "]";
  check_not_negative(function, entry.c_str(), value);
}

void check_share(const char* function, const char* argument, double value) {
  if (value >= 0 && value <= 1) return;
  refuse(function, std::string(argument) + " must be from 0 to 1, got " + text(value));
}

void check_positive(const char* function, const char* argument, double value) {
  if (value > 0 && std::isfinite(value)) return;
  refuse(function, std::string(argument) + " must be positive and finite, got " + text(value));
}

void check_at_least(const char* function, const char* argument, std::int64_t value,
                    std::int64_t least) {
  if (value >= least) return;
  refuse(function, std::string(argument) + " must be at least " + std::to_string(least) + ", got " +
                       std::to_string(value));
}

void check_label(const char* function, std::int64_t row, std::int64_t label, std::int64_t classes,
                 std::int64_t ignore_index) {
  if ((label >= 0 && label < classes) || label == ignore_index) return;
  const std::string target = "targets[" + std::to_string(row) + "] must be ",
                    ignored = "ignore_index " + std::to_string(ignore_index),
                    got = ", got " + std::to_string(label);
  if (classes == 0) refuse(function, target + ignored + ", as the rows have no columns" + got);
  refuse(function,
         target + "a class from 0 to " + std::to_string(classes - 1) + " or " + ignored + got);
}

void check_one_or_length(const char* function, const char* argument, std::int64_t length,
                         std::int64_t rows) {
  if (length == rows || length == 1) return;
  refuse(function, std::string(argument) + " must have 1 or " + std::to_string(rows) +
                       " entries, got " + std::to_string(length));
}

void check_one_row(const char* function, const char* argument, std::int64_t rows) {
  if (rows == 1) return;
  refuse(function, std::string(argument) + " must be one row, got " + std::to_string(rows));
}

}  // namespace gibbs::base
