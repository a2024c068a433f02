#pragma once
// What turns energies into temperatures: units of energy and the constants behind them.

#include <string>
#include <string_view>

namespace gibbs::thermo {

// CODATA 2018. All exact, but for the hartree: 4.3597447222071(85)e-18 J.
struct Constants {
  double boltzmann = 1.380649e-23;             // k, J / K
  double planck = 6.62607015e-34;              // h, J s
  double light_speed = 299792458;              // c, m / s
  double avogadro = 6.02214076e23;             // N_A, 1 / mol
  double elementary_charge = 1.602176634e-19;  // e, C
  double hartree = 4.3597447222071e-18;        // E_h, J
  double calorie = 4.184;                      // thermochemical, J
};

// A line for each constant: its symbol, value and unit. Then k in each unit of energy.
std::string describe(const Constants& constants = {});

// kReduced: temperatures are in units of the energies, k = 1.
enum class EnergyUnit {
  kReduced,
  kJoule,
  kElectronvolt,
  kWavenumber,        // E / (h c), in cm-1
  kKelvin,            // E / k
  kKilojoulePerMole,  // E N_A
  kKilocaloriePerMole,
  kHartree,
};

// "reduced", "J", "eV", "cm-1", "K", "kJ/mol", "kcal/mol", "hartree".
std::string_view name(EnergyUnit unit);

// The unit of such a name.
// throws    std::invalid_argument: another name; the sentence lists those there are
EnergyUnit energy_unit(std::string_view name);

// k in `unit` per kelvin: 1 for kReduced and kKelvin, 0.695034800486... for kWavenumber.
// accuracy  the exact quotient of the decimals that the constants were written as, rounded once
// throws    std::invalid_argument: a constant that is not positive and finite
double boltzmann_constant(EnergyUnit unit, const Constants& constants = {});

}  // namespace gibbs::thermo
