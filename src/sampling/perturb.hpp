#pragma once
// A row's law and noise as the kernel of perturbed scores takes them.

#include "kernels/perturbed.hpp"
#include "sampling/draw_law.hpp"

namespace gibbs::sampling {

template <class V>
kernels::PerturbedRow<V> perturb(const DrawLaw<V>& law, const RowNoise& noise, std::uint64_t draw,
                                 std::uint64_t first_category) {
  return {law.x, law.n, law.max, law.temperature, noise, draw, first_category};
}

}  // namespace gibbs::sampling
