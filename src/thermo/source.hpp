#pragma once
// Where the potentials of a block of samples come from.

#include <cstdint>

namespace gibbs::thermo::detail {

class Source {
 public:
  Source(std::int64_t state_count, std::int64_t sample_count)
      : states(state_count), samples(sample_count) {}
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // rows[k][j] = u_k(first + j) for j < count <= kMixtureBlock. What does not lie in memory so is
  // written to `room`, states x kMixtureStride.
  virtual void block(std::int64_t first, std::int64_t count, double* room,
                     const double** rows) const = 0;

  const std::int64_t states, samples;
};

}  // namespace gibbs::thermo::detail
