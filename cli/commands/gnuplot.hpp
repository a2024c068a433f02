#pragma once
// Pictures by gnuplot.

#include <string>

namespace gibbs::cli {

// throws    BadRequest: no gnuplot on the PATH
void find_gnuplot();

// What the commands of a script write to their output.
// throws    BadData: gnuplot complains
std::string run_gnuplot(const std::string& script);

}  // namespace gibbs::cli
