#pragma once
// Cuts a stream of CSV into blocks of whole records.

#include <cstddef>
#include <string>

#include "io/byte_source.hpp"

namespace gibbs::cli {

struct BlockSizes {
  std::size_t block = std::size_t{1} << 19;           // fits, with its numbers, in a cache of 2 MiB
  std::size_t longest_record = std::size_t{1} << 28;  // a quote never closed must not eat memory
};

class CsvBlocks {
 public:
  CsvBlocks(ByteSource& source, char separator, BlockSizes sizes)
      : source_(&source), separator_(separator), sizes_(sizes) {}

  // Replaces `text` by the next whole records, the last one closed by a line end, in the file or
  // not. A quote that is never closed makes the rest one record, which the reader of fields
  // refuses. A byte order mark before all is left out. False at the end.
  // throws    Problem (line from the start of this block): a record that is too long
  bool next(std::string& text);

 private:
  void skip_byte_order_mark(std::string& text);
  std::size_t room_for(const std::string& text, std::size_t target) const;
  bool fill(std::string& text, std::size_t target);
  void scan(const std::string& text, std::size_t from);
  bool opens_field(const std::string& text, std::size_t quote) const;
  void cut(std::string& text);

  static constexpr std::size_t kPipe = std::size_t{1} << 16;  // what Linux holds in a pipe

  ByteSource* source_;
  char separator_;
  BlockSizes sizes_;
  std::string piece_ = std::string(kPipe, '\0');  // what one read brings
  std::string rest_;                              // the beginning of a record
  std::size_t scanned_ = 0;                       // how much of it has been looked at
  std::size_t records_ = 0;                       // end of the last whole record in the text
  std::size_t after_close_ = SIZE_MAX;  // one past the last closing quote: a quote there reopens
  bool in_quotes_ = false;
  bool at_start_ = true;
  bool at_end_ = false;
};

}  // namespace gibbs::cli
