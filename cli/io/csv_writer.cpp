#include "io/csv_writer.hpp"

#include <charconv>
#include <cstring>

#include "io/csv_text.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

constexpr std::size_t kRoomOfNumber = 26;  // the longest takes 24, and a separator

char* write_whole(char* to, std::int64_t value) { return std::to_chars(to, to + 20, value).ptr; }

// Grows only: a string that shrinks and grows again is filled with zeros each time.
char* with_room(std::string& out, std::size_t size) {
  if (out.size() < size) out.resize(size);
  return out.data();
}

}  // namespace

template <Score T>
CsvWriter<T>::CsvWriter(const OutputLayout& layout, OutputFile& file)
    : layout_(layout), file_(file), separator_(layout.format == FileFormat::kTsv ? '\t' : ',') {}

template <Score T>
void CsvWriter<T>::start() {
  if (!layout_.has_header) return;
  std::string header;
  const auto add = [this, &header](std::string_view name) {
    header += encode_field(name, separator_) + separator_;
  };
  for (const std::string& name : layout_.kept) add(name);
  for (const std::string& name : layout_.names) add(name);
  for (const Extra extra : layout_.extras) add(extra_name(extra));
  header.back() = '\n';
  file_.write(header);
}

template <Score T>
std::size_t CsvWriter<T>::room(const Block<T>& block) const {
  const std::size_t numbers = layout_.names.size() + layout_.extras.size();
  std::size_t size = static_cast<std::size_t>(block.rows) * numbers * kRoomOfNumber + kNumberRoom;
  for (const std::string_view field : block.kept) size += 2 * field.size() + 3;
  return size;
}

template <Score T>
char* CsvWriter<T>::write_kept(char* to, const Block<T>& block, std::size_t row) const {
  const std::size_t count = layout_.kept.size();
  for (std::size_t i = row * count; i < (row + 1) * count; ++i) {
    const std::string_view raw = block.kept[i];
    if (layout_.kept_as_is) {
      to += raw.copy(to, raw.size());
    } else {
      const std::string field = encode_field(decode_field(raw), separator_);
      to += field.copy(to, field.size());
    }
    *to++ = separator_;
  }
  return to;
}

template <Score T>
char* CsvWriter<T>::write_extra(char* to, const Block<T>& block, Extra extra,
                                std::size_t row) const {
  if (extra == Extra::kSupport) return write_whole(to, block.support[row]);
  return write_number(to, block.extra(extra)[row]);
}

template <Score T>
void CsvWriter<T>::format(Block<T>& block) const {
  char* const begin = with_room(block.out, room(block));
  char* to = begin;
  const T* number = block.numbers.data();
  for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row) {
    to = write_kept(to, block, row);
    for (std::size_t col = 0; col < layout_.names.size(); ++col) {
      to = write_number(to, *number++);
      *to++ = separator_;
    }
    for (const Extra extra : layout_.extras) {
      to = write_extra(to, block, extra, row);
      *to++ = separator_;
    }
    to[-1] = '\n';
  }
  block.out_size = static_cast<std::size_t>(to - begin);
}

template <Score T>
void CsvTripleWriter<T>::start() {
  std::string header = "row,column,value\n";
  for (char& c : header) c = c == ',' ? separator_ : c;
  file_.write(header);
}

template <Score T>
void CsvTripleWriter<T>::format(Block<T>& block) const {
  const SparseRows<T>& sparse = block.sparse;
  char* const begin = with_room(block.out, sparse.values.size() * 3 * kRoomOfNumber + kNumberRoom);
  char* to = begin;
  for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row) {
    const auto first = static_cast<std::size_t>(sparse.row_offsets[row]);
    const auto last = static_cast<std::size_t>(sparse.row_offsets[row + 1]);
    for (std::size_t k = first; k < last; ++k) {
      to = write_whole(to, block.first_row + static_cast<std::int64_t>(row));
      *to++ = separator_;
      to = write_whole(to, sparse.columns[k]);
      *to++ = separator_;
      to = write_number(to, sparse.values[k]);
      *to++ = '\n';
    }
  }
  block.out_size = static_cast<std::size_t>(to - begin);
}

template class CsvWriter<double>;
template class CsvWriter<float>;
template class CsvWriter<float16>;
template class CsvWriter<bfloat16>;
template class CsvTripleWriter<double>;
template class CsvTripleWriter<float>;
template class CsvTripleWriter<float16>;
template class CsvTripleWriter<bfloat16>;

}  // namespace gibbs::cli
