// Draws from what filters leave of rows, and that law itself.
#include "gibbs/sampling/truncation.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "draw_problem.hpp"
#include "filters.hpp"
#include "functions.hpp"
#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

Chain chain_of(nb::handle filters, int boundaries) {
  Chain chain;
  for (const nb::handle filter : filters) chain.filters.push_back(take_filter(filter));
  chain.boundaries = static_cast<Boundaries>(boundaries);
  return chain;
}

nb::tuple described(const Chain& chain) {
  nb::list filters;
  for (const Filter& filter : chain.filters) filters.append(tuple_of(filter));
  return nb::make_tuple(filters, static_cast<int>(chain.boundaries));
}

nb::tuple llama_cpp_of(nb::handle values) {
  return described(llama_cpp(take_llama_cpp_settings(values)));
}

nb::tuple hugging_face_of(nb::handle values) {
  return described(hugging_face(take_hugging_face_settings(values)));
}

nb::tuple count_tokens_of(nb::handle history, nb::handle last_n) {
  const auto tokens = take_integers({"count_tokens", "history"}, history);
  nb::list counts;
  for (const auto& [token, count] :
       count_tokens(tokens, take_integer({"count_tokens", "last_n"}, last_n))) {
    counts.append(nb::make_tuple(token, count));
  }
  return nb::tuple(counts);
}

FullLaw take_full(const char* function, nb::handle value) {
  const bool is_text = PyUnicode_Check(value.ptr()) != 0;
  if (is_text && PyUnicode_CompareWithASCIIString(value.ptr(), "model") == 0) {
    return FullLaw::kModel;
  }
  if (is_text && PyUnicode_CompareWithASCIIString(value.ptr(), "chain_temperature") == 0) {
    return FullLaw::kAtChainTemperature;
  }
  refuse_value({function, "full"},
               std::string("must be model or chain_temperature, got ") + nb::str(value).c_str());
}

// What both functions are called with. `chain`: one, or a list with one for each row.
struct TruncationProblem {
  TruncationProblem(const char* function, nb::handle scores, nb::handle chain, nb::handle axis,
                    nb::handle mask, nb::handle whose, nb::handle full_law, nb::handle mu_of)
      : map(function, scores, nb::float_(1.0), axis, nb::float_(1.0), nb::none(), mask),
        noise(function, whose, map.scores, map.axis),
        full(take_full(function, full_law)) {
    std::int64_t rows = 1;
    for (const npy_intp extent : shape_of_rows(map.scores, map.axis)) rows *= extent;
    take_chains(chain, rows);
    if (!mu_of.is_none()) take_mu(mu_of, rows);
  }

  Problem map;
  NoiseProblem noise;
  FullLaw full;
  const Chain* one = nullptr;
  std::vector<Chain> chains;
  std::vector<MirostatState> mu;

 private:
  void take_chains(nb::handle chain, std::int64_t rows) {
    if (nb::isinstance<Chain>(chain)) {
      one = nb::inst_ptr<Chain>(chain);
      return;
    }
    for (const nb::handle each : chain) chains.push_back(*nb::inst_ptr<Chain>(each));
    const auto count = static_cast<std::int64_t>(chains.size());
    if (count == rows) return;
    refuse_value({map.function, "chain"}, "must be one, or one for each of " +
                                              std::to_string(rows) + " rows, got " +
                                              std::to_string(count));
  }
  void take_mu(nb::handle mu_of, std::int64_t rows) {
    const PerRowArgument numbers({map.function, "mirostat"}, mu_of, map.scores, map.axis);
    const PerRow all = numbers.all();
    for (std::int64_t i = 0; i < rows; ++i) mu.push_back({all[i]});
  }
};

// What is told of rows beside what is drawn from them or written; what is not wanted is not there.
struct Told {
  Told(const Problem& problem, bool kept_too, bool columns_too)
      : status(new_per_row(problem, NPY_UINT8)) {
    if (kept_too) kept_mass = new_per_row(problem, NPY_DOUBLE);
    if (kept_too) kept = new_per_row(problem, NPY_INT64);
    if (columns_too) columns.resize(static_cast<std::size_t>(status.size()));
  }

  Array status, kept_mass = {}, kept = {};
  std::vector<std::vector<std::int64_t>> columns = {};

  // (row_offsets, columns)
  nb::object kept_columns(bool wanted) const {
    if (!wanted) return nb::none();
    npy_intp all = 0;
    for (const auto& row : columns) all += static_cast<npy_intp>(row.size());
    const auto ends = static_cast<npy_intp>(columns.size() + 1);
    const Array offsets = new_array(1, &ends, NPY_INT64), found = new_array(1, &all, NPY_INT64);
    auto *offset = data_of<std::int64_t>(offsets), *to = data_of<std::int64_t>(found);
    *offset++ = 0;
    for (const auto& row : columns) {
      to = std::copy(row.begin(), row.end(), to);
      *offset++ = to - data_of<std::int64_t>(found);
    }
    return nb::make_tuple(offsets.object, found.object);
  }
};

// The options that both functions have, for one batch.
template <Score T, class Options>
void put(const TruncationProblem& problem, Told& told, Batch& batch, KeptColumns& columns,
         Options& options) {
  batch.put_noise(problem.noise, options);
  options.mask = batch.mask();
  options.full = problem.full;
  options.kept_mass = batch.result<double>(told.kept_mass);
  options.kept = batch.result<std::int64_t>(told.kept);
  options.status = batch.result<DrawStatus>(told.status);
  if (!told.columns.empty()) options.kept_columns = &columns;
}

void store_columns(const KeptColumns& columns, const Batch& batch, Told& told) {
  if (columns.row_offsets.empty()) return;
  for (std::int64_t i = 0; i < batch.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    told.columns[static_cast<std::size_t>(batch.row_number(i))].assign(
        columns.columns.begin() + columns.row_offsets[at],
        columns.columns.begin() + columns.row_offsets[at + 1]);
  }
}

nb::object given_back(const Array& array, const Array& like) {
  return array ? give_back(array, like) : nb::object(nb::none());
}

ChainPerRow chains_of(const TruncationProblem& problem, Batch& batch) {
  if (problem.one) return *problem.one;
  return batch.given(problem.chains.data());
}

// (tokens, log_probability, full_log_probability, kept_mass, kept, kept_columns, status, mu)
nb::tuple sample_truncated_of(nb::handle scores, nb::handle chain, nb::handle draws,
                              nb::handle axis, nb::handle mask, nb::handle noise, nb::handle full,
                              nb::handle mu, bool full_too, bool columns_too) {
  const TruncationProblem problem("sample_truncated", scores, chain, axis, mask, noise, full, mu);
  const Count count({problem.map.function, "draws"}, draws);
  const Array tokens = new_beside_rows(problem.map, count, NPY_INT64);
  const Array logs = new_beside_rows(problem.map, count, NPY_DOUBLE);
  const Array full_logs = full_too ? new_beside_rows(problem.map, count, NPY_DOUBLE) : Array{};
  const Array renewed = mu.is_none() ? Array{} : new_per_row(problem.map, NPY_DOUBLE);
  Told told(problem.map, full_too, columns_too);
  Batches(problem.map).run([&]<Score T>(Batch& batch) {
    KeptColumns columns;
    TruncationOptions options;
    put<T>(problem, told, batch, columns, options);
    options.log_probability = batch.results<double>(logs, count.count);
    options.full_log_probability = batch.results<double>(full_logs, count.count);
    options.mirostat = batch.result<MirostatState>(renewed);
    if (renewed) std::ranges::copy(batch.given(problem.mu.data()), options.mirostat.begin());
    sample_truncated(batch.scores<T>(), chains_of(problem, batch),
                     batch.results<std::int64_t>(tokens, count.count), options);
    store_columns(columns, batch, told);
  });
  const auto given = [&](const Array& array) { return given_back(array, problem.map.scores); };
  return nb::make_tuple(given(tokens), given(logs), given(full_logs), given(told.kept_mass),
                        given(told.kept), told.kept_columns(columns_too), given(told.status),
                        given(renewed));
}

// (p, kept_mass, kept, kept_columns, status), or p alone.
nb::object truncate_of(nb::handle scores, nb::handle chain, nb::handle axis, nb::handle mask,
                       nb::handle noise, nb::handle full, nb::handle mu, nb::handle out,
                       bool as_scores, bool details, bool columns_too) {
  const TruncationProblem problem("truncate", scores, chain, axis, mask, noise, full, mu);
  Output output({problem.map.function, "out"}, out, problem.map.scores, {&problem.map.mask});
  Told told(problem.map, details, columns_too);
  Batches batches(problem.map);
  const int out_at = batches.add(output.array());
  batches.run([&]<Score T>(Batch& batch) {
    KeptColumns columns;
    TruncateOptions options;
    put<T>(problem, told, batch, columns, options);
    options.write = as_scores ? Truncated::kScores : Truncated::kProbabilities;
    if (!problem.mu.empty()) options.mirostat = batch.given(problem.mu.data());
    truncate(batch.scores<T>(), chains_of(problem, batch), batch.view<T>(output.array(), out_at),
             options);
    store_columns(columns, batch, told);
  });
  nb::object law = output.finish(problem.map.scores);
  if (!details) return law;
  const auto given = [&](const Array& array) { return given_back(array, problem.map.scores); };
  return nb::make_tuple(law, given(told.kept_mass), given(told.kept),
                        told.kept_columns(columns_too), given(told.status));
}

}  // namespace

void add_truncation(nb::module_& m) {
  nb::class_<Chain>(m, "Chain").def("__len__", [](const Chain& chain) {
    return chain.filters.size();
  });
  add_function(m, "make_chain", &chain_of);
  add_function(m, "llama_cpp", &llama_cpp_of);
  add_function(m, "hugging_face", &hugging_face_of);
  add_function(m, "count_tokens", &count_tokens_of);
  add_function(m, "sample_truncated", &sample_truncated_of);
  add_function(m, "truncate", &truncate_of);
}

}  // namespace gibbs::python
