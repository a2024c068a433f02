#include "gibbs/sampling/relaxed.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/check.hpp"
#include "gibbs/sampling/noise.hpp"
#include "kernels/add_scores.hpp"
#include "kernels/noise.hpp"
#include "maps/engine.hpp"
#include "maps/row_mapper.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"
#include "sampling/row_ids.hpp"

namespace gibbs::sampling {
namespace {

using kernels::Output;

// Elements of a block: its perturbed scores stay in the first two caches from the noise to the map.
constexpr std::int64_t kBlockElements = 16384;
// Noise of longer rows is made in parts, on all threads.
constexpr std::int64_t kPart = 32768;

// Rows [first, first + count) of an output as lanes: its own memory where that is contiguous, else
// a buffer that is written when all is done.
template <Score T>
class BlockOut {
 public:
  using W = working_t<T>;

  BlockOut(const Rows<T>& out, std::int64_t first, std::int64_t count)
      : out_(out),
        first_(first),
        count_(count),
        direct_(maps::is_contiguous(out)),
        buffer_(direct_ ? 0 : count * maps::padded(out.cols)),
        lanes_{buffer_.data(), maps::padded(out.cols)} {
    if constexpr (std::is_same_v<T, W>) {
      if (direct_) lanes_ = {out.data + first * out.row_stride, out.row_stride};
    }
  }

  const maps::Lanes<W>& lanes() const { return lanes_; }
  bool is_direct() const { return direct_; }
  void write(bool stream) const {
    if (direct_) return;
    kernels::write_block(buffer_.data(), lanes_.stride,
                         maps::block_of(out_, first_, count_, 0, out_.cols), stream);
  }

 private:
  const Rows<T>& out_;
  std::int64_t first_, count_;
  bool direct_;
  maps::Buffer<W> buffer_;
  maps::Lanes<W> lanes_;
};

template <Score T>
class RelaxedRun {
 public:
  using W = working_t<T>;

  RelaxedRun(Rows<const T> scores, const detail::RelaxedOutputs<T>& outputs,
             const RelaxedEntmaxOptions<T>& options, const RowIds& ids)
      : scores_(scores),
        outputs_(outputs),
        options_(options),
        ids_(ids),
        source_(scores_, options.mask),
        mapper_(options_.alpha, options_.tau, kNoWeights) {}

  void run() const {
    const std::int64_t rows = scores_.rows, cols = scores_.cols;
    const std::int64_t step = block_rows();
    maps::for_each_task(
        (rows + step - 1) / step, rows * std::max<std::int64_t>(cols, 1),
        [&](std::int64_t task) { block(task * step, std::min(step, rows - task * step)); });
  }

 private:
  static constexpr Rows<const W> kNoWeights{};

  // A block that is turned over reads and writes whole cache lines of 16 floats.
  std::int64_t block_rows() const {
    const std::int64_t cols = std::max<std::int64_t>(scores_.cols, 1);
    const std::int64_t rows = std::max<std::int64_t>(kBlockElements / cols, 1);
    const auto across = [](const auto& view) { return !view.empty() && view.col_stride != 1; };
    const bool turned_over = across(scores_) || across(outputs_.soft) ||
                             across(outputs_.log_soft) || across(outputs_.one_hot);
    return turned_over ? (rows + 15) / 16 * 16 : rows;
  }

  // All of the scores are read before anything is written: an output may be the scores.
  void block(std::int64_t first, std::int64_t count) const {
    const std::int64_t stride = maps::padded(scores_.cols);
    const maps::Buffer<W> buffer(count * stride);
    const maps::Lanes<W> z{buffer.data(), stride};
    perturb(first, count, z);
    if (!outputs_.one_hot.empty()) write_one_hot(z, first, count);
    sharpen(z, first, count);
    write_relaxed(outputs_.soft, Output::kProbabilities, z, first, count);
    write_relaxed(outputs_.log_soft, Output::kLogProbabilities, z, first, count);
  }

  void perturb(std::int64_t first, std::int64_t count, const maps::Lanes<W>& z) const {
    const std::int64_t cols = scores_.cols;
    const maps::Buffer<W> buffer(source_.copies() ? count * z.stride : 0);
    const maps::Buffer<W> weights(options_.log_degeneracy.empty() ? 0 : cols);
    const auto scores = source_.lanes(first, count, 0, cols, buffer.data(), z.stride);
    for (std::int64_t i = 0; i < count; ++i) {
      W* const row = z.data + i * z.stride;
      fill_noise(first + i, row);
      kernels::add_scores(
          {scores.data + i * scores.stride,
           maps::weights_of_row(options_.log_degeneracy, first + i, 0, cols, weights.data()), cols,
           options_.temperature[first + i], row});
    }
  }

  void fill_noise(std::int64_t row, W* noise) const {
    const std::int64_t cols = scores_.cols;
    const RowNoise of_row({options_.seed, options_.stream}, ids_[row]);
    maps::for_each_task((cols + kPart - 1) / kPart, cols, [&](std::int64_t part) {
      const std::int64_t from = part * kPart;
      kernels::fill_noise({of_row, options_.draw,
                           options_.first_category + static_cast<std::uint64_t>(from),
                           detail::Noise::kGumbel, std::min(kPart, cols - from), noise + from});
    });
  }

  void write_one_hot(const maps::Lanes<W>& z, std::int64_t first, std::int64_t count) const {
    const auto n = static_cast<std::size_t>(scores_.cols);
    const BlockOut<T> out(outputs_.one_hot, first, count);
    for (std::int64_t i = 0; i < count; ++i) {
      const W* const row = z.data + i * z.stride;
      W* const hot = out.lanes().data + i * out.lanes().stride;
      const bool nan = n > 0 && std::isnan(row[0]);
      std::fill_n(hot, n, nan ? row[0] : W{0});
      const std::int64_t winner = kernels::winner_of(row, scores_.cols);
      if (winner >= 0) hot[winner] = 1;
    }
    out.write(false);
  }

  // At tau = 0 only the winner stays, whatever rounding has tied with it.
  void sharpen(const maps::Lanes<W>& z, std::int64_t first, std::int64_t count) const {
    for (std::int64_t i = 0; i < count; ++i) {
      W* const row = z.data + i * z.stride;
      if (options_.tau[first + i] != 0) continue;
      const std::int64_t winner = kernels::winner_of(row, scores_.cols);
      if (winner < 0) continue;
      std::fill_n(row, static_cast<std::size_t>(scores_.cols), -std::numeric_limits<W>::infinity());
      row[winner] = 0;
    }
  }

  void write_relaxed(const Rows<T>& to, Output output, const maps::Lanes<W>& z, std::int64_t first,
                     std::int64_t count) const {
    if (to.empty()) return;
    const BlockOut<T> out(to, first, count);
    const bool stream = maps::is_large(to) && to.data != scores_.data;
    maps::RowsToMap<W> rows;
    rows.scores = {z.data, z.stride};
    rows.out = out.lanes();
    rows.cols = scores_.cols;
    rows.output = output;
    rows.stream = stream && out.is_direct();
    mapper_.map(rows, first, count, nullptr);
    out.write(stream);
  }

  Rows<const T> scores_;
  const detail::RelaxedOutputs<T>& outputs_;
  const RelaxedEntmaxOptions<T>& options_;
  const RowIds& ids_;
  maps::Source<T> source_;
  maps::RowMapper<W> mapper_;
};

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void relax(const char* function, Rows<const T> scores, const RelaxedOutputs<T>& outputs,
           const RelaxedEntmaxOptions<T>& options) {
  maps::Request<T> request{scores, {}, kernels::Output::kNothing, {}};
  request.options.alpha = options.alpha;
  request.options.temperature = options.temperature;
  request.options.log_degeneracy = options.log_degeneracy;
  request.options.mask = options.mask;
  maps::check(function, "", request);
  base::check_tau(function, options.tau, scores.rows);
  const auto check_output = [&](const char* name, const Rows<T>& out) {
    if (out.empty()) return;
    base::check_same_shape(function, name, {out.rows, out.cols}, "scores",
                           {scores.rows, scores.cols});
  };
  check_output("relaxed", outputs.soft);
  check_output("log_relaxed", outputs.log_soft);
  check_output("one_hot", outputs.one_hot);
  const sampling::RowIds ids(function, options.first_row, options.row_ids, scores.rows);
  sampling::RelaxedRun<T>(scores, outputs, options, ids).run();
}

template void relax(const char*, Rows<const double>, const RelaxedOutputs<double>&,
                    const RelaxedEntmaxOptions<double>&);
template void relax(const char*, Rows<const float>, const RelaxedOutputs<float>&,
                    const RelaxedEntmaxOptions<float>&);
template void relax(const char*, Rows<const bfloat16>, const RelaxedOutputs<bfloat16>&,
                    const RelaxedEntmaxOptions<bfloat16>&);
template void relax(const char*, Rows<const float16>, const RelaxedOutputs<float16>&,
                    const RelaxedEntmaxOptions<float16>&);

}  // namespace gibbs::detail
