#include "commands/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "commands/picture.hpp"
#include "commands/text.hpp"
#include "io/csv_text.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

constexpr std::size_t kPictureRows = 10;

std::string name_of_map(const FamilyRequest& family) {
  std::vector<std::string> settings;
  for (const auto& [name, value] : family.settings) {
    settings.push_back(fmt::format("{} {}", name, number_text(value)));
  }
  std::string_view name = family.title;
  if (family.family == Family::kEntmax && family.alpha == 1) name = "softmax";
  if (family.family == Family::kEntmax && family.alpha == 2) name = "sparsemax";
  if (family.family == Family::kEntmax && std::isinf(family.alpha)) name = "argmax";
  return settings.empty() ? std::string(name)
                          : fmt::format("{} ({})", name, fmt::join(settings, ", "));
}

// The numbers that are written of a row.
template <Score T>
std::span<const T> row_of(const Block<T>& block, std::int64_t row, std::size_t cols, bool sparse) {
  const auto i = static_cast<std::size_t>(row);
  if (!sparse) return std::span(block.numbers).subspan(i * cols, cols);
  const auto first = static_cast<std::size_t>(block.sparse.row_offsets[i]);
  const auto last = static_cast<std::size_t>(block.sparse.row_offsets[i + 1]);
  return std::span(block.sparse.values).subspan(first, last - first);
}

// A row of NaN is NaN as a whole.
template <Score T>
bool is_nan_row(std::span<const T> numbers) {
  return !numbers.empty() && std::isnan(static_cast<double>(working_t<T>(numbers.front())));
}

template <Score T>
double extra_of(const Block<T>& block, Extra extra, std::int64_t row) {
  const auto i = static_cast<std::size_t>(row);
  return extra == Extra::kSupport ? static_cast<double>(block.support[i])
                                  : static_cast<double>(block.extra(extra)[i]);
}

}  // namespace

template <Score T>
void Summary::add(const Block<T>& block) {
  for (std::int64_t row = 0; row < block.rows; ++row) {
    ++rows_;
    if (is_nan_row(row_of(block, row, facts_.names.size(), facts_.sparse))) {
      ++nan_rows_;
    } else {
      for (const Extra extra : facts_.family.means) {
        sums_[static_cast<std::size_t>(extra)] += extra_of(block, extra, row);
      }
    }
    if (picture_.size() < kPictureRows) picture_.push_back(picture_row(block, row));
  }
}

template <Score T>
PictureRow Summary::picture_row(const Block<T>& block, std::int64_t row) const {
  PictureRow picture;
  const auto kept = static_cast<std::int64_t>(facts_.kept.size());
  for (std::int64_t i = row * kept; i < (row + 1) * kept; ++i) {
    const std::string field = decode_field(block.kept[static_cast<std::size_t>(i)]);
    picture.label += (picture.label.empty() ? "" : " ") + field;
  }
  const auto number = [this](T value) {
    const auto wide = static_cast<double>(static_cast<working_t<T>>(value));
    return facts_.logarithms ? std::exp(wide) : wide;
  };
  picture.probabilities.assign(facts_.names.size(), 0.0);
  if (facts_.sparse) {
    const auto i = static_cast<std::size_t>(row);
    const auto last = static_cast<std::size_t>(block.sparse.row_offsets[i + 1]);
    for (auto k = static_cast<std::size_t>(block.sparse.row_offsets[i]); k < last; ++k) {
      const auto column = static_cast<std::size_t>(block.sparse.columns[k]);
      picture.probabilities[column] = number(block.sparse.values[k]);
    }
  } else {
    const std::span<const T> dense = row_of(block, row, facts_.names.size(), false);
    std::transform(dense.begin(), dense.end(), picture.probabilities.begin(), number);
  }
  return picture;
}

std::string Summary::headline() const {
  std::string text = fmt::format("{}: {}, {}, {}, temperature {}\n", facts_.input,
                                 count(rows_, "row"), count(std::ssize(facts_.names), "column"),
                                 name_of_map(facts_.family), number_text(facts_.temperature));
  const std::int64_t rows = rows_ - nan_rows_;
  if (rows > 0) text += means(rows) + '\n';
  if (nan_rows_ > 0) {
    text += fmt::format("{} of NaN, left out of the means\n", count(nan_rows_, "row"));
  }
  return text;
}

double Summary::mean_of(Extra extra, std::int64_t rows) const {
  return mean(sums_[static_cast<std::size_t>(extra)], rows);
}

std::string Summary::means(std::int64_t rows) const {
  std::vector<std::string> phrases;
  for (const Extra extra : facts_.family.means) {
    std::string name(extra_name(extra));
    std::replace(name.begin(), name.end(), '_', ' ');
    phrases.push_back(fmt::format("mean {} {:.4g}", name, mean_of(extra, rows)));
    if (extra == Extra::kSupport) phrases.back() += fmt::format(" of {}", facts_.names.size());
  }
  return fmt::format("{}", fmt::join(phrases, ", "));
}

std::string Summary::text(int width, bool colour) const {
  std::string text = headline();
  if (!picture_.empty()) text += '\n' + picture(picture_, facts_.names, {width, colour});
  if (rows_ > std::ssize(picture_)) {
    text += fmt::format("  ... and {}\n", count(rows_ - std::ssize(picture_), "more row"));
  }
  return text;
}

std::string Summary::json(double seconds) const {
  const std::int64_t rows = rows_ - nan_rows_;
  std::string settings, means;
  for (const auto& [name, value] : facts_.family.settings) {
    settings += fmt::format("\"{}\": {}, ", name, json_number(value));
  }
  for (const Extra extra : facts_.family.means) {
    means += fmt::format("\"mean_{}\": {}, ", extra_name(extra), json_number(mean_of(extra, rows)));
  }
  return fmt::format(
      "{{\"input\": {}, \"rows\": {}, \"columns\": {}, \"family\": {}, {}\"temperature\": {}, "
      "\"dtype\": \"{}\", {}\"nan_rows\": {}, \"seconds\": {:.3f}}}\n",
      json_string(facts_.input), rows_, facts_.names.size(), json_string(facts_.family.name),
      settings, json_number(facts_.temperature), facts_.dtype, means, nan_rows_, seconds);
}

template void Summary::add(const Block<double>&);
template void Summary::add(const Block<float>&);
template void Summary::add(const Block<float16>&);
template void Summary::add(const Block<bfloat16>&);

}  // namespace gibbs::cli
