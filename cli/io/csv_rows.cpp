#include "io/csv_rows.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "io/csv_text.hpp"
#include "io/number.hpp"
#include "io/quick_double.hpp"

namespace gibbs::cli {

namespace {

template <Score T>
class RowReader {
 public:
  RowReader(const CsvLayout& layout, Block<T>& block)
      : layout_(layout),
        block_(block),
        p_(block.text.data()),
        end_(p_ + block.text.size()),
        row_(p_),
        field_(p_),
        nul_(p_ + std::min(block.text.find('\0'), block.text.size())),
        lines_before_(block.lines),
        has_quotes_(block.text.find('"') != std::string::npos) {}

  void read_all() {
    make_room();
    try {
      while (p_ != end_ && p_ <= nul_) {
        if (!skip_blank_line()) read_row();
      }
    } catch (Problem& problem) {
      problem.line = block_.lines + 1 + std::count(row_, field_, '\n');
      problem.field = static_cast<std::int64_t>(column_) + 1;
      block_.problem = std::move(problem);
    }
    if (nul_ < p_) refuse_nul();
  }

 private:
  // A row of n fields has at least n bytes, so that room is bounded by the text. One row more: a
  // row that turns out too short has begun to be stored.
  void make_room() {
    const auto lines = static_cast<std::size_t>(std::count(p_, end_, '\n'));
    const std::size_t rows = std::min(lines, block_.text.size() / layout_.columns.size() + 1);
    block_.numbers.resize(rows * static_cast<std::size_t>(layout_.scores));
    block_.kept.resize(rows * static_cast<std::size_t>(layout_.kept));
    block_.rows = 0;
  }

  bool skip_blank_line() {
    const bool carriage_return = *p_ == '\r' && p_[1] == '\n';
    if (layout_.columns.size() == 1 || (*p_ != '\n' && !carriage_return)) return false;
    p_ += carriage_return ? 2 : 1;
    ++block_.lines;
    return true;
  }

  void read_row() {
    row_ = p_;
    T* const scores = block_.numbers.data() + block_.rows * layout_.scores;
    std::string_view* const kept = block_.kept.data() + block_.rows * layout_.kept;
    for (column_ = 0; column_ < layout_.columns.size(); ++column_) {
      if (column_ > 0) step_over_separator();
      field_ = p_;
      const auto [use, slot] = layout_.columns[column_];
      if (use == CsvLayout::Use::kScore) {
        scores[slot] = read_score();
      } else {
        p_ = field_end(p_, end_, layout_.separator);
        if (use == CsvLayout::Use::kKeep) kept[slot] = field();
      }
    }
    end_row();
  }

  std::string_view field() const { return {field_, static_cast<std::size_t>(p_ - field_)}; }

  void step_over_separator() {
    field_ = p_;
    if (*p_ != layout_.separator) throw ragged(column_);
    ++p_;
  }

  void end_row() {
    if (*p_ == layout_.separator) {
      field_ = p_;
      std::size_t fields = layout_.columns.size();
      for (; *p_ == layout_.separator; ++fields) p_ = field_end(p_ + 1, end_, layout_.separator);
      throw ragged(fields);
    }
    if (*p_ == '\r') ++p_;
    ++p_;
    block_.lines += has_quotes_ ? std::count(row_, p_, '\n') : 1;
    ++block_.rows;
  }

  Problem ragged(std::size_t fields) const {
    return {0, 0,
            fmt::format("{} field{} where the first row has {}", fields, fields == 1 ? "" : "s",
                        layout_.columns.size())};
  }

  bool at_field_end(const char* p) const {
    return *p == layout_.separator || *p == '\n' || (*p == '\r' && p[1] == '\n');
  }

  T read_score() {
    if constexpr (std::is_same_v<T, double>) {
      double value = 0;
      const char* const stop = read_quick_double(p_, end_, value);
      if (stop != nullptr && at_field_end(stop)) {
        p_ = stop;
        return value;
      }
    }
    return read_general_score();
  }

  T read_general_score() {
    working_t<T> wide = 0;
    const auto [stop, error] = fast_float::from_chars(p_, end_, wide);
    const T value(wide);
    if (error != std::errc() || !at_field_end(stop) ||
        !std::isfinite(static_cast<working_t<T>>(value))) {
      return read_unusual_score();
    }
    p_ = stop;
    return value;
  }

  // Spaces, quotes, a plus sign, infinities and NaN, an empty cell, and what is no number.
  T read_unusual_score() {
    p_ = field_end(p_, end_, layout_.separator);
    const std::string cell = decode_field(field());
    const std::string_view text = trimmed(cell);
    if (text.empty()) return masked_score();
    T value{};
    switch (parse_number(text, value)) {
      case Parsed::kNumber:
        return checked(value, text);
      case Parsed::kOutOfRange:
        throw Problem{0, 0, out_of_range<T>(in_quotes(text))};
      case Parsed::kNotANumber:
        break;
    }
    throw Problem{0, 0, fmt::format("{} is not a number", in_quotes(text))};
  }

  T checked(T value, std::string_view text) const {
    const auto wide = static_cast<working_t<T>>(value);
    if (any_number() || wide > -std::numeric_limits<working_t<T>>::infinity()) return value;
    throw Problem{0, 0, fmt::format("{} must be a number or inf; got {}", noun(), text)};
  }

  // A score of -inf and a mask mean the same: the state is absent.
  T masked_score() const {
    if (layout_.empty_is_masked) return T(-std::numeric_limits<working_t<T>>::infinity());
    if (layout_.cells == Cells::kScores) {
      throw Problem{0, 0, "an empty cell (--missing mask leaves its state out)"};
    }
    throw Problem{0, 0, fmt::format("an empty cell where {} must be", noun())};
  }

  bool any_number() const {
    return layout_.cells == Cells::kScores || layout_.cells == Cells::kNumbers;
  }
  const char* noun() const {
    if (layout_.cells == Cells::kEnergies) return "an energy";
    return layout_.cells == Cells::kPotentials ? "a potential" : "a number";
  }

  // Whatever else is wrong, the NUL is: it stands in the last row read.
  void refuse_nul() {
    if (!block_.problem) --block_.rows;
    block_.problem =
        locate(block_.text, static_cast<std::size_t>(nul_ - block_.text.data()), layout_.separator);
    block_.problem->line += lines_before_;
    block_.problem->sentence = "a NUL byte";
  }

  const CsvLayout& layout_;
  Block<T>& block_;
  const char* p_;
  const char* const end_;
  const char* row_;
  const char* field_;
  const char* const nul_;  // the first NUL, or the end
  std::size_t column_ = 0;
  const std::int64_t lines_before_;
  const bool has_quotes_;
};

}  // namespace

template <Score T>
void read_rows(const CsvLayout& layout, Block<T>& block) {
  RowReader<T>(layout, block).read_all();
}

template void read_rows(const CsvLayout&, Block<double>&);
template void read_rows(const CsvLayout&, Block<float>&);
template void read_rows(const CsvLayout&, Block<float16>&);
template void read_rows(const CsvLayout&, Block<bfloat16>&);

}  // namespace gibbs::cli
