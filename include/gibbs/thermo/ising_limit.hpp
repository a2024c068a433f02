#pragma once
// What Ising squares come to as they grow: Onsager's solution.

namespace gibbs::thermo {

// Each per spin; k = 1, energies and temperatures in one unit.
//   magnetization   |<s>| that is left as a field goes to 0; of J < 0 that of either sublattice
struct IsingState {
  double temperature = 0;
  double log_partition = 0;
  double mean_energy = 0;
  double free_energy = 0;
  double entropy = 0;
  double heat_capacity = 0;
  double magnetization = 0;
};

// The limit of ising_square(length, coupling) per spin as the length grows. With K = J / T, s =
// sinh 2K, q = 2 s / cosh^2 2K, r = (s^2 - 1) / cosh^2 2K and the complete elliptic integrals
// K1(q), E1(q):
//
//   ln Z = ln(2 cosh 2K) + 1/pi int_0^(pi/2) ln((1 + sqrt(1 - q^2 sin^2 x)) / 2) dx
//   U    = -J coth 2K (1 + 2/pi r K1)
//   C    = 4/pi (K coth 2K)^2 (K1 - E1 - (1 - tanh^2 2K) (pi/2 + r K1))
//   M    = (1 - s^-4)^(1/8) below the critical temperature, else 0
//
// range     any T and finite J, with the limits at T = 0, -0.0, +-inf and J = 0. T < 0: ln Z of -T,
//           -U; M is that of -J
// accuracy  1e-14 of each; of S at low and C at any temperature relative to themselves, as small as
//           they are. C diverges like -ln |T - T_c|
// edges     T NaN: NaN. ln Z = inf at T = 0
// throws    std::invalid_argument: J not finite
// source    Onsager 1944; Yang 1952 (magnetization)
IsingState ising_square_limit(double temperature, double coupling = 1);

// T_c = 2 |J| / ln(1 + sqrt 2), where C diverges and order begins.
// throws    std::invalid_argument: J not finite
double ising_critical_temperature(double coupling = 1);

}  // namespace gibbs::thermo
