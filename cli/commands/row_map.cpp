#include "commands/row_map.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

template <Score T>
void take_logarithms(std::vector<T>& numbers) {
  for (T& number : numbers) number = T(std::log(static_cast<working_t<T>>(number)));
}

// Every entry but `zero`.
template <Score T>
void compress(const std::vector<T>& numbers, std::int64_t cols, working_t<T> zero,
              SparseRows<T>& sparse) {
  sparse = {};
  sparse.row_offsets.push_back(0);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int64_t col = static_cast<std::int64_t>(i) % cols;
    if (static_cast<working_t<T>>(numbers[i]) != zero) {
      sparse.columns.push_back(col);
      sparse.values.push_back(numbers[i]);
    }
    if (col + 1 == cols) sparse.row_offsets.push_back(std::ssize(sparse.values));
  }
}

}  // namespace

template <Score T>
RowMap<T>::RowMap(const MapRequest& request, std::int64_t cols, const ColumnNumbers& columns)
    : map_(request.family, request.temperature, columns),
      log_(request.log),
      sparse_(request.sparse),
      extras_(request.extras),
      cols_(cols) {
  check(request.family);
  if (request.summary == SummaryForm::kNone) return;
  extras_.insert(extras_.end(), request.family.means.begin(), request.family.means.end());
}

// One row of zeros: what the library refuses of it, it refuses of every row. Where files hold the
// bounds, they are the bad data.
template <Score T>
void RowMap<T>::check(const FamilyRequest& family) const {
  try {
    Block<T> zeros;
    zeros.numbers.assign(static_cast<std::size_t>(cols_), T(working_t<T>{0}));
    map_(Rows<T>(zeros.numbers.data(), 1, cols_), zeros);
  } catch (const std::invalid_argument& refusal) {
    std::string rule = rule_of(refusal);
    constexpr std::string_view kOfTheRow = " of row 0";  // that of zeros
    if (const auto at = rule.find(kOfTheRow); at != rule.npos) rule.erase(at, kOfTheRow.size());
    const std::vector<std::string> given = family.files.given();
    if (given.empty()) throw BadRequest(fmt::format("--family {}: {}", family.name, rule));
    throw bad_data(fmt::format("{}", fmt::join(given, ", ")), {0, 0, rule});
  }
}

template <Score T>
void RowMap<T>::operator()(Block<T>& block) const {
  block.numbers.resize(static_cast<std::size_t>(block.rows * cols_));
  make_room(block);
  if (block.rows == 0) {
    block.sparse = {};
    block.sparse.row_offsets = {0};
  } else if (sparse_) {
    map_sparse(block);
  } else {
    map_dense(block);
  }
}

template <Score T>
bool RowMap<T>::wants(Extra extra) const {
  return std::find(extras_.begin(), extras_.end(), extra) != extras_.end();
}

template <Score T>
void RowMap<T>::make_room(Block<T>& block) const {
  const auto rows = static_cast<std::size_t>(block.rows);
  for (std::size_t i = 0; i < block.extras.size(); ++i) {
    const auto extra = static_cast<Extra>(i);
    const std::size_t size = wants(extra) ? rows : 0;
    if (extra == Extra::kSupport) {
      block.support.resize(size);
    } else {
      block.extra(extra).resize(size);
    }
  }
}

template <Score T>
void RowMap<T>::map_dense(Block<T>& block) const {
  const Rows<T> numbers(block.numbers.data(), block.rows, cols_);
  if (log_ && map_.has_logarithms()) return map_.logarithms(numbers, block);
  map_(numbers, block);
  if (log_) take_logarithms(block.numbers);
}

template <Score T>
void RowMap<T>::map_sparse(Block<T>& block) const {
  if (map_.has_sparse() && !(log_ && map_.has_logarithms())) {
    block.sparse = map_.sparse(Rows<const T>(block.numbers.data(), block.rows, cols_), block);
    if (log_) take_logarithms(block.sparse.values);
    return;
  }
  map_dense(block);
  const auto zero = log_ ? -std::numeric_limits<working_t<T>>::infinity() : working_t<T>{0};
  compress(block.numbers, cols_, zero, block.sparse);
}

template class RowMap<double>;
template class RowMap<float>;
template class RowMap<float16>;
template class RowMap<bfloat16>;

}  // namespace gibbs::cli
