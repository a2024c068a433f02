// MBAR, BAR and WHAM.
#include <cctype>
#include <initializer_list>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "functions.hpp"
#include "gibbs/thermo/bar.hpp"
#include "gibbs/thermo/mbar.hpp"
#include "gibbs/thermo/wham.hpp"
#include "number_rows.hpp"
#include "problem.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

using thermo::Potentials;
using thermo::SolveOptions;
using thermo::SolveReport;
using thermo::Table;

// The answer, and the arrays that it views.
struct HeldMbar {
  std::vector<Array> arrays;
  std::optional<thermo::Mbar> mbar;
};

Rows<const double> rows_of(const Where& where, const Array& array) {
  if (array.ndim() != 2) {
    refuse_value(where, "must have two dimensions, got " + std::to_string(array.ndim()));
  }
  const npy_intp* const steps = PyArray_STRIDES(array.get());
  constexpr auto kSize = static_cast<npy_intp>(sizeof(double));
  return {static_cast<const double*>(array.data()), array.shape()[0], array.shape()[1],
          steps[0] / kSize, steps[1] / kSize};
}

Rows<const double> take_rows(const Where& where, nb::handle value, std::vector<Array>& kept) {
  return rows_of(where, kept.emplace_back(take_doubles(where, value)));
}

SolveOptions take_options(const char* function, nb::handle options) {
  const auto all = nb::cast<nb::tuple>(options);
  return {take_number({function, "tolerance"}, all[0]),
          take_integer({function, "max_iterations"}, all[1]),
          take_number({function, "least_shared"}, all[2])};
}

using python::array_of;  // of rows; the one below would hide them

nb::object array_of(const Table& table) {
  const npy_intp shape[] = {table.rows, table.cols};
  const Array array = new_array(2, shape, NPY_DOUBLE);
  std::copy(table.values.begin(), table.values.end(), static_cast<double*>(array.data()));
  return array.object;
}

nb::tuple told(const SolveReport& report) {
  nb::list components;
  for (const auto& states : report.components) {
    nb::list members;
    for (const std::int64_t k : states) members.append(k);
    components.append(nb::tuple(members));
  }
  return nb::make_tuple(name(report.status), report.converged, report.iterations,
                        report.gradient_norm, report.newton_step, nb::tuple(components),
                        report.message.c_str());
}

nb::tuple arrays_of(const std::vector<thermo::Estimate>& estimates) {
  std::vector<double> values, errors;
  for (const thermo::Estimate& one : estimates) {
    values.push_back(one.value);
    errors.push_back(one.error);
  }
  return nb::make_tuple(array_of(values), array_of(errors));
}

// What the library calls an argument, and its caller: where a sentence is about it, or anywhere.
struct Renamed {
  std::string_view library, python;
  bool anywhere = false;
};
using Renames = std::initializer_list<Renamed>;
constexpr Renamed kCounts = {"samples", "n_k"};

bool is_word_end(char c) { return c != '_' && std::isalnum(static_cast<unsigned char>(c)) == 0; }

std::string renamed(std::string sentence, const Renames& renames) {
  const std::size_t about = sentence.find(": ") + 2;
  for (const Renamed& name : renames) {
    const std::size_t size = name.library.size();
    for (std::size_t at = about; (at = sentence.find(name.library, at)) != std::string::npos;) {
      const bool whole = is_word_end(sentence[at - 1]) &&
                         (at + size == sentence.size() || is_word_end(sentence[at + size]));
      if (whole && (at == about || name.anywhere)) {
        sentence.replace(at, size, name.python);
        at += name.python.size();
      } else {
        ++at;
      }
    }
  }
  return sentence;
}

// As in_the_name_of, with the names of the caller's arguments.
template <class Body>
void in_the_words_of(const char* function, const Renames& renames, Body&& body) {
  in_the_name_of(function, [&] {
    try {
      body();
    } catch (const std::invalid_argument& refusal) {
      throw std::invalid_argument(renamed(refusal.what(), renames));
    }
  });
}

HeldMbar solve(const Potentials& u, std::vector<Array> arrays, nb::handle n_k, nb::handle initial,
               nb::handle options) {
  HeldMbar held{std::move(arrays), {}};
  const std::vector<std::int64_t> counts = take_integers({"MBAR", "n_k"}, n_k);
  std::vector<double> start;
  if (!initial.is_none()) start = take_row({"MBAR", "initial"}, initial);
  const SolveOptions solver = take_options("MBAR", options);
  const nb::gil_scoped_release unlocked;  // even if small: a block may need it in another thread
  held.mbar.emplace(u, counts, thermo::MbarOptions{solver, start});
  return held;
}

// Makes the potentials, which may be refused, and solves.
template <class Make>
HeldMbar solve_made(std::vector<Array>& arrays, nb::handle n_k, nb::handle initial,
                    nb::handle options, const Renames& renames, const Make& make) {
  std::optional<HeldMbar> held;
  in_the_words_of("MBAR", renames,
                  [&] { held.emplace(solve(make(), std::move(arrays), n_k, initial, options)); });
  return *std::move(held);
}

HeldMbar mbar_of_matrix(nb::handle u_kn, nb::handle n_k, nb::handle initial, nb::handle options) {
  std::vector<Array> arrays;
  const Rows<const double> u = take_rows({"MBAR", "u_kn"}, u_kn, arrays);
  return solve_made(arrays, n_k, initial, options, {kCounts, {"u", "u_kn", true}},
                    [&] { return Potentials(u); });
}

HeldMbar mbar_of_linear(nb::handle lambdas, nb::handle x, nb::handle n_k, nb::handle initial,
                        nb::handle options) {
  std::vector<Array> arrays;
  const Rows<const double> of = take_rows({"MBAR", "lambdas"}, lambdas, arrays);
  const Rows<const double> at = take_rows({"MBAR", "x"}, x, arrays);
  return solve_made(arrays, n_k, initial, options,
                    {kCounts, {"columns of u", "columns of x", true}},
                    [&] { return Potentials::linear(of, at); });
}

void copy_block(nb::handle made, Rows<double> u) {
  const Where where{"MBAR", "block"};
  const Array array = take_doubles(where, made);
  const Rows<const double> rows = rows_of(where, array);
  if (rows.rows != u.rows || rows.cols != u.cols) {
    const npy_intp shape[] = {u.rows, u.cols};
    refuse_value(where,
                 "must give " + text_of_shape(shape, 2) + ", got " + text_of_shape(array.get()));
  }
  for (std::int64_t k = 0; k < u.rows; ++k) {
    for (std::int64_t j = 0; j < u.cols; ++j) u(k, j) = rows(k, j);
  }
}

HeldMbar mbar_of_blocks(const nb::object& block, nb::handle n_k, nb::handle initial,
                        nb::handle options) {
  std::int64_t samples = 0;
  const std::vector<std::int64_t> counts = take_integers({"MBAR", "n_k"}, n_k);
  for (const std::int64_t n : counts) {
    if (!__builtin_add_overflow(samples, n, &samples)) continue;
    refuse_value({"MBAR", "n_k"}, "must sum to at most 2^63 - 1");
  }
  const auto fill = [block](std::int64_t first, Rows<double> u) {
    const nb::gil_scoped_acquire lock;
    copy_block(block(first, u.cols), u);
  };
  std::vector<Array> arrays;
  return solve_made(arrays, n_k, initial, options, {kCounts},
                    [&] { return Potentials::blocks(std::ssize(counts), samples, fill); });
}

nb::tuple mbar_told(const HeldMbar& held) {
  const thermo::Mbar& mbar = *held.mbar;
  return nb::make_tuple(array_of(mbar.free_energies()), array_of(mbar.uncertainty()),
                        array_of(mbar.overlap()), array_of(mbar.effective_samples()),
                        told(mbar.report()));
}

nb::object mbar_weights(const HeldMbar& held, nb::handle samples) {
  const npy_intp shape[] = {held.mbar->states(),
                            take_integer({"MBAR.weights", "samples"}, samples)};
  const Array array = new_array(2, shape, NPY_DOUBLE);
  {
    const nb::gil_scoped_release unlocked;
    held.mbar->weights(0, {static_cast<double*>(array.data()), shape[0], shape[1]});
  }
  return array.object;  // which counts its references under the lock
}

nb::tuple mbar_expectations(const HeldMbar& held, nb::handle observables, nb::handle state,
                            nb::handle potential) {
  constexpr const char* kName = "MBAR.expectation";
  std::vector<Array> arrays;
  const Rows<const double> a = take_rows({kName, "observables"}, observables, arrays);
  std::vector<thermo::Estimate> estimates;
  in_the_words_of(
      kName, {{"u", "potential", true}, {"other states", "potential"}, {"other", "potential"}},
      [&] {
        if (potential.is_none()) {
          const std::int64_t k = take_integer({kName, "state"}, state);
          const nb::gil_scoped_release unlocked;
          estimates = held.mbar->expectations(a, k);
        } else {
          const Rows<const double> u = take_rows({kName, "potential"}, potential, arrays);
          const nb::gil_scoped_release unlocked;
          estimates = held.mbar->expectations(a, Potentials(u));
        }
      });
  return arrays_of(estimates);
}

nb::tuple mbar_new_states(const HeldMbar& held, nb::handle potentials) {
  constexpr const char* kName = "MBAR.free_energies_of";
  std::vector<Array> arrays;
  const Rows<const double> u = take_rows({kName, "u_ln"}, potentials, arrays);
  thermo::NewStates states;
  in_the_words_of(kName, {{"u", "u_ln", true}, {"other states", "u_ln"}}, [&] {
    const nb::gil_scoped_release unlocked;
    states = held.mbar->free_energies_of(u);
  });
  return nb::make_tuple(array_of(states.free_energies), array_of(states.uncertainty));
}

nb::tuple mbar_bootstrap(const HeldMbar& held, nb::handle replicates, nb::handle seed) {
  constexpr const char* kName = "MBAR.bootstrap";
  const std::int64_t count = take_integer({kName, "replicates"}, replicates);
  const std::uint64_t bits = take_bits({kName, "seed"}, seed);
  thermo::Bootstrap again;
  in_the_name_of(kName, [&] {
    const nb::gil_scoped_release unlocked;
    again = held.mbar->bootstrap(count, bits);
  });
  return nb::make_tuple(array_of(again.free_energies), array_of(again.uncertainty), again.failed);
}

nb::tuple bar_of(nb::handle forward, nb::handle reverse, nb::handle options) {
  const std::vector<double> f = take_row({"bar", "forward"}, forward);
  const std::vector<double> r = take_row({"bar", "reverse"}, reverse);
  const SolveOptions solver = take_options("bar", options);
  thermo::BarResult result;
  in_the_name_of("bar", [&] { result = thermo::bar(f, r, solver); });
  return nb::make_tuple(result.free_energy, result.error, result.overlap, told(result.report));
}

nb::tuple exponential_average_of(nb::handle work) {
  const std::vector<double> w = take_row({"exponential_average", "work"}, work);
  thermo::Estimate average;
  in_the_name_of("exponential_average", [&] { average = thermo::exponential_average(w); });
  return nb::make_tuple(average.value, average.error);
}

nb::tuple wham_of(nb::handle counts, nb::handle bias, nb::handle options) {
  std::vector<Array> arrays;
  const Rows<const double> h = take_rows({"wham", "counts"}, counts, arrays);
  const Rows<const double> u = take_rows({"wham", "bias"}, bias, arrays);
  const SolveOptions solver = take_options("wham", options);
  thermo::WhamResult result;
  in_the_name_of("wham", [&] {
    const nb::gil_scoped_release unlocked;
    result = thermo::wham(h, u, solver);
  });
  return nb::make_tuple(array_of(result.free_energies), array_of(result.uncertainty),
                        array_of(result.log_density), array_of(result.profile),
                        array_of(result.profile_errors), told(result.report));
}

nb::object umbrella_bias_of(nb::handle x, nb::handle centres, nb::handle stiffness,
                            nb::handle period) {
  constexpr const char* kName = "umbrella_bias";
  const Array at = side_by_side(take_doubles({kName, "x"}, x), NPY_DOUBLE),
              middles = side_by_side(take_doubles({kName, "centres"}, centres), NPY_DOUBLE),
              springs = side_by_side(take_doubles({kName, "stiffness"}, stiffness), NPY_DOUBLE);
  if (springs.size() != 1 && springs.size() != middles.size()) {
    refuse_value({kName, "stiffness"}, "must be one number, or one per centre, " +
                                           std::to_string(middles.size()) + ", got " +
                                           std::to_string(springs.size()));
  }
  std::vector<npy_intp> shape(middles.shape(), middles.shape() + middles.ndim());
  shape.insert(shape.end(), at.shape(), at.shape() + at.ndim());
  const Array bias = new_array(static_cast<int>(shape.size()), shape.data(), NPY_DOUBLE);
  double* to = static_cast<double*>(bias.data());
  in_the_name_of(kName, [&] {
    for (std::int64_t k = 0; k < middles.size(); ++k) {
      const thermo::Umbrella window{
          .centre = data_of<double>(middles)[k],
          .stiffness = data_of<double>(springs)[springs.size() == 1 ? 0 : k],
          .period = take_number({kName, "period"}, period)};
      for (const double point : entries_of<double>(at)) *to++ = window(point);
    }
  });
  return bias.object;
}

}  // namespace

void add_thermo_mbar(nb::module_& m) {
  const nb::class_<HeldMbar> opaque(m, "Mbar");
  add_function(m, "mbar_of_matrix", &mbar_of_matrix);
  add_function(m, "mbar_of_linear", &mbar_of_linear);
  m.def("mbar_of_blocks", &mbar_of_blocks, nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  add_function(m, "mbar_told", &mbar_told);
  add_function(m, "mbar_weights", &mbar_weights);
  add_function(m, "mbar_expectations", &mbar_expectations);
  add_function(m, "mbar_new_states", &mbar_new_states);
  add_function(m, "mbar_bootstrap", &mbar_bootstrap);
  add_function(m, "bar", &bar_of);
  add_function(m, "exponential_average", &exponential_average_of);
  add_function(m, "wham", &wham_of);
  add_function(m, "umbrella_bias", &umbrella_bias_of);
}

}  // namespace gibbs::python
