// Ensembles and reweighting on threads: everything that shares out levels, samples or replicates.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/random.hpp"
#include "support/threads.hpp"

namespace gibbs::testing {
namespace {

using thermo::Mbar;
using thermo::Potentials;

std::vector<double> energies(std::size_t count) {
  std::vector<double> e = normal_scores<double>(static_cast<std::int64_t>(count), 3, 300);
  for (double& each : e) each = each * each;
  return e;
}

TEST(ThermoThreads, ASweepDoesNotDependOnTheirNumber) {
  const thermo::Ensemble ensemble{thermo::Levels(energies(60000))};
  std::vector<double> temperatures;
  for (int i = 0; i < 40; ++i) temperatures.push_back(0.1 * (i - 10));
  const auto sweep = [&] {
    std::vector<double> all;
    for (const thermo::State& s : ensemble.sweep(temperatures)) {
      for (const double number : {s.log_partition, s.mean_energy, s.free_energy, s.entropy,
                                  s.heat_capacity, s.energy_third, s.energy_fourth}) {
        all.push_back(number);
      }
    }
    all.push_back(ensemble.temperature_of(5).beta);
    return all;
  };
  expect_same_with_any_threads(sweep, "sweep");
}

TEST(ThermoThreads, PopulationsAndDrawsDoNotDependOnTheirNumber) {
  const thermo::Ensemble ensemble{thermo::Levels(energies(5000))};
  const std::vector<double> temperatures{0.5, 1, 2, 4, -1, -2};
  const auto rows = std::ssize(temperatures);
  const auto numbers = [&] {
    std::vector<double> p(6 * 5000);
    std::vector<std::int64_t> drawn(6 * 4000);
    ensemble.populations(temperatures, Rows<double>(p.data(), rows, 5000));
    ensemble.sample(temperatures, Rows<std::int64_t>(drawn.data(), rows, 4000), {.seed = 1});
    p.insert(p.end(), drawn.begin(), drawn.end());
    return p;
  };
  expect_same_with_any_threads(numbers, "populations and draws");
}

// Samples of three shifted oscillators, u_k = (x - k)^2 / 2, as a matrix, a family and a function.
struct Oscillators {
  static constexpr std::int64_t kStates = 3, kEach = 3000, kSamples = kStates * kEach;

  std::vector<double> x = normal_scores<double>(kSamples, 1, 301);
  std::vector<double> u = std::vector<double>(static_cast<std::size_t>(kStates * kSamples));
  std::vector<double> terms = std::vector<double>(static_cast<std::size_t>(2 * kSamples));
  std::vector<double> lambdas = {0.5, 0, 0.5, -1, 0.5, -2};  // of x^2 and x

  Oscillators() {
    for (std::int64_t n = 0; n < kSamples; ++n) {
      double& at = x[static_cast<std::size_t>(n)];
      const std::int64_t state = n / kEach;
      at += static_cast<double>(state);
      terms[static_cast<std::size_t>(n)] = at * at;
      terms[static_cast<std::size_t>(kSamples + n)] = at;
      for (std::int64_t k = 0; k < kStates; ++k)
        u[static_cast<std::size_t>(k * kSamples + n)] = of(k, n);
    }
  }
  double of(std::int64_t k, std::int64_t n) const {
    const double away = x[static_cast<std::size_t>(n)] - static_cast<double>(k);
    return away * away / 2;
  }
  Potentials matrix() const { return Rows<const double>(u.data(), kStates, kSamples); }
  Potentials family() const {
    return Potentials::linear(Rows<const double>(lambdas.data(), kStates, 2),
                              Rows<const double>(terms.data(), 2, kSamples));
  }
  Potentials function() const {
    return Potentials::blocks(kStates, kSamples, [this](std::int64_t first, Rows<double> to) {
      for (std::int64_t k = 0; k < kStates; ++k) {
        for (std::int64_t j = 0; j < to.cols; ++j) to(k, j) = of(k, first + j);
      }
    });
  }
};

std::vector<double> everything(const Mbar& mbar, const Oscillators& o) {
  std::vector<double> all = mbar.free_energies();
  for (const auto* table : {&mbar.uncertainty(), &mbar.overlap()}) {
    all.insert(all.end(), table->values.begin(), table->values.end());
  }
  const thermo::Bootstrap bootstrap = mbar.bootstrap(5, 7);
  all.insert(all.end(), bootstrap.free_energies.values.begin(),
             bootstrap.free_energies.values.end());
  const thermo::Estimate mean =
      mbar.expectations(Rows<const double>(o.x.data(), 1, Oscillators::kSamples), 1)[0];
  all.insert(all.end(), {mean.value, mean.error});
  const thermo::NewStates more = mbar.free_energies_of(o.family());
  all.insert(all.end(), more.free_energies.begin(), more.free_energies.end());
  std::vector<double> weights(static_cast<std::size_t>(o.u.size()));
  mbar.weights(0, Rows<double>(weights.data(), Oscillators::kStates, Oscillators::kSamples));
  all.insert(all.end(), weights.begin(), weights.end());
  return all;
}

TEST(ThermoThreads, ReweightingDoesNotDependOnTheirNumber) {
  const Oscillators o;
  const std::vector<std::int64_t> counts(Oscillators::kStates, Oscillators::kEach);
  const auto of = [&](auto potentials) {
    return [&o, &counts, potentials] { return everything(Mbar((o.*potentials)(), counts), o); };
  };
  expect_same_with_any_threads(of(&Oscillators::matrix), "a matrix");
  expect_same_with_any_threads(of(&Oscillators::family), "a family");
  expect_same_with_any_threads(of(&Oscillators::function), "a function");
}

}  // namespace
}  // namespace gibbs::testing
