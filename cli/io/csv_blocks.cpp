#include "io/csv_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/problem.hpp"

namespace gibbs::cli {

bool CsvBlocks::next(std::string& text) {
  text.swap(rest_);
  rest_.clear();
  if (at_start_) skip_byte_order_mark(text);
  records_ = 0;
  for (std::size_t target = sizes_.block; records_ == 0 && !at_end_;) {
    target = room_for(text, target);
    at_end_ = !fill(text, target);
    scan(text, scanned_);
    if (records_ == 0 && text.size() > sizes_.longest_record) {
      throw Problem{1, 0, fmt::format("a line of more than {} MiB", sizes_.longest_record >> 20)};
    }
  }
  if (text.empty()) return false;
  cut(text);
  return true;
}

// Twice as much once the text fills it, up to what is too long for a line.
std::size_t CsvBlocks::room_for(const std::string& text, std::size_t target) const {
  while (target <= text.size()) target *= 2;
  return std::min(target, std::max(sizes_.block, sizes_.longest_record + 1));
}

// Here, because a quote after it opens the first field.
void CsvBlocks::skip_byte_order_mark(std::string& text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  at_start_ = false;
  while (text != kMark && kMark.starts_with(text)) {
    at_end_ = !fill(text, text.size() + 1);
    if (at_end_) return;
  }
  if (text == kMark) text.clear();
}

// False at the end of the source. Stops early, with what there is, when the next byte is not there
// yet: rows that come slowly go through one by one. A piece is copied, since a string of the
// target's size would be filled with zeros for every few bytes that come.
bool CsvBlocks::fill(std::string& text, std::size_t target) {
  text.reserve(target);
  while (text.size() < target) {
    const std::size_t got =
        source_->read(piece_.data(), std::min(piece_.size(), target - text.size()));
    if (got == 0) return false;
    text.append(piece_.data(), got);
    if (!source_->ready()) return true;
  }
  return true;
}

bool CsvBlocks::opens_field(const std::string& text, std::size_t quote) const {
  if (quote == 0 || quote == after_close_) return true;
  return text[quote - 1] == separator_ || text[quote - 1] == '\n';
}

// Goes from quote to quote, not from byte to byte: most tables have none.
void CsvBlocks::scan(const std::string& text, std::size_t from) {
  while (from < text.size()) {
    const std::size_t quote = std::min(text.find('"', from), text.size());
    if (!in_quotes_ && quote > from) {
      const std::size_t line_end = std::string_view(text).substr(from, quote - from).rfind('\n');
      if (line_end != std::string_view::npos) records_ = from + line_end + 1;
    }
    if (quote == text.size()) break;
    if (in_quotes_) {
      in_quotes_ = false;
      after_close_ = quote + 1;
    } else {
      in_quotes_ = opens_field(text, quote);
    }
    from = quote + 1;
  }
  scanned_ = text.size();
}

// Keeps the whole records; what follows them waits for the next call.
void CsvBlocks::cut(std::string& text) {
  if (at_end_ && records_ < text.size()) {
    text += '\n';
    records_ = text.size();
  }
  rest_.assign(text, records_);
  scanned_ = rest_.size();
  const bool in_rest = after_close_ != SIZE_MAX && after_close_ >= records_;
  after_close_ = in_rest ? after_close_ - records_ : SIZE_MAX;
  text.resize(records_);
}

}  // namespace gibbs::cli
