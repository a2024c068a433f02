#include "gibbs/thermo/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "base/check.hpp"
#include "thermo/exact.hpp"

namespace gibbs::thermo {
namespace {

constexpr std::array<std::string_view, 8> kNames = {"reduced", "J",      "eV",       "cm-1",
                                                    "K",       "kJ/mol", "kcal/mol", "hartree"};

// The product of some constants over that of others, of the decimals that they were written as,
// rounded once.
double quotient(std::initializer_list<double> above, std::initializer_list<double> below) {
  const auto product = [](std::initializer_list<double> factors) {
    Decimal all{1, 0};
    for (const double factor : factors) {
      const Decimal decimal = shortest_decimal(factor);
      all = {all.digits * decimal.digits, all.power + decimal.power};
    }
    return all;
  };
  Decimal numerator = product(above), denominator = product(below);
  const std::int64_t power = numerator.power - denominator.power;
  const Integer ten_to =
      boost::multiprecision::pow(Integer(10), static_cast<unsigned>(std::abs(power)));
  (power < 0 ? denominator : numerator).digits *= ten_to;
  const Binary rounded = rounded_quotient(numerator.digits, denominator.digits);
  return std::ldexp(rounded.mantissa, static_cast<int>(rounded.exponent));
}

void check_constants(const Constants& constants) {
  const auto check = [](const char* name, double value) {
    base::check_positive("boltzmann_constant", name, value);
  };
  check("boltzmann", constants.boltzmann);
  check("planck", constants.planck);
  check("light_speed", constants.light_speed);
  check("avogadro", constants.avogadro);
  check("elementary_charge", constants.elementary_charge);
  check("hartree", constants.hartree);
  check("calorie", constants.calorie);
}

std::string line(std::string_view symbol, double value, std::string_view unit) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string text(symbol);
  text.append(symbol.size() < 5 ? 5 - symbol.size() : 1, ' ').append(digits, end);
  return text.append(" ").append(unit).append("\n");
}

}  // namespace

std::string describe(const Constants& constants) {
  check_constants(constants);
  std::string text = line("k", constants.boltzmann, "J/K");
  text += line("h", constants.planck, "J s");
  text += line("c", constants.light_speed, "m/s");
  text += line("N_A", constants.avogadro, "1/mol");
  text += line("e", constants.elementary_charge, "C");
  text += line("E_h", constants.hartree, "J");
  text += line("cal", constants.calorie, "J");
  for (const auto unit :
       {EnergyUnit::kElectronvolt, EnergyUnit::kWavenumber, EnergyUnit::kKilojoulePerMole,
        EnergyUnit::kKilocaloriePerMole, EnergyUnit::kHartree}) {
    text += line("k", boltzmann_constant(unit, constants), std::string(name(unit)) + "/K");
  }
  return text;
}

std::string_view name(EnergyUnit unit) { return kNames.at(static_cast<std::size_t>(unit)); }

EnergyUnit energy_unit(std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<EnergyUnit>(i);
    known += (i == 0 ? "" : i + 1 < kNames.size() ? ", " : " or ") + std::string(kNames[i]);
  }
  base::refuse("energy_unit", "unit must be " + known + ", got " + std::string(name));
}

double boltzmann_constant(EnergyUnit unit, const Constants& constants) {
  check_constants(constants);
  const double k = constants.boltzmann;
  switch (unit) {
    case EnergyUnit::kReduced:
    case EnergyUnit::kKelvin:
      return 1;
    case EnergyUnit::kJoule:
      return k;
    case EnergyUnit::kElectronvolt:
      return quotient({k}, {constants.elementary_charge});
    case EnergyUnit::kWavenumber:
      return quotient({k}, {constants.planck, constants.light_speed, 100});
    case EnergyUnit::kKilojoulePerMole:
      return quotient({k, constants.avogadro}, {1000});
    case EnergyUnit::kKilocaloriePerMole:
      return quotient({k, constants.avogadro}, {1000, constants.calorie});
    case EnergyUnit::kHartree:
      return quotient({k}, {constants.hartree});
  }
  base::refuse("boltzmann_constant", "unit must be one of EnergyUnit");
}

}  // namespace gibbs::thermo
