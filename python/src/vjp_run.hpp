#pragma once
// The rows of a derivative that is told what entmax's is; what its own parameter is called, its
// caller knows.

#include <utility>
#include <vector>

#include "gradients.hpp"

namespace gibbs::python {

// The arrays of a derivative, cut into batches. What the map gave is problem.scores.
class VjpRun {
 public:
  VjpRun(const Problem& problem, const Array& upstream, const Array& direction, const Array& grad,
         const Extras& extras)
      : problem_(problem),
        upstream_(upstream),
        direction_(direction),
        grad_(grad),
        extras_(extras),
        slabs_(problem.scores.shape(), problem.scores.ndim(), problem.axis),
        given_at_(slabs_.add(problem.scores.get())),
        grad_at_(slabs_.add(grad.get())),
        upstream_at_(
            add_broadcast({problem.function, "upstream"}, upstream, problem.scores, slabs_)),
        direction_at_(
            add_broadcast({problem.function, "direction"}, direction, problem.scores, slabs_)),
        log_g_at_(problem.add_log_degeneracy(slabs_)),
        grad_log_g_at_(slabs_.add(extras.log_degeneracy.get())),
        row_at_(slabs_.add_row_numbers()) {
    slabs_.plan();
  }

  // call.operator()<T>(run, offsets, options) for every batch.
  template <class Call>
  void run(Call&& call) const {
    for_each_batch(problem_, slabs_,
                   [&]<Score T>(const Slabs::Offsets& offsets) { run_slab<T>(call, offsets); });
  }

  template <Score T>
  Rows<const T> given(const Slabs::Offsets& offsets) const {
    return slabs_.view(data_of<const T>(problem_.scores), given_at_, offsets);
  }
  template <Score T>
  Rows<const T> upstream(const Slabs::Offsets& offsets) const {
    return slabs_.view(data_of<const T>(upstream_), upstream_at_, offsets);
  }
  template <Score T>
  Rows<const T> direction(const Slabs::Offsets& offsets) const {
    return slabs_.view(data_of<const T>(direction_), direction_at_, offsets);
  }
  template <Score T>
  Rows<T> grad(const Slabs::Offsets& offsets) const {
    return slabs_.view(data_of<T>(grad_), grad_at_, offsets);
  }
  PerRow numbers(const PerRowArgument& given, const Slabs::Offsets& offsets,
                 std::vector<double>& room) const {
    return given.of(slabs_, row_at_, offsets, room);
  }

 private:
  template <Score T, class Call>
  void run_slab(Call& call, const Slabs::Offsets& offsets) const {
    using W = working_t<T>;
    std::vector<double> alphas, temperatures;
    PerRowResult<W> grad_temperature(data_of<W>(extras_.temperature));
    PerRowResult<W> grad_alpha(data_of<W>(extras_.alpha));
    EntmaxVjpOptions<T> options;
    options.alpha = numbers(problem_.alpha, offsets, alphas);
    options.temperature = numbers(problem_.temperature, offsets, temperatures);
    options.log_degeneracy =
        side_input(data_of<const W>(problem_.log_degeneracy), slabs_, log_g_at_, offsets);
    options.grad_temperature = grad_temperature.of(slabs_, row_at_, offsets);
    options.grad_alpha = grad_alpha.of(slabs_, row_at_, offsets);
    if (extras_.log_degeneracy) {
      options.grad_log_degeneracy =
          slabs_.view(data_of<W>(extras_.log_degeneracy), grad_log_g_at_, offsets);
    }
    call.template operator()<T>(*this, offsets, options);
    grad_temperature.store(slabs_, row_at_, offsets);
    grad_alpha.store(slabs_, row_at_, offsets);
  }

  const Problem& problem_;
  const Array& upstream_;
  const Array& direction_;  // of a Hessian's product
  const Array& grad_;
  const Extras& extras_;
  Slabs slabs_;
  int given_at_, grad_at_, upstream_at_, direction_at_, log_g_at_, grad_log_g_at_, row_at_;
};

// One number per row of a batch, in the working type.
template <Score T>
std::vector<working_t<T>> working_numbers(const PerRow& numbers, std::int64_t rows) {
  std::vector<working_t<T>> per_row(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < per_row.size(); ++i) {
    per_row[i] = static_cast<working_t<T>>(numbers[static_cast<std::int64_t>(i)]);
  }
  return per_row;
}

// (scores, temperature, log_degeneracy, alpha): the first as the caller's kind of array.
template <class Call>
nanobind::tuple gradients(const Problem& problem, const Array& upstream, int wanted, Call&& call) {
  const Array grad = new_like(problem.scores);
  const Extras extras(problem, wanted);
  VjpRun(problem, upstream, {}, grad, extras).run(call);
  return nanobind::make_tuple(give_back(grad, problem.scores), or_none(extras.temperature),
                              or_none(extras.log_degeneracy), or_none(extras.alpha));
}

}  // namespace gibbs::python
