#include "gibbs/sparse.hpp"

#include <algorithm>
#include <cmath>

#include "gibbs/entmax.hpp"
#include "maps/engine.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::detail {
namespace {

// Elements that a task holds densely before it keeps their support.
constexpr std::int64_t kTaskElements = 65536;

// The support of consecutive rows.
template <Score T>
struct Piece {
  std::vector<std::int64_t> lengths, columns;
  std::vector<T> values;
};

template <class U>
std::span<U> slice(std::span<U> all, std::int64_t first, std::int64_t count) {
  if (all.empty()) return {};
  return all.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

PerRow slice(const PerRow& all, const std::vector<double>& copy, std::int64_t first,
             std::int64_t count) {
  if (all.is_one_number()) return all;
  return std::span<const double>(copy).subspan(static_cast<std::size_t>(first),
                                               static_cast<std::size_t>(count));
}

std::vector<double> copy_of(const PerRow& values) {
  std::vector<double> copy;
  for (std::int64_t i = 0; !values.is_one_number() && i < values.size(); ++i) {
    copy.push_back(values[i]);
  }
  return copy;
}

template <class U>
Rows<U> slice(Rows<U> all, std::int64_t first, std::int64_t count) {
  if (all.empty() || (all.rows == 1 && first + count > 1)) return all;
  all.data += first * all.row_stride;
  all.rows = count;
  return all;
}

// p > 0 or NaN; of a half type, before rounding to it could make it 0, p is already rounded here.
template <Score T>
bool is_kept(T p) {
  return !(static_cast<working_t<T>>(p) <= 0);
}

template <Score T>
Piece<T> support_of(Rows<const T> probabilities) {
  Piece<T> piece;
  for (std::int64_t i = 0; i < probabilities.rows; ++i) {
    const std::size_t before = piece.columns.size();
    for (std::int64_t j = 0; j < probabilities.cols; ++j) {
      if (!is_kept(probabilities(i, j))) continue;
      piece.columns.push_back(j);
      piece.values.push_back(probabilities(i, j));
    }
    piece.lengths.push_back(static_cast<std::int64_t>(piece.columns.size() - before));
  }
  return piece;
}

template <Score T>
SparseRows<T> joined(const std::vector<Piece<T>>& pieces, std::int64_t rows, std::int64_t cols) {
  SparseRows<T> all;
  all.rows = rows;
  all.cols = cols;
  all.row_offsets.reserve(static_cast<std::size_t>(rows + 1));
  all.row_offsets.push_back(0);
  std::size_t total = 0;
  for (const auto& piece : pieces) total += piece.columns.size();
  all.columns.reserve(total);
  all.values.reserve(total);
  for (const auto& piece : pieces) {
    for (const auto length : piece.lengths) {
      all.row_offsets.push_back(all.row_offsets.back() + length);
    }
    all.columns.insert(all.columns.end(), piece.columns.begin(), piece.columns.end());
    all.values.insert(all.values.end(), piece.values.begin(), piece.values.end());
  }
  return all;
}

}  // namespace

template <Score T>
SparseRows<T> sparse_entmax(Rows<const T> scores, const EntmaxOptions<T>& options) {
  // Any output of the right shape passes the check; none is written here.
  const Rows<T> shape_only(nullptr, scores.rows, scores.cols);
  maps::check("sparse_entmax", "probabilities",
              maps::Request<T>{scores, shape_only, kernels::Output::kProbabilities, options});
  const std::int64_t rows = scores.rows, cols = scores.cols;
  const std::int64_t step =
      std::max<std::int64_t>(kTaskElements / std::max<std::int64_t>(cols, 1), 1);
  const auto alphas = copy_of(options.alpha), temperatures = copy_of(options.temperature);
  std::vector<Piece<T>> pieces(static_cast<std::size_t>((rows + step - 1) / step));
  maps::for_each_task(
      static_cast<std::int64_t>(pieces.size()), rows * cols, [&](std::int64_t task) {
        const std::int64_t first = task * step, count = std::min(step, rows - first);
        const maps::Buffer<T> dense(count * cols);
        const Rows<T> out(dense.data(), count, cols);
        EntmaxOptions<T> part{slice(options.alpha, alphas, first, count),
                              slice(options.temperature, temperatures, first, count),
                              slice(options.log_degeneracy, first, count),
                              slice(options.mask, first, count),
                              slice(options.log_partition, first, count),
                              slice(options.entropy, first, count),
                              slice(options.support, first, count),
                              slice(options.threshold, first, count)};
        maps::run(maps::Request<T>{slice(scores, first, count), out,
                                   kernels::Output::kProbabilities, part});
        pieces[static_cast<std::size_t>(task)] = support_of(Rows<const T>(out));
      });
  return joined(pieces, rows, cols);
}

template SparseRows<double> sparse_entmax(Rows<const double>, const EntmaxOptions<double>&);
template SparseRows<float> sparse_entmax(Rows<const float>, const EntmaxOptions<float>&);
template SparseRows<bfloat16> sparse_entmax(Rows<const bfloat16>, const EntmaxOptions<bfloat16>&);
template SparseRows<float16> sparse_entmax(Rows<const float16>, const EntmaxOptions<float16>&);

}  // namespace gibbs::detail
