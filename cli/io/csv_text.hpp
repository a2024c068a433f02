#pragma once
// Fields and records of RFC 4180, also with tabs: "a ""quoted"" field, with comma".
// A quote counts only where a field begins with it; elsewhere it is a character like others.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/problem.hpp"

namespace gibbs::cli {

// The end of the raw field that begins at `p`: its separator, or the end of its line (CR LF or LF),
// or `end`. What is between is the field, quotes included.
// throws    Problem (line 0, field 0): a quote that is never closed, text after a closing quote
const char* field_end(const char* p, const char* end, char separator);

// The value of a raw field: without its quotes.
std::string decode_field(std::string_view raw);

// A value as a raw field: in quotes where it needs them.
std::string encode_field(std::string_view value, char separator);

// The raw fields of the record that begins a text, and the size of the record with its line end.
struct Record {
  std::vector<std::string_view> fields;
  std::size_t size = 0;
};

// throws    Problem with the line and field
Record first_record(std::string_view text, char separator);

// Line and field of a byte, both from 1, in text that begins a record.
Problem locate(std::string_view text, std::size_t offset, char separator);

// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace gibbs::cli
