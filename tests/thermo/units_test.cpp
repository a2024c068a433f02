// Units of energy and the constants behind them.

#include <gtest/gtest.h>

#include <gibbs/thermo/units.hpp>
#include <limits>
#include <string>

#include "support/mp.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::boltzmann_constant;
using thermo::Constants;
using thermo::EnergyUnit;

// As CODATA 2018 prints them, apart from the code.
const Mp kBoltzmann(std::string("1.380649e-23"));
const Mp kPlanck(std::string("6.62607015e-34"));
const Mp kLight(299792458.0);
const Mp kAvogadro(std::string("6.02214076e23"));
const Mp kCharge(std::string("1.602176634e-19"));
const Mp kHartree(std::string("4.3597447222071e-18"));

TEST(Units, BoltzmannsConstantIsTheExactQuotientRoundedOnce) {
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kReduced), 1);
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kKelvin), 1);
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kJoule), kBoltzmann.value());
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kElectronvolt), (kBoltzmann / kCharge).value());
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kWavenumber),
            (kBoltzmann / (kPlanck * kLight * Mp(100.0))).value());
  const Mp gas_constant = kBoltzmann * kAvogadro;
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kKilojoulePerMole), (gas_constant / Mp(1e3)).value());
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kKilocaloriePerMole),
            (gas_constant / Mp(std::string("4184"))).value());
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kHartree), (kBoltzmann / kHartree).value());
}

// 8.314 462 618 153 24 J / (mol K) and 1.438 776 877 503 93 cm K are exact in the SI.
TEST(Units, TheGasConstantAndTheSecondRadiationConstantAreThoseOfTheSi) {
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kKilojoulePerMole), 0.00831446261815324);
  EXPECT_NEAR(1 / boltzmann_constant(EnergyUnit::kWavenumber), 1.438776877503933802, 3e-16);
}

TEST(Units, EachConstantTurnsItsUnits) {
  const auto moves = [](EnergyUnit unit, const Constants& constants) {
    return boltzmann_constant(unit, constants) != boltzmann_constant(unit);
  };
  EXPECT_TRUE(moves(EnergyUnit::kJoule, {.boltzmann = 1.381e-23}));
  EXPECT_TRUE(moves(EnergyUnit::kWavenumber, {.planck = 6.626e-34}));
  EXPECT_TRUE(moves(EnergyUnit::kWavenumber, {.light_speed = 3e8}));
  EXPECT_TRUE(moves(EnergyUnit::kKilojoulePerMole, {.avogadro = 6.022e23}));
  EXPECT_TRUE(moves(EnergyUnit::kElectronvolt, {.elementary_charge = 1.6e-19}));
  EXPECT_TRUE(moves(EnergyUnit::kHartree, {.hartree = 4.36e-18}));
  EXPECT_TRUE(moves(EnergyUnit::kKilocaloriePerMole, {.calorie = 4.1868}));
  EXPECT_EQ(boltzmann_constant(EnergyUnit::kHartree, {.boltzmann = 3, .hartree = 2}), 1.5);
}

TEST(Units, EveryNameIsThatOfItsUnit) {
  for (int i = 0; i < 8; ++i) {
    const auto unit = static_cast<EnergyUnit>(i);
    EXPECT_EQ(thermo::energy_unit(name(unit)), unit);
  }
  EXPECT_EQ(name(EnergyUnit::kWavenumber), "cm-1");
}

TEST(Units, AnotherNameIsAnsweredWithThoseThereAre) {
  EXPECT_EQ(refusal([] { thermo::energy_unit("erg"); }),
            "energy_unit: unit must be reduced, J, eV, cm-1, K, kJ/mol, kcal/mol or hartree, "
            "got erg");
}

TEST(Units, AConstantThatIsNotPositiveIsRefused) {
  EXPECT_EQ(refusal([] { boltzmann_constant(EnergyUnit::kJoule, {.planck = 0}); }),
            "boltzmann_constant: planck must be positive and finite, got 0");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal([&] { boltzmann_constant(EnergyUnit::kReduced, {.boltzmann = nan}); }),
            "boltzmann_constant: boltzmann must be positive and finite, got nan");
}

TEST(Units, TheConstantsAreDescribedLineByLine) {
  EXPECT_EQ(thermo::describe(),
            "k    1.380649e-23 J/K\n"
            "h    6.62607015e-34 J s\n"
            "c    299792458 m/s\n"
            "N_A  6.02214076e+23 1/mol\n"
            "e    1.602176634e-19 C\n"
            "E_h  4.3597447222071e-18 J\n"
            "cal  4.184 J\n"
            "k    8.617333262145177e-05 eV/K\n"
            "k    0.6950348004861274 cm-1/K\n"
            "k    0.00831446261815324 kJ/mol/K\n"
            "k    0.0019872042586408316 kcal/mol/K\n"
            "k    3.1668115634556076e-06 hartree/K\n");
  EXPECT_NE(thermo::describe({.calorie = 4.1868}).find("cal  4.1868 J\n"), std::string::npos);
}

}  // namespace
}  // namespace gibbs::testing
