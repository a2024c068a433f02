#include "io/npy_writer.hpp"

#include <fmt/format.h>

#include <cstring>

#include "io/npy_header.hpp"

namespace gibbs::cli {

namespace {

// bfloat16 has no type of NumPy's; a request for it is refused before.
template <Score T>
std::string descr() {
  return fmt::format("<f{}", sizeof(T));
}

template <class Number>
char* append_bytes(char* to, Number number) {
  std::memcpy(to, &number, sizeof number);
  return to + sizeof number;
}

}  // namespace

template <Score T>
std::string NpyWriter<T>::header() const {
  const std::size_t cols = layout_.names.size() + layout_.extras.size();
  const std::string shape =
      layout_.one_dimension ? fmt::format("({},)", cols) : fmt::format("({}, {})", rows_, cols);
  return make_npy_header(fmt::format("'{}'", descr<T>()), shape);
}

template <Score T>
void NpyWriter<T>::start() {
  file_.write(header());
}

template <Score T>
T NpyWriter<T>::extra_number(const Block<T>& block, Extra extra, std::size_t row) const {
  if (extra == Extra::kSupport) return T(static_cast<working_t<T>>(block.support[row]));
  return T(block.extra(extra)[row]);
}

template <Score T>
void NpyWriter<T>::format(Block<T>& block) const {
  if (layout_.extras.empty()) return;  // the numbers are written as they lie
  const std::size_t cols = layout_.names.size();
  const auto rows = static_cast<std::size_t>(block.rows);
  block.out.resize(rows * (cols + layout_.extras.size()) * sizeof(T));
  char* to = block.out.data();
  for (std::size_t row = 0; row < rows; ++row) {
    std::memcpy(to, block.numbers.data() + row * cols, cols * sizeof(T));
    to += cols * sizeof(T);
    for (const Extra extra : layout_.extras) to = append_bytes(to, extra_number(block, extra, row));
  }
}

template <Score T>
void NpyWriter<T>::write(const Block<T>& block) {
  rows_ += block.rows;
  if (layout_.extras.empty()) {
    const auto size = static_cast<std::size_t>(block.rows) * layout_.names.size() * sizeof(T);
    file_.write({reinterpret_cast<const char*>(block.numbers.data()), size});
  } else {
    file_.write(block.out);
  }
}

template <Score T>
void NpyWriter<T>::finish() {
  if (!layout_.one_dimension) file_.rewrite_start(header());
}

template <Score T>
std::string NpyTripleWriter<T>::header() const {
  return make_npy_header(
      fmt::format("[('row', '<i8'), ('column', '<i8'), ('value', '{}')]", descr<T>()),
      fmt::format("({},)", entries_));
}

template <Score T>
void NpyTripleWriter<T>::start() {
  file_.write(header());
}

template <Score T>
void NpyTripleWriter<T>::format(Block<T>& block) const {
  const SparseRows<T>& sparse = block.sparse;
  block.out.resize(sparse.values.size() * (16 + sizeof(T)));
  char* to = block.out.data();
  for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row) {
    const auto first = static_cast<std::size_t>(sparse.row_offsets[row]);
    const auto last = static_cast<std::size_t>(sparse.row_offsets[row + 1]);
    for (std::size_t k = first; k < last; ++k) {
      to = append_bytes(to, block.first_row + static_cast<std::int64_t>(row));
      to = append_bytes(to, sparse.columns[k]);
      to = append_bytes(to, sparse.values[k]);
    }
  }
}

template <Score T>
void NpyTripleWriter<T>::write(const Block<T>& block) {
  entries_ += std::ssize(block.sparse.values);
  file_.write(block.out);
}

template <Score T>
void NpyTripleWriter<T>::finish() {
  file_.rewrite_start(header());
}

template class NpyWriter<double>;
template class NpyWriter<float>;
template class NpyWriter<float16>;
template class NpyWriter<bfloat16>;
template class NpyTripleWriter<double>;
template class NpyTripleWriter<float>;
template class NpyTripleWriter<float16>;
template class NpyTripleWriter<bfloat16>;

}  // namespace gibbs::cli
