#include "io/csv_table.hpp"

#include <algorithm>

#include "io/csv_text.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

bool is_word(std::string_view raw) {
  const std::string value = decode_field(raw);
  const std::string_view text = trimmed(value);
  double ignored = 0;
  return !text.empty() && parse_number(text, ignored) == Parsed::kNotANumber;
}

bool at_blank_line(std::string_view text) {
  return text.starts_with('\n') || text.starts_with("\r\n");
}

void refuse_other_encodings(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw Problem{0, 0, "the text is UTF-16; it must be UTF-8"};
  }
}

void refuse_nul(std::string_view record, char separator) {
  const std::size_t nul = record.find('\0');
  if (nul == std::string_view::npos) return;
  const Problem place = locate(record, nul, separator);
  throw Problem{place.line, place.field, "a NUL byte"};
}

// Not at the end of a line and not in quotes: the lines end with it, and all are taken for one.
void refuse_bare_carriage_returns(const std::vector<std::string_view>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].starts_with('"') || fields[i].find('\r') == std::string_view::npos) continue;
    throw Problem{1, static_cast<std::int64_t>(i) + 1,
                  "a carriage return without a line feed; lines end with LF or CR LF"};
  }
}

std::vector<std::string> decoded(const std::vector<std::string_view>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const std::string_view field : fields) names.push_back(decode_field(trimmed(field)));
  return names;
}

}  // namespace

CsvTable::CsvTable(ByteSource& source, const ColumnRequest& request, const CsvOptions& options)
    : CsvTable(
          source, [&](const std::vector<std::string>&) { return request; }, options) {}

CsvTable::CsvTable(ByteSource& source, const ColumnChooser& choose, const CsvOptions& options)
    : source_(&source), options_(options), blocks_(source, options.separator, options.sizes) {
  try {
    read_first_row(choose);
  } catch (Problem& problem) {
    if (problem.line > 0) problem.line += first_lines_;
    throw bad_data(name(), problem);
  }
}

void CsvTable::read_first_row(const ColumnChooser& choose) {
  std::string_view text;
  while (text.empty()) {
    if (!blocks_.next(first_)) throw Problem{0, 0, "the file is empty"};
    text = first_;
    for (; at_blank_line(text); ++first_lines_) text.remove_prefix(text.find('\n') + 1);
  }
  if (first_lines_ == 0) refuse_other_encodings(first_);

  const Record record = first_record(text, options_.separator);
  const std::string_view line = text.substr(0, record.size);
  refuse_nul(line, options_.separator);
  refuse_bare_carriage_returns(record.fields);
  const ColumnRequest request = choose(decoded(record.fields));
  std::vector<std::string> names;
  if (has_header(record.fields, request)) {
    names = decoded(record.fields);
    first_lines_ += std::count(line.begin(), line.end(), '\n');
    text.remove_prefix(record.size);
  }
  first_row_ = first_.size() - text.size();
  plan_ = plan_columns(request, std::move(names), static_cast<std::int64_t>(record.fields.size()),
                       name());
  plan_layout(record.fields.size());
}

bool CsvTable::has_header(const std::vector<std::string_view>& fields,
                          const ColumnRequest& request) const {
  if (options_.header != Header::kAuto) return options_.header == Header::kYes;
  const auto count = static_cast<std::int64_t>(fields.size());
  if (asks_by_name(request, count)) return true;
  const ColumnPlan plan = plan_columns(request, {}, count, name());
  return std::any_of(plan.scores.begin(), plan.scores.end(), [&fields](std::int64_t column) {
    return is_word(fields[static_cast<std::size_t>(column)]);
  });
}

void CsvTable::plan_layout(std::size_t count) {
  layout_.columns.resize(count);
  layout_.separator = options_.separator;
  layout_.empty_is_masked = options_.empty_is_masked;
  layout_.cells = options_.cells;
  for (const std::int64_t column : plan_.scores) {
    layout_.columns[static_cast<std::size_t>(column)] = {CsvLayout::Use::kScore, layout_.scores++};
  }
  for (const std::int64_t column : plan_.kept) {
    layout_.columns[static_cast<std::size_t>(column)] = {CsvLayout::Use::kKeep, layout_.kept++};
  }
}

template <Score T>
bool CsvTable::next(Block<T>& block) {
  block.problem.reset();
  block.rows = 0;
  block.lines = 0;
  if (at_first_) {
    at_first_ = false;
    block.bytes = static_cast<std::int64_t>(first_.size());
    block.lines = first_lines_;
    block.text.assign(first_, first_row_);
    std::string().swap(first_);
    return true;
  }
  try {
    const bool more = blocks_.next(block.text);
    block.bytes = static_cast<std::int64_t>(block.text.size());
    return more;
  } catch (Problem& problem) {
    block.text.clear();
    block.problem = std::move(problem);
    return true;
  }
}

template bool CsvTable::next(Block<double>&);
template bool CsvTable::next(Block<float>&);
template bool CsvTable::next(Block<float16>&);
template bool CsvTable::next(Block<bfloat16>&);

}  // namespace gibbs::cli
