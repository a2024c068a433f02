#include "commands/family_map.hpp"

#include <cmath>
#include <gibbs/entmax.hpp>
#include <gibbs/family/constrained.hpp>
#include <gibbs/family/normmax.hpp>
#include <gibbs/family/sink.hpp>
#include <gibbs/family/tempered.hpp>
#include <gibbs/family/top_k.hpp>
#include <gibbs/log_softmax.hpp>

namespace gibbs::cli {

namespace {

template <class Number>
std::vector<Number> as_type(const std::vector<double>& numbers) {
  std::vector<Number> typed;
  typed.reserve(numbers.size());
  for (const double number : numbers) typed.push_back(static_cast<Number>(number));
  return typed;
}

std::vector<double> logs_of(std::vector<double> numbers) {
  for (double& number : numbers) number = std::log(number);
  return numbers;
}

}  // namespace

template <Score T>
FamilyMap<T>::FamilyMap(const FamilyRequest& request, double temperature,
                        const ColumnNumbers& columns)
    : request_(request),
      temperature_(temperature),
      log_degeneracy_(as_type<working_t<T>>(logs_of(columns.degeneracy))),
      caps_(as_type<working_t<T>>(columns.caps)),
      floors_(as_type<working_t<T>>(columns.floors)),
      weights_(as_type<working_t<T>>(columns.weights)) {}

// Whatever of the request, and of the room in the block, these options have a field for.
template <Score T>
template <class Options>
Options FamilyMap<T>::options(Block<T>& block) const {
  Options o;
  o.temperature = temperature_;
  const auto set_row = [](auto& row, const Numbers& numbers) {
    if (!numbers.empty()) row = numbers;
  };
  if constexpr (requires { o.alpha; }) o.alpha = request_.alpha;
  if constexpr (requires { o.budget; }) o.budget = request_.budget;
  if constexpr (requires { o.sink; }) o.sink = request_.sink;
  if constexpr (requires { o.upper; }) set_row(o.upper, caps_);
  if constexpr (requires { o.lower; }) set_row(o.lower, floors_);
  if constexpr (requires { o.weights; }) set_row(o.weights, weights_);
  if constexpr (requires { o.log_degeneracy; }) set_row(o.log_degeneracy, log_degeneracy_);
  if constexpr (requires { o.log_partition; }) o.log_partition = block.extra(Extra::kLogPartition);
  if constexpr (requires { o.entropy; }) o.entropy = block.extra(Extra::kEntropy);
  if constexpr (requires { o.threshold; }) o.threshold = block.extra(Extra::kThreshold);
  if constexpr (requires { o.support; }) o.support = block.support;
  if constexpr (requires { o.value; }) o.value = block.extra(Extra::kValue);
  if constexpr (requires { o.multiplier; }) o.multiplier = block.extra(Extra::kMultiplier);
  if constexpr (requires { o.sink_probability; }) {
    o.sink_probability = block.extra(Extra::kSinkProbability);
  }
  return o;
}

// The named members where there is one.
template <Score T>
void FamilyMap<T>::capped(Rows<T> numbers, Block<T>& block) const {
  const auto bounded = options<ConstrainedOptions<T>>(block);
  if (request_.alpha == 1) return capped_softmax(numbers, numbers, bounded);
  if (request_.alpha == 2) return capped_sparsemax(numbers, numbers, bounded);
  constrained(numbers, numbers, {Divergence::kAlpha, request_.alpha}, bounded);
}

template <Score T>
void FamilyMap<T>::operator()(Rows<T> numbers, Block<T>& block) const {
  const auto of_divergence = [&](Divergence::Kind kind) {
    constrained(numbers, numbers, kind, options<ConstrainedOptions<T>>(block));
  };
  switch (request_.family) {
    case Family::kEntmax:
      return entmax(numbers, numbers, options<EntmaxOptions<T>>(block));
    case Family::kCapped:
      return capped(numbers, block);
    case Family::kBudget:
      return budget(numbers, numbers, options<ConstrainedOptions<T>>(block));
    case Family::kFermi:
      return fermi_dirac(numbers, numbers, options<ConstrainedOptions<T>>(block));
    case Family::kBox:
      return box_section(numbers, numbers, options<ConstrainedOptions<T>>(block));
    case Family::kNormmax:
      return normmax(numbers, numbers, options<NormmaxOptions<T>>(block));
    case Family::kTopK:
      return top_k_entmax(numbers, request_.k, numbers, options<EntmaxOptions<T>>(block));
    case Family::kTempered:
      return tempered_softmax(numbers, request_.t, numbers, options<MapOptions<T>>(block));
    case Family::kSink:
      return sink_softmax(numbers, numbers, options<SinkOptions<T>>(block));
    case Family::kReverseKl:
      return of_divergence(Divergence::kReverseKl);
    case Family::kChiSquare:
      return of_divergence(Divergence::kChiSquare);
    case Family::kHellinger:
      return of_divergence(Divergence::kHellinger);
    case Family::kJensenShannon:
      return of_divergence(Divergence::kJensenShannon);
  }
}

template <Score T>
bool FamilyMap<T>::has_logarithms() const {
  return request_.family == Family::kEntmax && request_.alpha == 1;
}

template <Score T>
void FamilyMap<T>::logarithms(Rows<T> numbers, Block<T>& block) const {
  log_softmax(numbers, numbers, options<MapOptions<T>>(block));
}

template <Score T>
bool FamilyMap<T>::has_sparse() const {
  return request_.family == Family::kEntmax;
}

template <Score T>
SparseRows<T> FamilyMap<T>::sparse(Rows<const T> numbers, Block<T>& block) const {
  return sparse_entmax(numbers, options<EntmaxOptions<T>>(block));
}

template class FamilyMap<double>;
template class FamilyMap<float>;
template class FamilyMap<float16>;
template class FamilyMap<bfloat16>;

}  // namespace gibbs::cli
