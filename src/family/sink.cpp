#include "gibbs/family/sink.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "family/sink_lanes.hpp"
#include "maps/engine.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"

namespace gibbs::family {
namespace {

// The sink's score as a state of the row; a finite one stays finite.
template <class W>
W score_of_sink(double sink) {
  constexpr double kLargest = std::numeric_limits<W>::max();
  return static_cast<W>(std::isinf(sink) ? sink : std::clamp(sink, -kLargest, kLargest));
}

template <Score T>
class SinkRun {
 public:
  using W = working_t<T>;

  SinkRun(const maps::Request<T>& request, const SinkOptions<T>& options)
      : request_(request),
        options_(options),
        source_(request.scores, options.mask),
        stream_(maps::is_large(request.out) && request.scores.data != request.out.data) {}

  void run() const {
    const std::int64_t rows = request_.scores.rows, cols = request_.scores.cols;
    const std::int64_t block =
        block_rows(cols + 1, turns_over(request_.scores) || turns_over(request_.out));
    maps::for_each_task((rows + block - 1) / block, rows * (cols + 1), [&](std::int64_t task) {
      map_block(task * block, std::min(block, rows - task * block));
    });
  }

 private:
  void map_block(std::int64_t first, std::int64_t count) const {
    const std::int64_t cols = request_.scores.cols;
    const SinkLanes<W> states(count, cols);
    read_scores(first, states);
    const bool weighted = !options_.log_degeneracy.empty();
    const SinkLanes<W> weights(weighted ? count : 0, cols);
    const PerRowOf temperature(options_.temperature, first, count);
    maps::Request<W> request;
    request.out = states.view();
    request.scores = request.out;
    request.options.alpha = 1;
    request.options.temperature = temperature.get();
    request.options.log_partition = rows_of(options_.log_partition, first, count);
    if (weighted) {
      weights.read(options_.log_degeneracy, first);
      for (std::int64_t i = 0; i < count; ++i) weights.sink(i) = 0;
      request.options.log_degeneracy = weights.view();
    }
    maps::run(request);
    states.write(request_.out, first, stream_);
    for (std::int64_t i = 0; i < count && !options_.sink_probability.empty(); ++i) {
      options_.sink_probability[static_cast<std::size_t>(first + i)] = states.sink(i);
    }
  }

  void read_scores(std::int64_t first, const SinkLanes<W>& states) const {
    const auto lanes =
        source_.lanes(first, states.rows, 0, states.cols, states.row(0), states.stride);
    for (std::int64_t i = 0; i < states.rows; ++i) {
      const W* const row = lanes.data + i * lanes.stride;
      if (row != states.row(i)) std::copy_n(row, states.cols, states.row(i));
      states.sink(i) = score_of_sink<W>(options_.sink[first + i]);
    }
  }

  const maps::Request<T>& request_;
  const SinkOptions<T>& options_;
  maps::Source<T> source_;
  bool stream_;
};

void check_sink(const PerRow& sink, std::int64_t rows) {
  if (!sink.is_one_number() && sink.size() != rows) {
    base::refuse("sink_softmax", "sink must be one number or one per row, " + std::to_string(rows) +
                                     ", got " + std::to_string(sink.size()));
  }
  for (std::int64_t i = 0; i < sink.size(); ++i) {
    if (!std::isnan(sink[i])) continue;
    base::refuse("sink_softmax", "sink must not be NaN, got nan" +
                                     (sink.is_one_number() ? "" : " in row " + std::to_string(i)));
  }
}

}  // namespace
}  // namespace gibbs::family

namespace gibbs::detail {

template <Score T>
void sink_softmax(Rows<const T> scores, Rows<T> probabilities, const SinkOptions<T>& options) {
  maps::Request<T> request{scores, probabilities, kernels::Output::kProbabilities, {}};
  request.options.alpha = 1;
  request.options.temperature = options.temperature;
  request.options.log_degeneracy = options.log_degeneracy;
  request.options.mask = options.mask;
  request.options.log_partition = options.log_partition;
  maps::check("sink_softmax", "probabilities", request);
  family::check_sink(options.sink, scores.rows);
  if (!options.sink_probability.empty()) {
    base::check_length("sink_softmax", "sink_probability",
                       static_cast<std::int64_t>(options.sink_probability.size()), scores.rows);
  }
  family::SinkRun<T>(request, options).run();
}

template void sink_softmax(Rows<const double>, Rows<double>, const SinkOptions<double>&);
template void sink_softmax(Rows<const float>, Rows<float>, const SinkOptions<float>&);
template void sink_softmax(Rows<const bfloat16>, Rows<bfloat16>, const SinkOptions<bfloat16>&);
template void sink_softmax(Rows<const float16>, Rows<float16>, const SinkOptions<float16>&);

}  // namespace gibbs::detail
