// One number per row: log Z, signed sums, entropies.
#include <utility>

#include "functions.hpp"
#include "gibbs/entropy.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "gibbs/signed_log_sum_exp.hpp"
#include "problem.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// The rows of a problem, whose results are numbers in the working type.
class RowSums {
 public:
  explicit RowSums(const Problem& problem)
      : problem_(problem),
        slabs_(problem.scores.shape(), problem.scores.ndim(), problem.axis),
        scores_at_(slabs_.add(problem.scores.get())),
        log_g_at_(problem.add_log_degeneracy(slabs_)),
        mask_at_(problem.add_mask(slabs_)),
        row_at_(slabs_.add_row_numbers()) {
    slabs_.plan();
  }

  // sums.operator()<T>(offsets) for every batch, in the C++ type of the scores.
  template <class Sums>
  void run(Sums&& sums) const {
    for_each_batch(problem_, slabs_, sums);
  }

  template <Score T>
  Rows<const T> scores(const Slabs::Offsets& offsets) const {
    return slabs_.view(data_of<const T>(problem_.scores), scores_at_, offsets);
  }
  template <class W>
  Rows<const W> log_degeneracy(const Slabs::Offsets& offsets) const {
    return side_input(data_of<const W>(problem_.log_degeneracy), slabs_, log_g_at_, offsets);
  }
  Rows<const bool> mask(const Slabs::Offsets& offsets) const {
    return side_input(data_of<const bool>(problem_.mask), slabs_, mask_at_, offsets);
  }
  PerRow numbers(const PerRowArgument& given, const Slabs::Offsets& offsets,
                 std::vector<double>& room) const {
    return given.of(slabs_, row_at_, offsets, room);
  }
  // Calls write(span) for the results of a batch and stores them.
  template <class W, class Write>
  void write(const Array& to, const Slabs::Offsets& offsets, Write&& write) const {
    PerRowResult<W> result(data_of<W>(to));
    write(result.of(slabs_, row_at_, offsets));
    result.store(slabs_, row_at_, offsets);
  }

 private:
  const Problem& problem_;
  Slabs slabs_;
  int scores_at_, log_g_at_, mask_at_, row_at_;
};

nb::object log_sum_exp_of(nb::handle scores, nb::handle axis, nb::handle temperature,
                          nb::handle log_degeneracy, nb::handle mask, bool keepdims) {
  const nb::float_ one(1.0);
  const Problem problem("logsumexp", scores, one, axis, temperature, log_degeneracy, mask);
  const RowSums rows(problem);
  const Array sums = new_per_row(problem, problem.working_type(), keepdims);
  rows.run([&]<Score T>(const Slabs::Offsets& offsets) {
    using W = working_t<T>;
    std::vector<double> temperatures;
    MapOptions<T> options;
    options.temperature = rows.numbers(problem.temperature, offsets, temperatures);
    options.log_degeneracy = rows.log_degeneracy<W>(offsets);
    options.mask = rows.mask(offsets);
    rows.write<W>(sums, offsets,
                  [&](std::span<W> out) { log_sum_exp(rows.scores<T>(offsets), out, options); });
  });
  return give_back(narrowed(sums, problem.scores), problem.scores);
}

nb::tuple signed_log_sum_exp_of(nb::handle scores, nb::handle axis, nb::handle weights,
                                bool signs) {
  const nb::float_ one(1.0);
  // The weights travel as log_degeneracy does: in the working type, broadcast to the scores.
  const Problem problem("logsumexp", scores, one, axis, one, weights, nb::none());
  const RowSums rows(problem);
  const Array sums = new_per_row(problem, problem.working_type());
  const Array sign = signs ? new_per_row(problem, problem.working_type()) : Array{};
  rows.run([&]<Score T>(const Slabs::Offsets& offsets) {
    using W = working_t<T>;
    rows.write<W>(sign, offsets, [&](std::span<W> out_sign) {
      rows.write<W>(sums, offsets, [&](std::span<W> out) {
        signed_log_sum_exp(rows.scores<T>(offsets), rows.log_degeneracy<W>(offsets), out, out_sign);
      });
    });
  });
  const auto given_back = [&](const Array& array) {
    return give_back(narrowed(array, problem.scores), problem.scores);
  };
  return nb::make_tuple(given_back(sums), signs ? given_back(sign) : nb::object(nb::none()));
}

nb::object entropy_of(nb::handle probabilities, nb::handle alpha, nb::handle axis,
                      nb::handle log_degeneracy) {
  const nb::float_ one(1.0);
  const Problem problem("entropy", probabilities, alpha, axis, one, log_degeneracy, nb::none(),
                        "probabilities");
  const RowSums rows(problem);
  const Array sums = new_per_row(problem, problem.working_type());
  rows.run([&]<Score T>(const Slabs::Offsets& offsets) {
    using W = working_t<T>;
    std::vector<double> alphas;
    EntropyOptions<T> options;
    options.alpha = rows.numbers(problem.alpha, offsets, alphas);
    options.log_degeneracy = rows.log_degeneracy<W>(offsets);
    rows.write<W>(sums, offsets,
                  [&](std::span<W> out) { entropy(rows.scores<T>(offsets), out, options); });
  });
  return give_back(narrowed(sums, problem.scores), problem.scores);
}

}  // namespace

void add_sums(nb::module_& m) {
  add_function(m, "log_sum_exp", &log_sum_exp_of);
  add_function(m, "signed_log_sum_exp", &signed_log_sum_exp_of);
  add_function(m, "entropy", &entropy_of);
}

}  // namespace gibbs::python
