#pragma once
// The arrays of a call, cut into batches, for calls that read or write more than a map does.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "noise_problem.hpp"
#include "problem.hpp"

namespace gibbs::python {

class Batches;

// One batch. What it hands out lives as long as it does.
class Batch {
 public:
  Batch(const Batches& all, const Slabs::Offsets& offsets) : all_(all), offsets_(offsets) {}

  std::int64_t rows() const;
  // Of operands of the shape of the scores.
  template <class T>
  Rows<T> view(const Array& array, int operand) const;
  template <Score T>
  Rows<const T> scores() const;

  Rows<const bool> mask() const;

  // Which row of the array is row i of the batch.
  std::int64_t row_number(std::int64_t i) const;
  // Numbers per row that are read; anything per row, in the order of the array.
  PerRow numbers(const PerRowArgument& argument);
  template <class V>
  std::span<const V> given(const V* all);
  // Numbers per row that are written, one or `count` each, in the order of the array.
  template <class V>
  std::span<V> result(V* all);
  template <class V>
  std::span<V> result(const Array& array) {
    return result(data_of<V>(array));
  }
  template <class V>
  Rows<V> results(const Array& array, std::int64_t count) const;
  // Copies to the arrays what did not lie there.
  void store() const {
    for (const auto& copy : copies_) copy();
  }

  // What the rows' laws are, as far as the options say it; whose noise they get.
  template <Score T, class Options>
  void put_law(Options& options);
  template <class Options>
  void put_noise(const NoiseProblem& noise, Options& options);

 private:
  std::int64_t first_row() const;

  const Batches& all_;
  const Slabs::Offsets& offsets_;
  std::deque<std::vector<double>> rooms_;  // whose elements do not move
  std::vector<std::uint64_t> ids_;
  std::vector<std::shared_ptr<void>> given_;
  std::vector<std::function<void()>> copies_;
};

class Batches {
 public:
  explicit Batches(const Problem& problem)
      : problem_(problem),
        slabs_(problem.scores.shape(), problem.scores.ndim(), problem.axis),
        scores_at_(slabs_.add(problem.scores.get())),
        log_g_at_(problem.add_log_degeneracy(slabs_)),
        mask_at_(problem.add_mask(slabs_)),
        row_at_(slabs_.add_row_numbers()) {}

  // An operand of the shape of the scores, or one that broadcasts to it; returns its number.
  int add(const Array& array) { return slabs_.add(array.get()); }
  int add_broadcast(const char* argument, const Array& array) {
    return python::add_broadcast({problem_.function, argument}, array, problem_.scores, slabs_);
  }

  // body.operator()<T>(batch) for every batch, without the lock, when all operands are added.
  // check.operator()<T>(rows) refuses what the library would refuse in a later batch, before the
  // first one is written, by its place among all rows.
  template <class Check, class Body>
  void run(const Check& check, const Body& body) {
    slabs_.plan();
    run_unlocked(problem_, [&]<Score T>() {
      if (!slabs_.is_one()) check.template operator()<T>(slabs_.all_rows());
      slabs_.for_each([&](const Slabs::Offsets& offsets) {
        Batch batch(*this, offsets);
        body.template operator()<T>(batch);
        batch.store();
      });
    });
  }
  template <class Body>
  void run(const Body& body) {
    run([&]<Score T>(std::int64_t rows) { check_all_rows<T>(problem_, rows); }, body);
  }

 private:
  friend class Batch;

  const Problem& problem_;
  Slabs slabs_;
  int scores_at_, log_g_at_, mask_at_, row_at_;
};

inline std::int64_t Batch::rows() const { return all_.slabs_.rows(); }

inline std::int64_t Batch::first_row() const {
  return offsets_[static_cast<std::size_t>(all_.row_at_)];
}

template <class T>
Rows<T> Batch::view(const Array& array, int operand) const {
  if (!array) return {};
  return all_.slabs_.view(data_of<T>(array), operand, offsets_);
}

template <Score T>
Rows<const T> Batch::scores() const {
  return view<const T>(all_.problem_.scores, all_.scores_at_);
}

inline PerRow Batch::numbers(const PerRowArgument& argument) {
  return argument.of(all_.slabs_, all_.row_at_, offsets_, rooms_.emplace_back());
}

inline Rows<const bool> Batch::mask() const {
  return side_input(data_of<const bool>(all_.problem_.mask), all_.slabs_, all_.mask_at_, offsets_);
}

inline std::int64_t Batch::row_number(std::int64_t i) const {
  return first_row() + i * all_.slabs_.row_stride(all_.row_at_);
}

template <class V>
std::span<const V> Batch::given(const V* all) {
  const auto room = std::make_shared<std::vector<V>>();
  given_.push_back(room);
  return of_batch(all, all_.slabs_, all_.row_at_, offsets_, *room);
}

template <class V>
std::span<V> Batch::result(V* all) {
  const auto result = all ? std::make_shared<PerRowResult<V>>(all) : nullptr;
  if (!result) return {};
  const std::span<V> span = result->of(all_.slabs_, all_.row_at_, offsets_);
  copies_.push_back([this, result] { result->store(all_.slabs_, all_.row_at_, offsets_); });
  return span;
}

template <class V>
Rows<V> Batch::results(const Array& array, std::int64_t count) const {
  if (!array) return {};
  return {data_of<V>(array) + first_row() * count, rows(), count,
          all_.slabs_.row_stride(all_.row_at_) * count, 1};
}

template <Score T, class Options>
void Batch::put_law(Options& options) {
  const Problem& problem = all_.problem_;
  options.temperature = numbers(problem.temperature);
  if constexpr (requires { options.alpha; }) options.alpha = numbers(problem.alpha);
  if constexpr (requires { options.log_degeneracy; }) {
    options.log_degeneracy = side_input(data_of<const working_t<T>>(problem.log_degeneracy),
                                        all_.slabs_, all_.log_g_at_, offsets_);
  }
  if constexpr (requires { options.mask; }) options.mask = mask();
}

template <class Options>
void Batch::put_noise(const NoiseProblem& noise, Options& options) {
  noise.put(all_.slabs_, all_.row_at_, offsets_, ids_, options);
}

}  // namespace gibbs::python
