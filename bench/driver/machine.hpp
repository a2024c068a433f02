#pragma once
// Where and of what the figures were taken.

#include <string>
#include <utility>
#include <vector>

namespace gibbs::bench {

// Pairs of a name and a value, in the order to print them.
std::vector<std::pair<std::string, std::string>> machine();

}  // namespace gibbs::bench
