#pragma once
// Refusals: the only code of the library that throws.

#include <cstdint>
#include <string>
#include <string_view>

#include "gibbs/per_row.hpp"

namespace gibbs::base {

// How a view lies over memory, whatever its elements are.
struct Shape {
  std::int64_t rows = 0, cols = 0;
};

// The shortest digits that read back as this number.
std::string text(double value);
// At most so many digits: 0.333 of 1/3.
std::string text(double value, int digits);

// Throws std::invalid_argument "function: sentence".
[[noreturn]] void refuse(std::string_view function, std::string_view sentence);

// temperature must not be negative, got -1
void check_temperature(const char* function, const PerRow& temperature, std::int64_t rows);
// tau must not be negative, got -1
void check_tau(const char* function, const PerRow& tau, std::int64_t rows);
// tau must be positive and finite, got 0
void check_positive_tau(const char* function, const PerRow& tau, std::int64_t rows);
// budget must be a number from 0, got -1
void check_budget(const char* function, const PerRow& budget, std::int64_t rows);
// alpha must be positive, got 0
void check_alpha(const char* function, const PerRow& alpha, std::int64_t rows);
// scores must not have a negative number of rows, got -1
void check_size(const char* function, const char* argument, Shape shape);
// probabilities must have the shape of scores, 2 x 3, got 2 x 4
void check_same_shape(const char* function, const char* argument, Shape shape, const char* as,
                      Shape expected);
// mask must be 1 x 3 or 2 x 3, got 1 x 4
void check_row_or_same(const char* function, const char* argument, Shape shape, Shape scores);
// entropy must have 4 entries, one per row, got 3
void check_length(const char* function, const char* argument, std::int64_t length,
                  std::int64_t expected, const char* per = "row");
// grad_alpha must have 1 or 4 entries, got 3
void check_one_or_length(const char* function, const char* argument, std::int64_t length,
                         std::int64_t rows);
// z_loss must not be negative, got -1
void check_not_negative(const char* function, const char* argument, double value);
// class_weights[2] must not be negative, got -1
void check_entry_not_negative(const char* function, const char* argument, std::int64_t index,
                              double value);
// label_smoothing must be from 0 to 1, got 2
void check_share(const char* function, const char* argument, double value);
// gap must be positive and finite, got 0
void check_positive(const char* function, const char* argument, double value);
// count must be at least 1, got 0
void check_at_least(const char* function, const char* argument, std::int64_t value,
                    std::int64_t least);
// targets[3] must be a class from 0 to 9 or ignore_index -100, got 10
// targets[3] must be ignore_index -100, as the rows have no columns, got 0
void check_label(const char* function, std::int64_t row, std::int64_t label, std::int64_t classes,
                 std::int64_t ignore_index);
// upper[2, 3] must not be below lower, got 0.1
[[noreturn]] void refuse_entry(const char* function, const char* argument, std::int64_t row,
                               std::int64_t col, std::string_view rule, double value);
// energies[2] must be a number or +inf, got nan
[[noreturn]] void refuse_entry(const char* function, const char* argument, std::int64_t index,
                               std::string_view rule, double value);
// alpha must be at most 2 with bounds, got 3
[[noreturn]] void refuse_value(const char* function, std::string_view rule, double value);
// the upper bounds of row 2 hold 0.8, less than the budget 1
[[noreturn]] void refuse_capacity(const char* function, const char* bounds, std::int64_t row,
                                  double capacity, const char* than, double budget);
// scores must be one row, got 3
void check_one_row(const char* function, const char* argument, std::int64_t rows);

}  // namespace gibbs::base
