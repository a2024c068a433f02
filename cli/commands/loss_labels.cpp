#include "commands/loss_labels.hpp"

#include <fmt/format.h>

#include <charconv>

#include "io/csv_text.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

Classes::Classes(const std::vector<std::string>& names, std::int64_t count, std::int64_t field)
    : count_(count), field_(field) {
  for (const std::string& name : names) places_.emplace(name, std::ssize(places_));
}

std::int64_t Classes::find(std::string_view label) const {
  const auto found = places_.find(std::string(label));
  if (found != places_.end()) return found->second;
  std::int64_t number = -1;
  const char* const end = label.data() + label.size();
  const auto [stop, error] = std::from_chars(label.data(), end, number);
  return error == std::errc() && stop == end && number < count_ ? number : -1;
}

template <Score T>
std::vector<std::int64_t> Classes::labels_of(Block<T>& block) const {
  std::vector<std::int64_t> labels;
  labels.reserve(static_cast<std::size_t>(block.rows));
  for (std::int64_t i = 0; i < block.rows; ++i) {
    const std::string_view raw = block.kept[static_cast<std::size_t>(i)];
    const std::string text = decode_field(trimmed(raw));
    labels.push_back(find(text));
    if (labels.back() >= 0) continue;
    block.problem = {line_of(block, raw), field_,
                     fmt::format("the label {} is neither the name of a score column nor a number "
                                 "from 0 to {}",
                                 in_quotes(text), count_ - 1)};
    return {};
  }
  return labels;
}

template std::vector<std::int64_t> Classes::labels_of(Block<double>&) const;

}  // namespace gibbs::cli
