#include "commands/row_map.hpp"

#include <algorithm>
#include <cmath>
#include <gibbs/entmax.hpp>
#include <gibbs/log_softmax.hpp>
#include <gibbs/sparse.hpp>
#include <limits>

namespace gibbs::cli {

namespace {

template <Score T>
void take_logarithms(std::vector<T>& numbers) {
  for (T& number : numbers) number = T(std::log(static_cast<working_t<T>>(number)));
}

template <class Number>
std::vector<Number> logarithms(const std::vector<double>& degeneracy) {
  std::vector<Number> logs;
  logs.reserve(degeneracy.size());
  for (const double g : degeneracy) logs.push_back(static_cast<Number>(std::log(g)));
  return logs;
}

// Every entry but log 0.
template <Score T>
void compress_logarithms(const std::vector<T>& numbers, std::int64_t cols, SparseRows<T>& sparse) {
  sparse = {};
  sparse.row_offsets.push_back(0);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int64_t col = static_cast<std::int64_t>(i) % cols;
    if (static_cast<working_t<T>>(numbers[i]) != -std::numeric_limits<working_t<T>>::infinity()) {
      sparse.columns.push_back(col);
      sparse.values.push_back(numbers[i]);
    }
    if (col + 1 == cols) sparse.row_offsets.push_back(std::ssize(sparse.values));
  }
}

}  // namespace

// A summary needs the entropy and the support of every row.
template <Score T>
RowMap<T>::RowMap(const MapRequest& request, std::int64_t cols,
                  const std::vector<double>& degeneracy)
    : alpha_(request.alpha),
      temperature_(request.temperature),
      log_(request.log),
      sparse_(request.sparse),
      extras_(request.extras),
      cols_(cols),
      log_degeneracy_(logarithms<working_t<T>>(degeneracy)) {
  if (request.summary == SummaryForm::kNone) return;
  extras_.push_back(Extra::kEntropy);
  extras_.push_back(Extra::kSupport);
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
  const auto size = [this, rows](Extra extra) { return wants(extra) ? rows : 0; };
  block.log_partition.resize(size(Extra::kLogPartition));
  block.entropy.resize(size(Extra::kEntropy));
  block.support.resize(size(Extra::kSupport));
  block.threshold.resize(size(Extra::kThreshold));
}

template <Score T>
template <class Options>
Options RowMap<T>::options(Block<T>& block) const {
  Options options;
  options.temperature = temperature_;
  if (!log_degeneracy_.empty()) options.log_degeneracy = log_degeneracy_;
  options.log_partition = block.log_partition;
  options.entropy = block.entropy;
  options.support = block.support;
  options.threshold = block.threshold;
  return options;
}

template <Score T>
void RowMap<T>::map_dense(Block<T>& block) const {
  const Rows<T> numbers(block.numbers.data(), block.rows, cols_);
  if (log_ && alpha_ == 1) return log_softmax(numbers, numbers, options<MapOptions<T>>(block));
  auto entmax_options = options<EntmaxOptions<T>>(block);
  entmax_options.alpha = alpha_;
  entmax(numbers, numbers, entmax_options);
  if (log_) take_logarithms(block.numbers);
}

template <Score T>
void RowMap<T>::map_sparse(Block<T>& block) const {
  if (log_ && alpha_ == 1) {
    map_dense(block);
    return compress_logarithms(block.numbers, cols_, block.sparse);
  }
  auto entmax_options = options<EntmaxOptions<T>>(block);
  entmax_options.alpha = alpha_;
  block.sparse =
      sparse_entmax(Rows<const T>(block.numbers.data(), block.rows, cols_), entmax_options);
  if (log_) take_logarithms(block.sparse.values);
}

template class RowMap<double>;
template class RowMap<float>;
template class RowMap<float16>;
template class RowMap<bfloat16>;

}  // namespace gibbs::cli
