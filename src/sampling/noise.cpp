#include "gibbs/sampling/noise.hpp"

#include <type_traits>

#include "base/check.hpp"
#include "kernels/move.hpp"
#include "kernels/noise.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"
#include "sampling/row_ids.hpp"

namespace gibbs {

namespace {

double noise_of(std::uint64_t bits, detail::Noise kind) {
  double noise = 0;
  kernels::noise_of_bits(&bits, 1, kind, &noise);
  return noise;
}

}  // namespace

double exponential_noise(std::uint64_t bits) { return noise_of(bits, detail::Noise::kExponential); }

double gumbel_noise(std::uint64_t bits) { return noise_of(bits, detail::Noise::kGumbel); }

namespace detail {

template <std::floating_point W>
void fill_noise(const char* function, Noise kind, Rows<W> noise, const NoiseOptions& options) {
  base::check_size(function, "noise", {noise.rows, noise.cols});
  const sampling::RowIds ids(function, options.first_row, options.row_ids, noise.rows);
  const bool direct = maps::is_contiguous(noise);
  maps::for_each_task(noise.rows, noise.rows * noise.cols, [&](std::int64_t i) {
    const maps::Buffer<W> buffer(direct ? 0 : noise.cols);
    W* const out = direct ? noise.data + i * noise.row_stride : buffer.data();
    const RowNoise row({options.seed, options.stream}, ids[i]);
    kernels::fill_noise({row, options.draw, options.first_category, kind, noise.cols, out});
    if (direct) return;
    kernels::write_block(out, noise.cols, maps::block_of(noise, i, 1, 0, noise.cols), false);
  });
}

template void fill_noise(const char*, Noise, Rows<double>, const NoiseOptions&);
template void fill_noise(const char*, Noise, Rows<float>, const NoiseOptions&);

}  // namespace detail
}  // namespace gibbs
