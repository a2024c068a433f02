#pragma once
// What a constrained map and its derivative are called with, read once.

#include <memory>
#include <utility>
#include <vector>

#include "gibbs/family/constrained.hpp"
#include "problem.hpp"

namespace gibbs::python {

// Side inputs of the shape of the scores, each by position; None: not given.
struct Constraints {
  nanobind::handle lower, upper, weights;
};

struct ConstrainedProblem {
  ConstrainedProblem(Problem of, nanobind::handle name, bool alpha_is_given, nanobind::handle total,
                     const Constraints& constraints);

  Problem map;
  Divergence::Kind kind;
  PerRowArgument budget;
  Array lower, upper, weights;
};

// alpha of a divergence that has none.
nanobind::object alpha_or_one(nanobind::handle alpha);

// The side inputs as operands beside the scores.
class ConstrainedInputs {
 public:
  ConstrainedInputs(const ConstrainedProblem& problem, Slabs& slabs);

  // Those of one batch, into the options of the map or of its derivative.
  template <Score T, class Options>
  void put(const Slabs& slabs, const Slabs::Offsets& offsets, Options& options) const {
    using W = working_t<T>;
    const auto view = [&](const Array& array, int operand) {
      return side_input(data_of<const W>(array), slabs, operand, offsets);
    };
    options.lower = view(problem_.lower, lower_at_);
    options.upper = view(problem_.upper, upper_at_);
    options.weights = view(problem_.weights, weights_at_);
    options.log_degeneracy = view(problem_.map.log_degeneracy, log_g_at_);
    options.mask = side_input(data_of<const bool>(problem_.map.mask), slabs, mask_at_, offsets);
  }

  // Those of all rows, in the order of the array.
  template <Score T>
  class InOrder {
   public:
    using W = working_t<T>;

    InOrder(const ConstrainedInputs& inputs, const Slabs& slabs, int row_numbers)
        : cols_(slabs.cols()),
          lower_(gathered<W>(slabs, inputs.problem_.lower, inputs.lower_at_, row_numbers)),
          upper_(gathered<W>(slabs, inputs.problem_.upper, inputs.upper_at_, row_numbers)),
          weights_(gathered<W>(slabs, inputs.problem_.weights, inputs.weights_at_, row_numbers)),
          log_g_(gathered<W>(slabs, inputs.problem_.map.log_degeneracy, inputs.log_g_at_,
                             row_numbers)),
          mask_(gathered<bool>(slabs, inputs.problem_.map.mask, inputs.mask_at_, row_numbers)) {}

    void put(std::int64_t rows, ConstrainedOptions<T>& options) const {
      options.lower = {lower_.get(), rows, cols_};
      options.upper = {upper_.get(), rows, cols_};
      options.weights = {weights_.get(), rows, cols_};
      options.log_degeneracy = {log_g_.get(), rows, cols_};
      options.mask = {mask_.get(), rows, cols_};
    }

   private:
    template <class V>
    static std::unique_ptr<V[]> gathered(const Slabs& slabs, const Array& array, int operand,
                                         int row_numbers) {
      if (!array) return nullptr;
      const std::int64_t cols = slabs.cols();
      auto room = std::make_unique<V[]>(static_cast<std::size_t>(slabs.all_rows() * cols));
      slabs.for_each([&](const Slabs::Offsets& offsets) {
        const Rows<const V> from = slabs.view(data_of<const V>(array), operand, offsets);
        V* to = room.get() + offsets[static_cast<std::size_t>(row_numbers)] * cols;
        for (std::int64_t i = 0; i < from.rows; ++i, to += slabs.row_stride(row_numbers) * cols) {
          for (std::int64_t j = 0; j < cols; ++j) to[j] = from(i, j);
        }
      });
      return room;
    }

    std::int64_t cols_;
    std::unique_ptr<W[]> lower_, upper_, weights_, log_g_;
    std::unique_ptr<bool[]> mask_;
  };

 private:
  const ConstrainedProblem& problem_;
  int lower_at_, upper_at_, weights_at_, log_g_at_, mask_at_;
};

}  // namespace gibbs::python
