#pragma once
// Derivatives of a map by finite differences in 512 bits: no formula of theirs is used.

#include <string>
#include <utility>
#include <vector>

#include "known_answers_family_maps.hpp"

namespace known {

// d sum_i v_i p_i in every real parameter that the map has in this row, each by its key in the
// file. Throws std::logic_error at a corner, where left and right derivative differ.
std::vector<std::pair<std::string, std::vector<Real>>> slopes(const FamilyRow& given,
                                                              const std::vector<Real>& upstream);

// The lowest and the highest multiplier of a constrained row whose budget is off by no more than
// `off` of itself.
std::vector<Real> multipliers_near(const FamilyRow& row, const FamilyAnswer& answer, double off);

}  // namespace known
