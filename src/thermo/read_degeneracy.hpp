#pragma once
// What the constructors of levels share.

#include <optional>
#include <string>
#include <string_view>

#include "gibbs/thermo/levels.hpp"

namespace gibbs::thermo {

// Beyond it a double of ln g no longer tells g within a factor.
inline constexpr double kLargestLog = 1e15;

// A decimal from 0, of up to a million digits; none if the text is anything else.
std::optional<Degeneracy> read_degeneracy(std::string_view text);

// Text in quotation marks, cut where a sentence would burst.
std::string shortened(const std::string& text);

}  // namespace gibbs::thermo
