// Sampled and unsampled states together.

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/mixture.hpp"
#include "thermo/answer.hpp"

namespace gibbs::thermo::detail {
namespace {

// Where each state of the mixture's source lies: the sampled first, the others after them.
struct Places {
  std::vector<std::int64_t> others = {};
  std::vector<std::int64_t> row = {};
};

Places places_of(const Mixture& m) {
  Places places;
  std::int64_t sampled = 0;
  for (std::int64_t k = 0; k < m.source->states; ++k) {
    if (sampled < m.states() && m.index[static_cast<std::size_t>(sampled)] == k) {
      places.row.push_back(sampled++);
    } else {
      places.row.push_back(m.states() + std::ssize(places.others));
      places.others.push_back(k);
    }
  }
  return places;
}

// A state that lies in no component, or in none that was sampled, is one of its own.
std::vector<std::vector<std::int64_t>> components_by_state(const Answer& answer,
                                                           const Covariance& covariance,
                                                           const Places& places) {
  std::vector<std::vector<std::int64_t>> components(answer.laplacian.components().size());
  for (std::size_t k = 0; k < places.row.size(); ++k) {
    const std::int64_t c = covariance.component_of(places.row[k]);
    auto& home = c < 0 ? components.emplace_back() : components[static_cast<std::size_t>(c)];
    home.push_back(static_cast<std::int64_t>(k));
  }
  std::sort(components.begin(), components.end());
  return components;
}

StateRows joined(const Mixture& m, const StateRows& others, const Places& places) {
  StateRows all{m.source, {}, {}, {}};
  for (std::size_t k = 0; k < places.row.size(); ++k) {
    const bool sampled = places.row[k] < m.states();
    const auto at = static_cast<std::size_t>(places.row[k] - (sampled ? 0 : m.states()));
    all.states.push_back(static_cast<std::int64_t>(k));
    all.centre.push_back(sampled ? m.centre[at] : others.centre[at]);
    all.rest.push_back(sampled ? m.rest[at] : others.rest[at]);
  }
  return all;
}

double overlap_of(const Covariance& covariance, const Mixture& m, std::int64_t i, std::int64_t j) {
  return j < m.states() ? covariance.product(i, j) * m.counts[static_cast<std::size_t>(j)] : 0;
}

}  // namespace

std::vector<double> relative_to_first(const StateRows& all) {
  std::vector<double> f;
  for (std::size_t k = 0; k < all.states.size(); ++k) {
    f.push_back((all.centre[k] - all.centre[0]) + (all.rest[k] - all.rest[0]));
  }
  f[0] = 0;
  return f;
}

AllStates all_states(Answer& answer, Eigen::MatrixXd shared) {
  const Mixture& m = answer.mixture;
  const Places places = places_of(m);
  StateRows others;
  if (!places.others.empty()) {
    others = solve_states(m, *m.source, places.others);
    shared = products_with(m, others);
  }
  answer.all = joined(m, others, places);
  const Covariance covariance(answer, std::move(shared));
  AllStates all;
  all.free_energies = relative_to_first(answer.all);
  all.components = components_by_state(answer, covariance, places);
  all.uncertainty = deviations(covariance, places.row);
  const auto size = std::ssize(places.row);
  all.overlap = Table(size, size);
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t row = places.row[static_cast<std::size_t>(i)];
    all.effective_samples.push_back(1 / covariance.product(row, row));
    for (std::int64_t j = 0; j < size; ++j) {
      all.overlap(i, j) = overlap_of(covariance, m, row, places.row[static_cast<std::size_t>(j)]);
    }
  }
  return all;
}

Table uncertainty_with(const Answer& answer, const StateRows& more) {
  const Places places = places_of(answer.mixture);
  // Unsampled states of the mixture first; each source writes its own rows.
  StateRows unsampled{answer.mixture.source, {}, {}, {}};
  for (const std::int64_t k : places.others) {
    const StateRows one = answer.all.only(k);
    unsampled.states.push_back(k);
    unsampled.centre.push_back(one.centre[0]);
    unsampled.rest.push_back(one.rest[0]);
  }
  const StateWeights first(unsampled), second(more);
  const auto write = [&](const BlockView& block, double* to) {
    first.write(block, to);
    second.write(block, to + unsampled.size() * kernels::kMixtureStride);
  };
  const Covariance covariance(answer,
                              products(answer.mixture, unsampled.size() + more.size(), write));
  std::vector<std::int64_t> rows = places.row;
  for (std::int64_t a = 0; a < more.size(); ++a) rows.push_back(std::ssize(rows));
  return deviations(covariance, rows);
}

}  // namespace gibbs::thermo::detail
