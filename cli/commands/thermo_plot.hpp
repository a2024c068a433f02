#pragma once
// What `gibbs thermo --plot` draws.

#include <gibbs/thermo/ensemble.hpp>
#include <string>
#include <vector>

namespace gibbs::cli {

// The quantity of --quantity, or that the stem of the file names, or heat_capacity; empty without a
// file.
// throws    BadRequest: no such quantity, a file that is no .svg, .png or .pdf, no gnuplot
std::string plotted_quantity(const std::string& file, const std::string& quantity);

// A quantity over T, of which finite points are drawn: one curve, or that of each of some levels.
struct Curves {
  std::string file;
  std::string x_label, y_label;
  std::vector<std::string> names;      // of the curves; one of a single curve may be empty
  std::vector<double> x;               // rows
  std::vector<std::vector<double>> y;  // curves x rows
};

// The curve of a quantity other than populations.
std::vector<double> values_of(const std::string& quantity,
                              const std::vector<thermo::State>& states);
std::string label_of(const std::string& quantity, thermo::EnergyUnit unit);

// The bytes of the picture, in the format that the ending of the file says.
std::string draw(const Curves& curves);

}  // namespace gibbs::cli
