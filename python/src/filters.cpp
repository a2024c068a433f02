#include "filters.hpp"

#include <nanobind/stl/string.h>

#include <array>
#include <utility>

#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// In the order of Filter.
constexpr std::array kNames{
    "Temperature",   "DynamicTemperature", "TopK",      "TopP", "MinP",     "TypicalP",
    "EpsilonCutoff", "EtaCutoff",          "TopNSigma", "TopH", "PLess",    "Xtc",
    "Mirostat",      "MirostatV2",         "Penalties", "Dry",  "LogitBias"};
static_assert(kNames.size() == std::variant_size_v<Filter>);

// visit(name, field) for every field, in order.
template <class V>
void visit_fields(Temperature& f, V&& visit) {
  visit("temperature", f.temperature);
}
template <class V>
void visit_fields(DynamicTemperature& f, V&& visit) {
  visit("low", f.low);
  visit("high", f.high);
  visit("exponent", f.exponent);
}
template <class V>
void visit_fields(TopK& f, V&& visit) {
  visit("k", f.k);
}
template <class V>
void visit_fields(TopP& f, V&& visit) {
  visit("p", f.p);
}
template <class V>
void visit_fields(MinP& f, V&& visit) {
  visit("p", f.p);
}
template <class V>
void visit_fields(TypicalP& f, V&& visit) {
  visit("p", f.p);
}
template <class V>
void visit_fields(EpsilonCutoff& f, V&& visit) {
  visit("epsilon", f.epsilon);
}
template <class V>
void visit_fields(EtaCutoff& f, V&& visit) {
  visit("epsilon", f.epsilon);
}
template <class V>
void visit_fields(TopNSigma& f, V&& visit) {
  visit("n", f.n);
}
template <class V>
void visit_fields(TopH& f, V&& visit) {
  visit("alpha", f.alpha);
}
template <class V>
void visit_fields(PLess&, V&&) {}
template <class V>
void visit_fields(Xtc& f, V&& visit) {
  visit("probability", f.probability);
  visit("threshold", f.threshold);
}
template <class V>
void visit_fields(Mirostat& f, V&& visit) {
  visit("tau", f.tau);
  visit("eta", f.eta);
  visit("fitted", f.fitted);
}
template <class V>
void visit_fields(MirostatV2& f, V&& visit) {
  visit("tau", f.tau);
  visit("eta", f.eta);
}
template <class V>
void visit_fields(Penalties& f, V&& visit) {
  visit("repetition", f.repetition);
  visit("frequency", f.frequency);
  visit("presence", f.presence);
  visit("counts", f.counts);
}
template <class V>
void visit_fields(Dry& f, V&& visit) {
  visit("multiplier", f.multiplier);
  visit("base", f.base);
  visit("allowed_length", f.allowed_length);
  visit("last_n", f.last_n);
  visit("history", f.history);
  visit("breakers", f.breakers);
}
template <class V>
void visit_fields(LogitBias& f, V&& visit) {
  visit("biases", f.biases);
}
template <class V>
void visit_fields(LlamaCppSettings& s, V&& visit) {
  visit("logit_bias", s.logit_bias);
  visit("history", s.history);
  visit("penalty_last_n", s.penalty_last_n);
  visit("repeat_penalty", s.repeat_penalty);
  visit("frequency_penalty", s.frequency_penalty);
  visit("presence_penalty", s.presence_penalty);
  visit("dry_multiplier", s.dry_multiplier);
  visit("dry_base", s.dry_base);
  visit("dry_allowed_length", s.dry_allowed_length);
  visit("dry_penalty_last_n", s.dry_penalty_last_n);
  visit("dry_sequence_breakers", s.dry_sequence_breakers);
  visit("top_n_sigma", s.top_n_sigma);
  visit("top_k", s.top_k);
  visit("typical_p", s.typical_p);
  visit("top_p", s.top_p);
  visit("min_p", s.min_p);
  visit("xtc_probability", s.xtc_probability);
  visit("xtc_threshold", s.xtc_threshold);
  visit("temperature", s.temperature);
  visit("dynatemp_range", s.dynatemp_range);
  visit("dynatemp_exponent", s.dynatemp_exponent);
  visit("mirostat", s.mirostat);
  visit("mirostat_tau", s.mirostat_tau);
  visit("mirostat_eta", s.mirostat_eta);
}
template <class V>
void visit_fields(HuggingFaceSettings& s, V&& visit) {
  visit("sequence_bias", s.sequence_bias);
  visit("history", s.history);
  visit("repetition_penalty", s.repetition_penalty);
  visit("temperature", s.temperature);
  visit("top_h", s.top_h);
  visit("top_k", s.top_k);
  visit("top_p", s.top_p);
  visit("min_p", s.min_p);
  visit("typical_p", s.typical_p);
  visit("epsilon_cutoff", s.epsilon_cutoff);
  visit("eta_cutoff", s.eta_cutoff);
}

void read(const Where& where, nb::handle value, double& to) { to = take_number(where, value); }
void read(const Where& where, nb::handle value, std::int64_t& to) {
  to = take_integer(where, value);
}
void read(const Where& where, nb::handle value, int& to) {
  // Whatever int cannot hold is no choice of any setting.
  const std::int64_t wide = take_integer(where, value);
  to = static_cast<int>(wide) == wide ? static_cast<int>(wide) : -1;
}
void read(const Where& where, nb::handle value, std::optional<double>& to) {
  if (!value.is_none()) to = take_number(where, value);
}
void read(const Where& where, nb::handle value, std::vector<std::int64_t>& to) {
  to = take_integers(where, value);
}

nb::list items_of(const Where& where, nb::handle value) {
  PyObject* items = PySequence_List(value.ptr());
  if (items) return nb::steal<nb::list>(items);
  PyErr_Clear();
  refuse_type(where, "must be a sequence, got " + text_of_type(value));
}

void read(const Where& where, nb::handle value, std::vector<std::vector<std::int64_t>>& to) {
  for (const nb::handle item : items_of(where, value)) {
    to.push_back(take_integers(where, item));
  }
}

// (token, number) pairs.
template <class Pair>
void read(const Where& where, nb::handle value, std::vector<Pair>& to) {
  const std::string token_of = std::string("a token of ") + where.argument;
  for (const nb::handle item : items_of(where, value)) {
    if (!PySequence_Check(item.ptr()) || PySequence_Size(item.ptr()) != 2) {
      PyErr_Clear();
      refuse_type(where, "must be pairs (token, number), got " + text_of_type(item));
    }
    auto& [token, number] = to.emplace_back();
    read({where.function, token_of.c_str()}, item[0], token);
    read(where, item[1], number);
  }
}

template <class Number>
nb::object written(const Number& number) {
  return nb::cast(number);
}
nb::object written(const std::vector<std::int64_t>& integers) {
  nb::list list;
  for (const std::int64_t integer : integers) list.append(integer);
  return nb::tuple(list);
}
nb::object written(const std::vector<std::vector<std::int64_t>>& sequences) {
  nb::list list;
  for (const auto& sequence : sequences) list.append(written(sequence));
  return nb::tuple(list);
}
template <class Pair>
nb::object written(const std::vector<Pair>& pairs) {
  nb::list list;
  for (const auto& [token, number] : pairs) list.append(nb::make_tuple(token, number));
  return nb::tuple(list);
}

// From values[first] on.
template <class Fields>
void take_fields(const char* function, nb::handle values, std::size_t first, Fields& fields) {
  visit_fields(fields, [&](const char* name, auto& field) {
    read({function, name}, values[first++], field);
  });
}

template <std::size_t... I>
Filter filter_of(std::size_t index, std::index_sequence<I...>) {
  Filter filter;
  ((I == index ? static_cast<void>(filter.emplace<I>()) : static_cast<void>(0)), ...);
  return filter;
}

}  // namespace

Filter take_filter(nb::handle value) {
  const auto name = nb::cast<std::string>(value[0]);
  std::size_t index = 0;
  while (index + 1 < kNames.size() && name != kNames[index]) ++index;
  Filter filter = filter_of(index, std::make_index_sequence<kNames.size()>());
  std::visit([&](auto& f) { take_fields(kNames[index], value, 1, f); }, filter);
  return filter;
}

nb::tuple tuple_of(const Filter& filter) {
  nb::list fields;
  fields.append(kNames[filter.index()]);
  std::visit(
      [&](auto copy) {
        visit_fields(copy, [&](const char*, const auto& field) { fields.append(written(field)); });
      },
      filter);
  return nb::tuple(fields);
}

LlamaCppSettings take_llama_cpp_settings(nb::handle values) {
  LlamaCppSettings settings;
  take_fields("llama_cpp", values, 0, settings);
  return settings;
}

HuggingFaceSettings take_hugging_face_settings(nb::handle values) {
  HuggingFaceSettings settings;
  take_fields("hugging_face", values, 0, settings);
  return settings;
}

}  // namespace gibbs::python
