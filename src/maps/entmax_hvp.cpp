#include "gibbs/entmax_hvp.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "maps/lanes.hpp"
#include "maps/row_gradients.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::detail {
namespace {

constexpr const char* kName = "entmax_hvp";
constexpr std::int64_t kTaskElements = 8192;  // a logarithm and an exponential each

template <Score T>
void check(const Rows<const T>& probabilities, const Rows<const T>& upstream,
           const Rows<const T>& direction, const Rows<T>& product,
           const EntmaxHvpOptions<T>& options) {
  const base::Shape shape{probabilities.rows, probabilities.cols};
  base::check_size(kName, "probabilities", shape);
  const auto same = [&](const char* name, const auto& rows) {
    base::check_same_shape(kName, name, {rows.rows, rows.cols}, "probabilities", shape);
  };
  same("upstream", upstream);
  same("direction", direction);
  same("product", product);
  base::check_alpha(kName, options.alpha, shape.rows);
  base::check_temperature(kName, options.temperature, shape.rows);
  if (const auto& log_g = options.log_degeneracy; !log_g.empty()) {
    base::check_row_or_same(kName, "log_degeneracy", {log_g.rows, log_g.cols}, shape);
  }
}

template <class T>
void read_row(const Rows<const T>& rows, std::int64_t row, double* out) {
  for (std::int64_t j = 0; j < rows.cols; ++j) {
    out[j] = static_cast<double>(static_cast<working_t<T>>(rows(row, j)));
  }
}

}  // namespace

template <Score T>
void entmax_hvp(Rows<const T> probabilities, Rows<const T> upstream, Rows<const T> direction,
                Rows<T> product, const EntmaxHvpOptions<T>& options) {
  check(probabilities, upstream, direction, product, options);
  using W = working_t<T>;
  const std::int64_t rows = probabilities.rows, cols = probabilities.cols;
  const auto& log_g = options.log_degeneracy;
  const std::int64_t step =
      std::max<std::int64_t>(kTaskElements / std::max<std::int64_t>(cols, 1), 1);
  maps::for_each_task((rows + step - 1) / step, 8 * rows * cols, [&](std::int64_t task) {
    const maps::Buffer<double> room(5 * cols);
    double *p = room.data(), *v = p + cols, *w = v + cols, *g = w + cols, *out = g + cols;
    for (std::int64_t i = task * step; i < std::min(rows, (task + 1) * step); ++i) {
      read_row(probabilities, i, p);
      read_row(upstream, i, v);
      read_row(direction, i, w);
      if (!log_g.empty()) {
        for (std::int64_t j = 0; j < cols; ++j) g[j] = log_g(log_g.rows == 1 ? 0 : i, j);
      }
      maps::hessian_of_row({kernels::VjpOf::kEntmax, p, v, log_g.empty() ? nullptr : g, cols,
                            options.alpha[i], options.temperature[i]},
                           w, out);
      for (std::int64_t j = 0; j < cols; ++j) product(i, j) = T(static_cast<W>(out[j]));
    }
  });
}

template void entmax_hvp(Rows<const double>, Rows<const double>, Rows<const double>, Rows<double>,
                         const EntmaxHvpOptions<double>&);
template void entmax_hvp(Rows<const float>, Rows<const float>, Rows<const float>, Rows<float>,
                         const EntmaxHvpOptions<float>&);
template void entmax_hvp(Rows<const bfloat16>, Rows<const bfloat16>, Rows<const bfloat16>,
                         Rows<bfloat16>, const EntmaxHvpOptions<bfloat16>&);
template void entmax_hvp(Rows<const float16>, Rows<const float16>, Rows<const float16>,
                         Rows<float16>, const EntmaxHvpOptions<float16>&);

}  // namespace gibbs::detail
