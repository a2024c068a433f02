#include "commands/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/picture.hpp"
#include "commands/text.hpp"
#include "io/csv_text.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

constexpr std::size_t kPictureRows = 10;

std::string name_of_map(double alpha) {
  if (alpha == 1) return "softmax (alpha 1)";
  if (alpha == 2) return "sparsemax (alpha 2)";
  if (std::isinf(alpha)) return "argmax (alpha inf)";
  return fmt::format("entmax (alpha {})", number_text(alpha));
}

}  // namespace

template <Score T>
void Summary::add(const Block<T>& block) {
  for (std::int64_t row = 0; row < block.rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    const auto entropy = static_cast<double>(block.entropy[i]);
    ++rows_;
    if (std::isnan(entropy)) {
      ++nan_rows_;
    } else {
      entropy_ += entropy;
      support_ += static_cast<double>(block.support[i]);
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
  const auto i = static_cast<std::size_t>(row);
  picture.probabilities.assign(facts_.names.size(), 0.0);
  if (facts_.sparse) {
    const auto last = static_cast<std::size_t>(block.sparse.row_offsets[i + 1]);
    for (auto k = static_cast<std::size_t>(block.sparse.row_offsets[i]); k < last; ++k) {
      const auto column = static_cast<std::size_t>(block.sparse.columns[k]);
      picture.probabilities[column] = number(block.sparse.values[k]);
    }
  } else {
    const T* const first = block.numbers.data() + i * facts_.names.size();
    std::transform(first, first + facts_.names.size(), picture.probabilities.begin(), number);
  }
  return picture;
}

std::string Summary::headline() const {
  std::string text = fmt::format("{}: {}, {}, {}, temperature {}\n", facts_.input,
                                 count(rows_, "row"), count(std::ssize(facts_.names), "column"),
                                 name_of_map(facts_.alpha), number_text(facts_.temperature));
  const std::int64_t rows = rows_ - nan_rows_;
  if (rows > 0) {
    text += fmt::format("mean entropy {:.4g}, mean support {:.4g} of {}\n", mean(entropy_, rows),
                        mean(support_, rows), facts_.names.size());
  }
  if (nan_rows_ > 0) {
    text += fmt::format("{} of NaN, left out of the means\n", count(nan_rows_, "row"));
  }
  return text;
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
  return fmt::format(
      "{{\"input\": {}, \"rows\": {}, \"columns\": {}, \"alpha\": {}, \"temperature\": {}, "
      "\"dtype\": \"{}\", \"mean_entropy\": {}, \"mean_support\": {}, \"nan_rows\": {}, "
      "\"seconds\": {:.3f}}}\n",
      json_string(facts_.input), rows_, facts_.names.size(), json_number(facts_.alpha),
      json_number(facts_.temperature), facts_.dtype, json_number(mean(entropy_, rows)),
      json_number(mean(support_, rows)), nan_rows_, seconds);
}

template void Summary::add(const Block<double>&);
template void Summary::add(const Block<float>&);
template void Summary::add(const Block<float16>&);
template void Summary::add(const Block<bfloat16>&);

}  // namespace gibbs::cli
