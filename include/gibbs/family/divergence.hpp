#pragma once
// What regularises a map: the divergence of p from the reference measure g.

#include "gibbs/per_row.hpp"

namespace gibbs {

// D_f(p; g) = sum_i g_i f(p_i / g_i) over the states that a row has, with
//
//   kAlpha          (r^alpha - r) / (alpha (alpha - 1)); r log r at alpha 1: Kullback-Leibler,
//                   softmax; 1.5 and 2: entmax15 and sparsemax
//   kEuclidean      r^2 / 2: the projection; p = g (x - tau) / T inside its bounds
//   kReverseKl      -log r
//   kChiSquare      (r - 1)^2
//   kHellinger      (sqrt(r) - 1)^2
//   kJensenShannon  r log r - (r + 1) log((r + 1) / 2)
//   kFermiDirac     r log r + (1 - r) log(1 - r), r <= 1: p = g / (1 + exp((tau - x) / T))
//
// source    Roulet, Liu, Vieillard, Sander & Blondel 2025; Amos, Koltun & Kolter 2019 (Fermi-Dirac)
struct Divergence {
  enum Kind { kAlpha, kEuclidean, kReverseKl, kChiSquare, kHellinger, kJensenShannon, kFermiDirac };
  Kind kind = kAlpha;
  PerRow alpha = 1.0;  // of kAlpha only: 0 < alpha <= inf

  constexpr Divergence(Kind of) : kind(of) {}  // NOLINT(google-explicit-constructor)
  constexpr Divergence(Kind of, PerRow index) : kind(of), alpha(index) {}
};

}  // namespace gibbs
