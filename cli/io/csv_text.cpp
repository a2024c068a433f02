#include "io/csv_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace gibbs::cli {

namespace {

bool at_line_end(const char* p, const char* end) {
  return p == end || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

// After the closing quote of the field that begins at `p`.
const char* after_quotes(const char* p, const char* end) {
  for (++p;; p += 2) {
    p = static_cast<const char*>(std::memchr(p, '"', static_cast<std::size_t>(end - p)));
    if (p == nullptr) throw Problem{0, 0, "the quote that opens here is never closed"};
    if (p + 1 == end || p[1] != '"') return p + 1;
  }
}

const char* after_line_end(const char* p, const char* end) {
  if (p != end && *p == '\r') ++p;
  return p == end ? p : p + 1;
}

const char* field_end_or_end(const char* p, const char* end, char separator) {
  try {
    return field_end(p, end, separator);
  } catch (const Problem&) {
    return end;
  }
}

const char* field_of_record(const char* p, const char* end, char separator, std::string_view text,
                            std::size_t number) {
  try {
    return field_end(p, end, separator);
  } catch (Problem& problem) {
    problem.line = 1 + std::count(text.data(), p, '\n');
    problem.field = static_cast<std::int64_t>(number);
    throw;
  }
}

}  // namespace

const char* field_end(const char* p, const char* end, char separator) {
  if (p != end && *p == '"') {
    p = after_quotes(p, end);
    if (at_line_end(p, end) || *p == separator) return p;
    throw Problem{0, 0, fmt::format("{} after the closing quote", in_quotes({p, 1}))};
  }
  const char* const begin = p;
  while (p != end && *p != separator && *p != '\n') ++p;
  const bool line_ends = p == end || *p == '\n';
  return line_ends && p != begin && p[-1] == '\r' ? p - 1 : p;
}

std::string decode_field(std::string_view raw) {
  if (raw.empty() || raw.front() != '"') return std::string(raw);
  std::string value;
  for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
    value += raw[i];
    if (raw[i] == '"') ++i;
  }
  return value;
}

std::string encode_field(std::string_view value, char separator) {
  const bool plain = std::none_of(value.begin(), value.end(), [separator](char c) {
    return c == separator || c == '"' || c == '\n' || c == '\r';
  });
  if (plain) return std::string(value);
  std::string raw = "\"";
  for (const char c : value) raw.append(c == '"' ? 2 : 1, c);
  return raw += '"';
}

Record first_record(std::string_view text, char separator) {
  Record record;
  const char* p = text.data();
  const char* const end = p + text.size();
  for (;; ++p) {
    const char* const stop = field_of_record(p, end, separator, text, record.fields.size() + 1);
    record.fields.emplace_back(p, static_cast<std::size_t>(stop - p));
    p = stop;
    if (p == end || *p != separator) break;
  }
  record.size = static_cast<std::size_t>(after_line_end(p, end) - text.data());
  return record;
}

Problem locate(std::string_view text, std::size_t offset, char separator) {
  const std::string_view before = text.substr(0, offset);
  Problem place{1 + std::count(before.begin(), before.end(), '\n'), 1, {}};
  const char* const end = text.data() + text.size();
  for (const char* p = text.data();;) {
    p = field_end_or_end(p, end, separator);
    if (p >= text.data() + offset) return place;
    place.field = *p == separator ? place.field + 1 : 1;
    p = *p == separator ? p + 1 : after_line_end(p, end);
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace gibbs::cli
