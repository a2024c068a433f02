#pragma once
// The weights of the states, read from a file.

#include <string>
#include <vector>

namespace gibbs::cli {

// One number g >= 0 per score column, from one row or one column of a .csv, .tsv or .npy. Matched
// by name where both the file and the table have names, else by place. `names` is empty without
// names. throws    BadData: not one number per column, one that is negative or not finite
std::vector<double> read_degeneracy(const std::string& path, const std::vector<std::string>& names,
                                    std::size_t columns);

}  // namespace gibbs::cli
