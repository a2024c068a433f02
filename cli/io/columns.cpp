#include "io/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "io/csv_text.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

constexpr std::size_t kMostListed = 12;

// The place that a number from 1 to `count` stands for.
std::optional<std::int64_t> place_of_number(std::string_view word, std::int64_t count) {
  std::int64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || stop != end || number < 1 || number > count) return std::nullopt;
  return number - 1;
}

}  // namespace

std::string known_columns(const std::vector<std::string>& names, std::int64_t count) {
  if (names.empty()) return fmt::format("the columns have no names, only numbers 1 to {}", count);
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i) {
    list += (i == 0 ? "" : ", ") + in_quotes(names[i]);
  }
  const std::size_t more = names.size() - std::min(names.size(), kMostListed);
  return fmt::format("the columns are {}{}", list,
                     more > 0 ? fmt::format(" and {} more", more) : std::string());
}

namespace {

struct Table {
  const std::vector<std::string>& names;
  std::int64_t count;
  std::string_view file;
};

std::int64_t find_column(std::string_view option, const std::string& word, const Table& table) {
  const auto first = std::find(table.names.begin(), table.names.end(), word);
  if (first != table.names.end()) {
    const auto second = std::find(first + 1, table.names.end(), word);
    if (second == table.names.end()) return first - table.names.begin();
    throw BadRequest(fmt::format("{}: columns {} and {} of {} are both named {}; use the number",
                                 option, first - table.names.begin() + 1,
                                 second - table.names.begin() + 1, table.file, in_quotes(word)));
  }
  if (const auto place = place_of_number(word, table.count)) return *place;
  throw BadRequest(fmt::format("{}: no column {} in {}; {}", option, in_quotes(word), table.file,
                               known_columns(table.names, table.count)));
}

std::vector<std::int64_t> find_columns(std::string_view option,
                                       const std::vector<std::string>& words, const Table& table) {
  std::vector<std::int64_t> places;
  for (const std::string& word : words) {
    const std::int64_t place = find_column(option, word, table);
    if (std::find(places.begin(), places.end(), place) != places.end()) {
      throw BadRequest(fmt::format("{}: {} is asked for twice", option, in_quotes(word)));
    }
    places.push_back(place);
  }
  return places;
}

void check_disjoint(const ColumnRequest& request, const std::vector<std::int64_t>& scores,
                    const std::vector<std::int64_t>& kept, const Table& table) {
  for (const std::int64_t place : kept) {
    if (std::find(scores.begin(), scores.end(), place) != scores.end()) {
      const bool named = !table.names.empty();
      throw BadRequest(fmt::format("{}: column {} of {} is {} already", request.keep_option,
                                   named ? in_quotes(table.names[static_cast<std::size_t>(place)])
                                         : std::to_string(place + 1),
                                   table.file, request.column_noun));
    }
  }
}

std::vector<std::int64_t> all_but(std::int64_t count, const std::vector<std::int64_t>& kept) {
  std::vector<char> is_kept(static_cast<std::size_t>(count));
  for (const std::int64_t place : kept) is_kept[static_cast<std::size_t>(place)] = 1;
  std::vector<std::int64_t> places;
  for (std::int64_t place = 0; place < count; ++place) {
    if (is_kept[static_cast<std::size_t>(place)] == 0) places.push_back(place);
  }
  return places;
}

}  // namespace

std::vector<std::string> split_list(std::string_view option, std::string_view list) {
  try {
    std::vector<std::string> words;
    for (const std::string_view field : first_record(list, ',').fields) {
      words.push_back(decode_field(field));
    }
    return words;
  } catch (const Problem& problem) {
    throw BadRequest(fmt::format("{}: {}: {}", option, in_quotes(list), problem.sentence));
  }
}

bool asks_by_name(const ColumnRequest& request, std::int64_t count) {
  const auto is_name = [count](const std::string& word) { return !place_of_number(word, count); };
  return std::any_of(request.columns.begin(), request.columns.end(), is_name) ||
         std::any_of(request.keep.begin(), request.keep.end(), is_name);
}

ColumnPlan plan_columns(const ColumnRequest& request, std::vector<std::string> names,
                        std::int64_t count, std::string_view file) {
  const Table table{names, count, file};
  ColumnPlan plan;
  plan.kept = find_columns(request.keep_option, request.keep, table);
  plan.scores = request.columns.empty()
                    ? all_but(count, plan.kept)
                    : find_columns(request.columns_option, request.columns, table);
  check_disjoint(request, plan.scores, plan.kept, table);
  if (plan.scores.empty() && !plan.kept.empty()) {
    throw BadRequest(fmt::format("{}: no score column is left in {}", request.keep_option, file));
  }
  plan.names = std::move(names);
  return plan;
}

std::vector<std::string> names_of(const ColumnPlan& plan,
                                  const std::vector<std::int64_t>& columns) {
  std::vector<std::string> chosen;
  chosen.reserve(columns.size());
  for (const std::int64_t place : columns) {
    chosen.push_back(plan.names.empty() ? std::to_string(place + 1)
                                        : plan.names[static_cast<std::size_t>(place)]);
  }
  return chosen;
}

}  // namespace gibbs::cli
