#pragma once
// Which columns of a table are scores and which are copied through.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gibbs::cli {

// As asked for: names, or numbers from 1. No columns: all that are not kept. The rest is what a
// refusal calls them.
struct ColumnRequest {
  std::vector<std::string> columns;
  std::vector<std::string> keep;
  std::string_view keep_option = "--keep";
  std::string_view columns_option = "--columns";
  std::string_view column_noun = "a score column";
};

// As found: places from 0, in the order asked for.
struct ColumnPlan {
  std::vector<std::string> names;  // of all columns of the table; empty where it has none
  std::vector<std::int64_t> scores;
  std::vector<std::int64_t> kept;
};

// Splits the list of an option, `a,"b,c",d`.
// throws    BadRequest: a quote that is never closed
std::vector<std::string> split_list(std::string_view option, std::string_view list);

// "the columns are "a", "b" and 3 more", or that they have no names.
std::string known_columns(const std::vector<std::string>& names, std::int64_t count);

// True when some column is asked for by a word that cannot be the number of one of `count` columns.
bool asks_by_name(const ColumnRequest& request, std::int64_t count);

// throws    BadRequest: an unknown column (the known ones are listed), a name that several columns
//           have, a column asked for twice, no score column left
ColumnPlan plan_columns(const ColumnRequest& request, std::vector<std::string> names,
                        std::int64_t count, std::string_view file);

// The names of the chosen columns; numbers from 1 where the table has no names.
std::vector<std::string> names_of(const ColumnPlan& plan, const std::vector<std::int64_t>& columns);

}  // namespace gibbs::cli
