#pragma once
// A table in Markdown whose cells know whether they are within their bar.

#include <string>
#include <vector>

namespace gibbs::testing {

// One measured error. A cell above its bar is printed in bold.
struct Cell {
  double error = 0;
  double bar = 0;
};

class Table {
 public:
  // `head` names the first column; the others are given by `columns`.
  Table(std::string head, std::vector<std::string> columns);
  void add_row(const std::string& name, const std::vector<Cell>& cells);
  std::string markdown() const;
  bool within_bars() const { return within_bars_; }

 private:
  std::string head_;
  std::vector<std::string> columns_;
  std::string body_;
  bool within_bars_ = true;
};

// Three significant digits.
std::string short_number(double value);

}  // namespace gibbs::testing
