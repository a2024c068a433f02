#include "io/npy_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kLongestHeader = 1 << 16;
constexpr std::int64_t kMostEmptyColumns = 1 << 20;  // no byte of the file vouches for them
constexpr std::size_t kHeaderWritten = 192;

[[noreturn]] void refuse(const std::string& sentence) { throw Problem{0, 0, sentence}; }

// The words of a Python dictionary of strings, truth values and tuples of whole numbers.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool accept(char c) {
    skip_space();
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse("the header is not a dictionary as NumPy writes it");
  }
  std::string_view string() {
    skip_space();
    const char quote = text_.starts_with('"') ? '"' : '\'';
    expect(quote);
    const std::size_t size = text_.find(quote);
    if (size == std::string_view::npos) refuse("the header ends inside a string");
    const std::string_view value = text_.substr(0, size);
    text_.remove_prefix(size + 1);
    return value;
  }
  bool truth() {
    skip_space();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    refuse("fortran_order is neither True nor False");
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> values;
    expect('(');
    while (!accept(')')) {
      values.push_back(whole_number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }
  bool at_structured_type() {
    skip_space();
    return text_.starts_with('[');
  }

 private:
  void skip_space() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \n\t"), text_.size()));
  }

  std::int64_t whole_number() {
    skip_space();
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) refuse("the shape holds something that is not a size");
    text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
    accept('L');  // Python 2 wrote 3L
    return value;
  }

  std::string_view text_;
};

struct Fields {
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;
};

Fields read_fields(std::string_view text) {
  Reader reader(text);
  Fields fields;
  reader.expect('{');
  while (!reader.accept('}')) {
    const std::string_view key = reader.string();
    reader.expect(':');
    if (key == "descr") {
      if (reader.at_structured_type()) refuse("the array is of records, not of numbers");
      fields.descr = reader.string();
    } else if (key == "fortran_order") {
      fields.fortran_order = reader.truth();
    } else if (key == "shape") {
      fields.shape = reader.tuple();
    } else {
      refuse(fmt::format("the header has an unknown entry {}", in_quotes(key)));
    }
    if (!reader.accept(',')) {
      reader.expect('}');
      break;
    }
  }
  if (!fields.descr || !fields.fortran_order || !fields.shape) {
    refuse("the header lacks one of descr, fortran_order, shape");
  }
  return fields;
}

int size_of_type(std::string_view descr) {
  if (descr == "<f2") return 2;
  if (descr == "<f4") return 4;
  if (descr == "<f8") return 8;
  if (descr.starts_with(">f")) {
    refuse("the numbers are big-endian; array.astype(\"<f8\") in NumPy turns them round");
  }
  refuse(
      fmt::format("the numbers are of type {}, not float16, float32 or float64", in_quotes(descr)));
}

void set_shape(NpyHeader& header, const std::vector<std::int64_t>& shape) {
  if (shape.empty() || shape.size() > 2) {
    refuse(fmt::format("the array has {} dimensions, not 1 or 2", shape.size()));
  }
  header.one_dimension = shape.size() == 1;
  header.rows = header.one_dimension ? 1 : shape[0];
  header.cols = shape.back();
}

// What the shape needs against what the file has.
void check_size(const NpyHeader& header, std::int64_t file_size) {
  if (header.cols == 0) refuse("the array has no columns");
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / 8;
  const bool promises_columns_only = header.rows == 0 && header.cols > kMostEmptyColumns;
  if (promises_columns_only || header.rows > most / header.cols) {
    refuse(fmt::format("a shape of {} x {} is too large", header.rows, header.cols));
  }
  const std::int64_t needed = header.rows * header.cols * header.bytes;
  const std::int64_t there = file_size - header.data_begins;
  if (needed == there) return;
  refuse(fmt::format("the header promises {} x {} numbers, {} bytes, and {} follow", header.rows,
                     header.cols, needed, there));
}

std::string read_text(const ByteSource& source, std::int64_t offset, std::int64_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  if (source.read_at(offset, text.data(), text.size()) != text.size()) {
    refuse("the file ends inside its header");
  }
  return text;
}

std::int64_t little_endian(std::string_view bytes) {
  std::int64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value * 256 + static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

NpyHeader read_header(const ByteSource& source) {
  const auto file_size = source.size();
  if (!file_size) refuse(".npy is read at many places at once and cannot come through a pipe");
  if (*file_size == 0) refuse("the file is empty");
  std::array<char, 6> magic{};
  const std::size_t got = source.read_at(0, magic.data(), magic.size());
  if (std::string_view(magic.data(), got) != kMagic) refuse("this is not a .npy file");
  const std::string version = read_text(source, 6, 2);
  if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
    refuse(fmt::format("version {}.{} of .npy is unknown", static_cast<int>(version[0]),
                       static_cast<int>(version[1])));
  }
  const std::int64_t size_bytes = version[0] == 1 ? 2 : 4;
  const std::int64_t size = little_endian(read_text(source, 8, size_bytes));
  if (size > kLongestHeader) refuse(fmt::format("a header of {} bytes is too long", size));

  const Fields fields = read_fields(read_text(source, 8 + size_bytes, size));
  NpyHeader header;
  header.bytes = size_of_type(*fields.descr);
  header.fortran_order = *fields.fortran_order;
  set_shape(header, *fields.shape);
  header.data_begins = 8 + size_bytes + size;
  check_size(header, *file_size);
  return header;
}

}  // namespace

NpyHeader read_npy_header(const ByteSource& source) {
  try {
    return read_header(source);
  } catch (const Problem& problem) {
    throw bad_data(source.name(), problem);
  }
}

std::string make_npy_header(std::string_view descr, std::string_view shape) {
  std::string header(kMagic);
  header += {'\1', '\0', static_cast<char>(kHeaderWritten - 10), '\0'};
  header += fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': {}, }}", descr, shape);
  header.resize(kHeaderWritten - 1, ' ');
  return header += '\n';
}

}  // namespace gibbs::cli
