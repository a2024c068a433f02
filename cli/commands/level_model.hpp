#pragma once
// Levels of a model that is named in a word: rotor:theta=2.77,odd=3.

#include <functional>
#include <gibbs/thermo/levels.hpp>
#include <string>

namespace gibbs::cli {

// thermal_energy: k T of the highest temperature, asked for where a ladder without an end does not
// say how many levels to make; it may throw.
// throws    BadRequest: no such model, no such parameter, a value out of its range
thermo::Levels make_model(const std::string& word, const std::function<double()>& thermal_energy);

}  // namespace gibbs::cli
