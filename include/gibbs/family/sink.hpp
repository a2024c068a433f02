#pragma once
// softmax with a sink: a state beside the row that takes probability and is not returned.

#include <concepts>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

// Options of sink_softmax: those of MapOptions, and
//   sink               the sink's score, rounded to working_t as scores are; 0: "off by one"; -inf:
//                      softmax
//   sink_probability   what the sink takes, one per row
// log_partition includes the sink.
template <Score T>
struct SinkOptions {
  PerRow sink = 0.0;
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<working_t<T>> log_partition = {};
  std::span<working_t<T>> sink_probability = {};
};

// Options of sink_softmax_vjp: as VjpOptions, and
//   sink_probability   as the map gave it
//   grad_sink          one per row, or one number: their sum
template <Score T>
struct SinkVjpOptions {
  PerRow temperature = 1.0;
  std::span<const working_t<T>> sink_probability = {};
  Rows<const working_t<T>> log_degeneracy = {};
  std::span<working_t<T>> grad_temperature = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
  std::span<working_t<T>> grad_sink = {};
};

namespace detail {
template <Score T>
void sink_softmax(Rows<const T> scores, Rows<T> probabilities, const SinkOptions<T>& options);
template <Score T>
void sink_softmax_vjp(Rows<const T> probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                      const SinkVjpOptions<T>& options);
}  // namespace detail

// p_i = g_i exp(x_i / T) / (exp(sink / T) + sum_j g_j exp(x_j / T)): softmax with one state more,
// of degeneracy 1, so that sum p < 1.
//
// range     as softmax; -inf <= sink <= inf
// accuracy  that of softmax
// edges     those of softmax with the sink as a state
// cost      that of softmax and two copies in cache
// throws    std::invalid_argument, as softmax; sink NaN
// source    Miller 2023 (off by one); Xiao, Tian, Chen, Han & Lewis 2024 (learnable)
template <Batch In, BatchOut<score_t<In>> Out>
void sink_softmax(const In& scores, Out&& probabilities,
                  const SinkOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::sink_softmax<T>(Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)),
                          options);
}

// Given p and the sink's probability p_0, and upstream v: grad_x_i = p_i (v_i - vbar) / T with
// vbar = sum_j p_j v_j; grad_sink = -p_0 vbar / T; grad_log_g, grad_T: those of softmax with the
// sink as a state whose upstream is 0.
//
// edges     those of softmax_vjp
// throws    std::invalid_argument, as sink_softmax; sink_probability not given
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void sink_softmax_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                      const SinkVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::sink_softmax_vjp<T>(Rows<const T>(probabilities), Rows<const T>(upstream),
                              Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
