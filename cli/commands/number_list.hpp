#pragma once
// Lists and ranges of numbers, as options have them.

#include <string>
#include <string_view>
#include <vector>

namespace gibbs::cli {

// "10:1000:10,inf": numbers and ranges FROM:TO:STEP. The numbers of a range are those of its
// decimals, as if each were written out: 0.1:0.3:0.1 ends in 0.3.
// throws    BadRequest: what is no number, a range that never ends or has more than a million
std::vector<double> read_number_list(std::string_view option, const std::string& list);

}  // namespace gibbs::cli
