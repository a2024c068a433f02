#include "gibbs/family/top_k.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/check.hpp"
#include "family/highest.hpp"
#include "family/rows_of.hpp"
#include "maps/engine.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"

namespace gibbs::family {
namespace {

using maps::Buffer;

// The k states of each row, gathered into rows of k columns, are mapped as any other rows are.
template <Score T>
class TopK {
 public:
  using W = working_t<T>;

  // 0 <= k < cols
  TopK(const maps::Request<T>& request, std::int64_t k)
      : request_(request),
        options_(request.options),
        source_(request.scores, request.options.mask),
        k_(k),
        width_(std::max<std::int64_t>(k, 1)) {}  // a row with a NaN has a place to tell it

  void run() const {
    const std::int64_t rows = request_.scores.rows, cols = request_.scores.cols;
    const std::int64_t block = block_rows(cols, turns_over());
    maps::for_each_task((rows + block - 1) / block, rows * cols, [&](std::int64_t task) {
      map_block(task * block, std::min(block, rows - task * block));
    });
  }

 private:
  bool turns_over() const {
    return request_.scores.col_stride != 1 || request_.out.col_stride != 1;
  }

  // Rows of width_ states: their scores, which become probabilities, and where they come from.
  struct Kept {
    Kept(std::int64_t rows, std::int64_t width, bool weighted)
        : scores(rows * width), log_g(weighted ? rows * width : 0), columns(rows * width) {}
    Buffer<W> scores, log_g;
    Buffer<std::int64_t> columns;  // -1: no state
  };

  void map_block(std::int64_t first, std::int64_t count) const {
    const Kept kept(count, width_, !options_.log_degeneracy.empty());
    gather(first, count, kept);
    const PerRowOf alpha(options_.alpha, first, count);
    const PerRowOf temperature(options_.temperature, first, count);
    maps::Request<W> request;
    request.out = Rows<W>(kept.scores.data(), count, width_);
    request.scores = request.out;
    request.options.alpha = alpha.get();
    request.options.temperature = temperature.get();
    if (kept.log_g.data()) {
      request.options.log_degeneracy = Rows<const W>(kept.log_g.data(), count, width_);
    }
    request.options.log_partition = rows_of(options_.log_partition, first, count);
    request.options.entropy = rows_of(options_.entropy, first, count);
    request.options.support = rows_of(options_.support, first, count);
    request.options.threshold = rows_of(options_.threshold, first, count);
    maps::run(request);
    scatter(first, count, kept);
  }

  void gather(std::int64_t first, std::int64_t count, const Kept& kept) const {
    const std::int64_t cols = request_.scores.cols;
    const std::int64_t stride = maps::padded(cols);
    const bool weighted = kept.log_g.data() != nullptr;
    const Buffer<W> in(source_.copies() ? count * stride : 0);
    const Buffer<W> present(weighted ? cols : 0), weights(weighted ? cols : 0);
    Highest<W> highest(cols, k_);
    const auto lanes = source_.lanes(first, count, 0, cols, in.data(), stride);
    for (std::int64_t i = 0; i < count; ++i) {
      const W* x = lanes.data + i * lanes.stride;
      const W* log_g =
          maps::weights_of_row(options_.log_degeneracy, first + i, 0, cols, weights.data());
      if (log_g) x = present_states(x, log_g, present.data());
      const bool nan = !highest.find(x);
      keep(x, log_g, highest, nan, i * width_, kept);
    }
  }

  // The scores, -inf where g = 0, NaN where g is no number: as the maps see such a row.
  const W* present_states(const W* x, const W* log_g, W* to) const {
    constexpr W kInfinity = std::numeric_limits<W>::infinity();
    for (std::int64_t j = 0; j < request_.scores.cols; ++j) {
      const W here = log_g[j] == -kInfinity && !std::isnan(x[j]) ? -kInfinity : x[j];
      to[j] = log_g[j] < kInfinity ? here : std::numeric_limits<W>::quiet_NaN();
    }
    return to;
  }

  void keep(const W* x, const W* log_g, const Highest<W>& highest, bool nan, std::int64_t at,
            const Kept& kept) const {
    const W none = nan ? std::numeric_limits<W>::quiet_NaN() : -std::numeric_limits<W>::infinity();
    for (std::int64_t m = 0; m < width_; ++m) {
      const std::int64_t j = !nan && m < highest.found() ? highest.columns()[m] : -1;
      kept.columns.data()[at + m] = j;
      kept.scores.data()[at + m] = j < 0 ? none : x[j];
      if (log_g) kept.log_g.data()[at + m] = j < 0 ? W{0} : log_g[j];
    }
  }

  void scatter(std::int64_t first, std::int64_t count, const Kept& kept) const {
    const W* const p = kept.scores.data();
    fill(first, count, p);
    for (std::int64_t i = 0; i < count; ++i) {
      for (std::int64_t m = i * width_; m < (i + 1) * width_; ++m) {
        const std::int64_t j = kept.columns.data()[m];
        if (j >= 0) request_.out(first + i, j) = T(p[m]);
      }
    }
  }

  // 0, or NaN in rows with a NaN, along memory.
  void fill(std::int64_t first, std::int64_t count, const W* p) const {
    const auto& out = request_.out;
    const auto value = [&](std::int64_t i) {
      return T(std::isnan(p[i * width_]) ? p[i * width_] : W{0});
    };
    if (out.col_stride == 1) {
      for (std::int64_t i = 0; i < count; ++i) {
        std::fill_n(&out(first + i, 0), static_cast<std::size_t>(out.cols), value(i));
      }
      return;
    }
    for (std::int64_t j = 0; j < out.cols; ++j) {
      for (std::int64_t i = 0; i < count; ++i) out(first + i, j) = value(i);
    }
  }

  const maps::Request<T>& request_;
  const EntmaxOptions<T>& options_;
  maps::Source<T> source_;
  std::int64_t k_, width_;
};

}  // namespace
}  // namespace gibbs::family

namespace gibbs::detail {

template <Score T>
void top_k(const char* function, Rows<const T> scores, std::int64_t k, Rows<T> probabilities,
           const EntmaxOptions<T>& options) {
  const maps::Request<T> request{scores, probabilities, kernels::Output::kProbabilities, options};
  maps::check(function, "probabilities", request);
  base::check_not_negative(function, "k", static_cast<double>(k));
  if (k >= scores.cols) return maps::run(request);
  family::TopK<T>(request, k).run();
}

template void top_k(const char*, Rows<const double>, std::int64_t, Rows<double>,
                    const EntmaxOptions<double>&);
template void top_k(const char*, Rows<const float>, std::int64_t, Rows<float>,
                    const EntmaxOptions<float>&);
template void top_k(const char*, Rows<const bfloat16>, std::int64_t, Rows<bfloat16>,
                    const EntmaxOptions<bfloat16>&);
template void top_k(const char*, Rows<const float16>, std::int64_t, Rows<float16>,
                    const EntmaxOptions<float16>&);

}  // namespace gibbs::detail
