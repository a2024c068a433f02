#pragma once
// Rows of probabilities as rows of bars.

#include <string>
#include <vector>

#include "commands/summary.hpp"

namespace gibbs::cli {

struct PictureStyle {
  int width = 80;
  bool colour = false;
};

// One line per row: its number, its label, a bar for each class (a dot where p is exactly 0), the
// most probable class. Where classes outnumber the characters, each bar is the largest of several.
std::string picture(const std::vector<PictureRow>& rows, const std::vector<std::string>& names,
                    const PictureStyle& style);

}  // namespace gibbs::cli
